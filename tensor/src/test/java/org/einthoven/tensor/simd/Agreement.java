package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.reference.ReferenceBackend;

/** What a kernel owes: the reference's values, and its own bits for any strides of the operands and any number of threads. */
final class Agreement {
    static final int L = Lanes.L;

    private static final Availability VECTORS = new VectorBackendProvider().available();
    private static final Backend SIMD = new VectorBackend();
    private static final Backend REFERENCE = new ReferenceBackend();

    private Agreement() {}

    /** Lengths on both sides of one vector, of the scalar path's end and of a block of vectors. */
    static int[] lengths() {
        return new int[] {0, 1, L - 1, L, L + 1, 2 * L + 3, 63, 64, 65, 4 * L - 1, 4 * L, 157};
    }

    /** Standard normal numbers that depend on the shape only. */
    static Tensor normal(int... shape) {
        return Rng.of(20).split(Arrays.toString(shape)).normal(shape);
    }

    /** Skips the test where vectors are objects: right, but hundreds of times slower, and never used. */
    static void needVectors() {
        assumeTrue(VECTORS.ok(), VECTORS.reason());
    }

    /** The vector backend's result. */
    static Tensor simd(Op op, Tensor... x) {
        needVectors();
        assertTrue(SIMD.supports(op, x), () -> op + " is not supported on " + describe(x));
        return SIMD.run(op, Shapes.of(op, x), x);
    }

    /**
     * Both backends, element by element: within {@code tolerance} of the element or, where sums cancel, of the largest
     * element; not-a-numbers and infinities exactly.
     */
    static void agree(double tolerance, Op op, Tensor... x) {
        Tensor got = simd(op, x);
        Tensor want = REFERENCE.run(op, Shapes.of(op, x), x);
        assertEquals(want.shape(), got.shape(), () -> op + " of " + describe(x));
        assertEquals(want.dtype(), got.dtype(), () -> op + " of " + describe(x));
        double[] g = got.toDoubles();
        double[] w = want.toDoubles();
        double largest =
                Arrays.stream(w).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        for (int i = 0; i < w.length; i++) {
            int at = i;
            boolean close = Double.compare(g[i], w[i]) == 0
                    || g[i] == w[i]
                    || Math.abs(g[i] - w[i]) <= tolerance * Math.max(largest, Float.MIN_NORMAL);
            assertTrue(
                    close,
                    () -> op + " of " + describe(x) + " differs at " + at + ": got " + g[at] + ", want " + w[at]);
        }
    }

    /** Tolerance of a sum of k products: rounding errors add up like the steps of a random walk. */
    static double ofSum(int k) {
        return 3e-7 * Math.sqrt(Math.max(1, k));
    }

    /** One result for all the ways the floating operands can lie in memory and for 1, 2 and 3 threads. */
    static void sameBits(Op op, Tensor... x) {
        int threads = Workers.threads();
        try {
            Workers.threads(1);
            int[] want = bits(simd(op, x));
            for (int n : new int[] {2, 3}) {
                Workers.threads(n);
                assertBits(want, op, n + " threads", x);
            }
            for (int t = 0; t < x.length; t++) {
                if (!(x[t].storage() instanceof Storage.F32)) {
                    continue;
                }
                for (Tensor view : views(x[t])) {
                    Tensor[] y = x.clone();
                    y[t] = view;
                    assertBits(want, op, "operand " + t + " as " + view.layout(), y);
                }
            }
        } finally {
            Workers.threads(threads);
        }
    }

    private static void assertBits(int[] want, Op op, String how, Tensor... x) {
        int[] got = bits(simd(op, x));
        int at = Arrays.mismatch(want, got);
        assertEquals(
                -1,
                at,
                () -> op + " of " + describe(x) + " with " + how + " differs at " + at + ": "
                        + Float.intBitsToFloat(want[at]) + " and " + Float.intBitsToFloat(got[at]));
    }

    static int[] bits(Tensor t) {
        double[] v = t.toDoubles();
        int[] b = new int[v.length];
        Arrays.setAll(b, i -> Float.floatToIntBits((float) v[i]));
        return b;
    }

    /** The same values lying differently: with an offset and gaps, with other axes innermost, backwards, in steps. */
    static List<Tensor> views(Tensor x) {
        List<Tensor> all = new ArrayList<>();
        int rank = x.rank();
        if (rank == 0) {
            all.add(fill(Tensor.of(new float[5], 5).select(0, 3), x));
            return all;
        }
        int[] wide = x.shape().toArray();
        int[] twice = x.shape().toArray();
        for (int i = 0; i < rank; i++) {
            wide[i] += 3;
            twice[i] *= 2;
        }
        Tensor inner = Tensor.of(new float[(int) Shape.of(wide).size()], wide);
        Tensor steps = Tensor.of(new float[(int) Shape.of(twice).size()], twice);
        Tensor back = Tensor.of(new float[(int) x.size()], x.shape().toArray());
        for (int i = 0; i < rank; i++) {
            inner = inner.slice(i, 1, wide[i] - 2);
            steps = steps.slice(i, 0, twice[i], 2);
            back = back.flip(i);
        }
        all.add(fill(inner, x));
        all.add(fill(steps, x));
        all.add(fill(back, x));
        int[] reversed = new int[rank];
        int[] dims = new int[rank];
        for (int i = 0; i < rank; i++) {
            reversed[i] = rank - 1 - i;
            dims[i] = x.shape().dim(rank - 1 - i);
        }
        if (rank > 1) {
            all.add(fill(Tensor.of(new float[(int) x.size()], dims).permute(reversed), x));
        }
        return all;
    }

    /** Writes the values of x through a view of fresh memory, without any kernel. */
    private static Tensor fill(Tensor view, Tensor x) {
        float[] memory = ((Storage.F32) view.storage()).array();
        Layout l = view.layout();
        float[] v = x.toFloats();
        for (int i = 0; i < v.length; i++) {
            memory[l.at(i)] = v[i];
        }
        return view;
    }

    /** Starts of 0 and steps of 1. */
    static Ints repeat(int value, int n) {
        int[] v = new int[n];
        Arrays.fill(v, value);
        return Ints.of(v);
    }

    private static String describe(Tensor... x) {
        StringBuilder s = new StringBuilder();
        for (Tensor t : x) {
            s.append(s.isEmpty() ? "" : ", ").append(t.dtype()).append(' ').append(t.layout());
        }
        return s.toString();
    }
}
