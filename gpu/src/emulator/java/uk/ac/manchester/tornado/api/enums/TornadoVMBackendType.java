package uk.ac.manchester.tornado.api.enums;

/** Emulates the type of this name. */
public enum TornadoVMBackendType {
    OPENCL,
    PTX,
    CUDA
}
