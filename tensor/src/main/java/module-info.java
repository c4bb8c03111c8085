/** Tensors: immutable, strided, on the CPU. Requires nothing but the JDK. */
module org.einthoven.tensor {
    requires java.management;
    requires jdk.incubator.vector;
    requires jdk.management;

    exports org.einthoven.tensor;
    exports org.einthoven.tensor.explain;
    exports org.einthoven.tensor.op;
    exports org.einthoven.tensor.backend;

    uses org.einthoven.tensor.backend.BackendProvider;

    provides org.einthoven.tensor.backend.BackendProvider with
            org.einthoven.tensor.reference.ReferenceBackendProvider,
            org.einthoven.tensor.simd.VectorBackendProvider;
}
