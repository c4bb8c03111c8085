/** The TornadoVM backend of tensor; found through {@link org.einthoven.tensor.backend.BackendProvider}, so it exports nothing. */
module org.einthoven.gpu {
    requires org.einthoven.tensor;

    provides org.einthoven.tensor.backend.BackendProvider with
            org.einthoven.gpu.TornadoBackendProvider;
}
