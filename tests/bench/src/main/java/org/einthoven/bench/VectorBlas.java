package org.einthoven.bench;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Optional;

/**
 * The pure-Java BLAS of dev.ludovic.netlib with the Vector API, on one thread. Row-major A B is column-major B A, so the
 * operands change places.
 */
public final class VectorBlas implements Peer {
    private final BLAS blas = dev.ludovic.netlib.blas.JavaBLAS.getInstance();

    @Override
    public String name() {
        return "vectorBlas";
    }

    @Override
    public String describe() {
        return "dev.ludovic.netlib 3.2.0, " + blas.getClass().getSimpleName();
    }

    @Override
    public Optional<Entrant> enter(Work work) {
        return switch (work) {
            case Work.Sgemm w -> Optional.of(sgemm(w));
            case Work.Dgemm w -> Optional.of(dgemm(w));
            default -> Optional.empty();
        };
    }

    private Entrant sgemm(Work.Sgemm w) {
        float[] a = w.a().toFloats();
        float[] b = w.b().toFloats();
        return Entrant.of(
                () -> {
                    float[] c = new float[w.m() * w.n()];
                    int ldb = w.frozen() ? w.k() : w.n();
                    blas.sgemm(w.frozen() ? "T" : "N", "N", w.n(), w.m(), w.k(), 1, b, ldb, a, w.k(), 0, c, w.n());
                    return c;
                },
                c -> c);
    }

    private Entrant dgemm(Work.Dgemm w) {
        double[] a = w.draw64("a", w.m(), w.k()).toDoubles();
        double[] b = w.draw64("b", w.k(), w.n()).toDoubles();
        return Entrant.of(
                () -> {
                    double[] c = new double[w.m() * w.n()];
                    blas.dgemm("N", "N", w.n(), w.m(), w.k(), 1, b, w.n(), a, w.k(), 0, c, w.n());
                    return c;
                },
                Floats::of);
    }
}
