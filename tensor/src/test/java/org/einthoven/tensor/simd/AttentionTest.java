package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.bits;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.ofSum;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.einthoven.tensor.simd.Agreement.simd;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Sight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final double SCALE = 0.3;
    private static final double NO_CAP = Double.POSITIVE_INFINITY;

    /** H query heads and G of keys, T queries, S keys, E and F: small enough for plain loops, one block, several blocks. */
    record Sizes(int items, int h, int g, int t, int s, int e, int f) {
        Tensor q() {
            return normal(items, t, h, e).transpose(1, 2); // as a layer splits its heads
        }

        Tensor k() {
            return normal(items, s, g, e).transpose(1, 2);
        }

        Tensor v() {
            return normal(items, g, s, f);
        }

        Tensor given() {
            return normal(items, h, t, f);
        }
    }

    record Case(Sizes sizes, Op.Attention op) {}

    static List<Case> cases() {
        List<Sizes> sizes = List.of(
                new Sizes(1, 2, 2, 3, 5, 4, 3),
                new Sizes(2, 4, 2, 1, 77, 20, 20),
                new Sizes(1, 2, 1, 34, 34, 16, 16),
                new Sizes(2, 3, 3, 59, 157, 33, 18),
                new Sizes(1, 4, 2, 100, 300, 16, 64),
                new Sizes(1, 1, 1, 300, 300, 16, 16));
        List<Case> all = new ArrayList<>();
        for (Sizes z : sizes) {
            for (Sight sight : new Sight[] {Sight.ALL, Sight.CAUSAL, Sight.latest(20), new Sight(3, 40)}) {
                all.add(new Case(z, new Op.Attention(sight, SCALE)));
            }
            all.add(new Case(z, new Op.Attention(Sight.CAUSAL, SCALE, 2)));
        }
        all.add(new Case(new Sizes(1, 2, 2, 9, 5, 4, 4), new Op.Attention(Sight.ALL, SCALE)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(Case c) {
        Sizes z = c.sizes;
        double tolerance = 8 * ofSum(z.s + z.e);
        agree(tolerance, c.op, z.q(), z.k(), z.v());
        agree(tolerance, new Op.AttentionGrad(c.op), z.given(), z.q(), z.k(), z.v());
    }

    /** Whoever puts it in the place of a product, a softmax and a product changes no bit of what was computed before. */
    @ParameterizedTest
    @MethodSource("cases")
    void hasTheBitsOfTheStepsItStandsFor(Case c) {
        Sizes z = c.sizes;
        Steps steps = new Steps(c);
        assertArrayEquals(bits(steps.result()), bits(simd(c.op, z.q(), z.k(), z.v())), c.toString());
        if (!c.op.isCapped()) {
            Tensor grad = simd(new Op.AttentionGrad(c.op), z.given(), z.q(), z.k(), z.v());
            assertArrayEquals(bits(steps.gradient()), bits(grad), c.toString());
        }
    }

    @Test
    void bitsDependNeitherOnStridesNorOnThreads() {
        Sizes z = new Sizes(2, 4, 2, 70, 157, 33, 18);
        Tensor hidden = normal(70, 157).gt(1);
        Op.Attention op = new Op.Attention(Sight.latest(90), SCALE, 3);
        sameBits(op, z.q(), z.k(), z.v());
        sameBits(op, z.q(), z.k(), z.v(), hidden);
        sameBits(new Op.AttentionGrad(op), z.given(), z.q(), z.k(), z.v(), hidden);
    }

    @Test
    void hidesKeys() {
        Sizes z = new Sizes(2, 4, 2, 30, 60, 16, 16);
        Op.Attention op = new Op.Attention(Sight.ALL, SCALE);
        Tensor ofOne = normal(2, 1, 1, 60).gt(0); // keys of an item, as padding is
        agree(1e-5, op, z.q(), z.k(), z.v(), ofOne);
        agree(1e-5, new Op.AttentionGrad(op), z.given(), z.q(), z.k(), z.v(), ofOne);
        Tensor causal = Tensor.of(new Steps(new Case(z, new Op.Attention(Sight.CAUSAL, SCALE))).mask(), 30, 60)
                .eq(Tensor.scalar(Float.NEGATIVE_INFINITY));
        assertArrayEquals(
                bits(simd(new Op.Attention(Sight.CAUSAL, SCALE), z.q(), z.k(), z.v())),
                bits(simd(op, z.q(), z.k(), z.v(), causal)));
    }

    @Test
    void ofNothing() {
        Op.Attention op = new Op.Attention(Sight.ALL, SCALE);
        for (Sizes z : List.of(
                new Sizes(0, 2, 2, 3, 3, 4, 4),
                new Sizes(1, 0, 0, 3, 3, 4, 4),
                new Sizes(1, 2, 2, 0, 3, 4, 4),
                new Sizes(1, 2, 2, 3, 0, 4, 4),
                new Sizes(1, 2, 2, 3, 3, 0, 4),
                new Sizes(1, 2, 2, 3, 3, 4, 0))) {
            agree(1e-6, op, z.q(), z.k(), z.v());
            agree(1e-6, new Op.AttentionGrad(op), z.given(), z.q(), z.k(), z.v());
        }
    }

    /** All scores of 2048 tokens are 16 MB; compiled, forward and backward allocate less than a third, buffers included. */
    @Test
    void neverHoldsAllScores() throws InterruptedException {
        Agreement.needVectors();
        Sizes z = new Sizes(1, 1, 1, 2048, 2048, 16, 16);
        Op.Attention op = new Op.Attention(Sight.CAUSAL, SCALE);
        Tensor[] x = {z.given(), z.q(), z.k(), z.v()};
        AtomicLong fewest = new AtomicLong(Long.MAX_VALUE);
        int threads = Workers.threads();
        Workers.threads(1);
        try {
            for (int round = 0; round < 200 && fewest.get() > 5_000_000; round++) {
                Thread own = new Thread(
                        () -> { // A thread keeps its buffers, so only a new one allocates them.
                            long before = THREADS.getCurrentThreadAllocatedBytes();
                            simd(op, x[1], x[2], x[3]);
                            simd(new Op.AttentionGrad(op), x);
                            fewest.accumulateAndGet(THREADS.getCurrentThreadAllocatedBytes() - before, Math::min);
                        });
                own.start();
                own.join();
            }
        } finally {
            Workers.threads(threads);
        }
        assertTrue(fewest.get() <= 5_000_000, fewest + " bytes");
    }

    @Test
    void saysWhatDoesNotFit() {
        Op.Attention causal = new Op.Attention(Sight.CAUSAL, 1);
        assertEquals(
                "attention: q [2, 3, 4], k [2, 3, 5] and v [2, 3, 4] must be [..., H, T, E], [..., G, S, E] and"
                        + " [..., G, S, F] with equal leading axes",
                message(causal, normal(2, 3, 4), normal(2, 3, 5), normal(2, 3, 4)));
        assertEquals(
                "attention: 2 heads of keys [2, 3, 4] do not divide the heads of queries [3, 3, 4]",
                message(causal, normal(3, 3, 4), normal(2, 3, 4), normal(2, 3, 4)));
        assertEquals(
                "attention: 5 queries [2, 5, 4] for 3 keys [2, 3, 4]: the first would stand before every key; only"
                        + " Sight.ALL has no places",
                message(causal, normal(2, 5, 4), normal(2, 3, 4), normal(2, 3, 4)));
        assertEquals(
                "attention: what is hidden, [4], does not broadcast to the scores [2, 3, 3]",
                message(causal, normal(2, 3, 4), normal(2, 3, 4), normal(2, 3, 4), Tensor.zeros(DType.BOOL, 4)));
        assertEquals(
                "attention: the cap of its scores must be above 0, or infinite, got 0.0",
                assertThrows(TensorException.class, () -> new Op.Attention(Sight.ALL, 1, 0))
                        .getMessage());
        assertEquals(
                "attention: a query sees its own place, and -1 back, 0 ahead leave that out; both must be 0 or more",
                assertThrows(TensorException.class, () -> Sight.latest(0)).getMessage());
    }

    private static String message(Op op, Tensor... x) {
        return assertThrows(TensorException.class, () -> Shapes.of(op, x)).getMessage();
    }

    /** Scaled queries, their products with keys, cap and mask added, softmax, the product with values; and back. */
    private record Steps(Case c) {
        private Tensor scaled() {
            return rows(simd(new Op.Mul(), c.sizes.q(), Tensor.scalar((float) SCALE)));
        }

        /** [B, H, T, D] as [B, G, (H/G) T, D]. */
        private Tensor rows(Tensor x) {
            return x.reshape(c.sizes.items, c.sizes.g, c.sizes.h / c.sizes.g * c.sizes.t, x.dim(-1));
        }

        private float[] mask() {
            Sizes z = c.sizes;
            float[] m = new float[z.t * z.s];
            for (int i = 0; i < m.length; i++) {
                int query = i / z.s;
                boolean seen = i % z.s >= c.op.sight().first(query, z.t, z.s)
                        && i % z.s < c.op.sight().end(query, z.t, z.s);
                m[i] = seen ? 0 : Float.NEGATIVE_INFINITY;
            }
            return m;
        }

        private Tensor probabilities() {
            Sizes z = c.sizes;
            Tensor scores = simd(new Op.MatMul(), scaled(), z.k().t());
            if (c.op.cap() != NO_CAP) {
                Tensor small = simd(new Op.Mul(), scores, Tensor.scalar(1f / (float) c.op.cap()));
                scores = simd(new Op.Mul(), simd(new Op.Tanh(), small), Tensor.scalar((float) c.op.cap()));
            }
            Tensor each = scores.reshape(z.items, z.h, z.t, z.s);
            Tensor masked = simd(new Op.Add(), each, Tensor.of(mask(), z.t, z.s));
            return rows(simd(new Op.Softmax(), masked));
        }

        Tensor result() {
            Sizes z = c.sizes;
            return simd(new Op.MatMul(), probabilities(), z.v()).reshape(z.items, z.h, z.t, z.f);
        }

        Tensor gradient() {
            Sizes z = c.sizes;
            Tensor p = probabilities();
            Tensor g = rows(z.given());
            Tensor u = simd(new Op.MatMul(), g, z.v().t());
            Tensor mean = simd(new Op.SumTo(Shape.of(z.items, z.g, z.h / z.g * z.t, 1)), simd(new Op.Mul(), u, p));
            Tensor scores = simd(new Op.Mul(), p, simd(new Op.Sub(), u, mean));
            Tensor dq = simd(new Op.Mul(), simd(new Op.MatMul(), scores, z.k()), Tensor.scalar((float) SCALE));
            Tensor dk = simd(new Op.MatMul(), scores.t(), scaled());
            Tensor dv = simd(new Op.MatMul(), p.t(), g);
            return Tensor.cat(
                    0,
                    dq.reshape(z.items, z.h, z.t, z.e).transpose(1, 2).reshape(-1),
                    dk.transpose(1, 2).reshape(-1),
                    dv.transpose(1, 2).reshape(-1));
        }
    }
}
