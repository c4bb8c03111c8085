package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * An op with operands that are large enough for vectors and threads.
 *
 * @param terms numbers that are added for one element of the result, or roundings on the way to it; 0 when the result is
 *     exact
 */
record KernelCase(String name, Op op, int terms, List<Tensor> operands) {
    static final Backend REFERENCE = backend("reference");
    static final Backend SIMD = backend("simd");
    private static final Availability VECTORS = provider("simd").available();

    private static BackendProvider provider(String name) {
        return Backends.providers().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Also where it is not available: interpreted code shows what bits a kernel gives before it is compiled. */
    private static Backend backend(String name) {
        return provider(name).create();
    }

    /** Skips the test where this JVM has no vectors in registers: kernels would be right, but hundreds of times slower. */
    static void needVectors() {
        assumeTrue(VECTORS.ok(), VECTORS.reason());
    }

    boolean runsOn(Backend backend) {
        return backend.supports(op, operands.toArray(Tensor[]::new));
    }

    Tensor on(Backend backend) {
        return on(backend, operands);
    }

    Tensor on(Backend backend, List<Tensor> x) {
        Tensor[] all = x.toArray(Tensor[]::new);
        return backend.run(op, Shapes.of(op, all), all);
    }

    /** The same with F32 operands as F64. */
    KernelCase wide() {
        List<Tensor> wide = operands.stream()
                .map(t -> t.dtype() == DType.F32 ? t.cast(DType.F64) : t)
                .toList();
        return new KernelCase(name + " F64", op, terms, wide);
    }

    @Override
    public String toString() {
        return name;
    }
}
