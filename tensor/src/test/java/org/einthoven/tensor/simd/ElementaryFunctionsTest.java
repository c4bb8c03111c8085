package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.reference.Scalars;
import org.junit.jupiter.api.Test;

/** Accuracy in units of the last place, and that vectors and scalars have the same bits. */
class ElementaryFunctionsTest {
    private static final int N = 20_000;

    private static float[] range(String name, double low, double high) {
        float[] u = Rng.of(7).split(name).uniform(N).toFloats();
        for (int i = 0; i < N; i++) {
            u[i] = (float) (low + (high - low) * u[i]);
        }
        return u;
    }

    @Test
    void withinFewUnitsInTheLastPlace() {
        worst(new Op.Exp(), -87, 88.7, 1.5);
        worst(new Op.Exp(), -1, 1, 1.5);
        worst(new Op.Log(), 1e-30, 1e30, 1.5);
        worst(new Op.Log(), 0.5, 2, 1.5);
        worst(new Op.Tanh(), -10, 10, 3);
        worst(new Op.Tanh(), -0.7, 0.7, 3);
        worst(new Op.Sigmoid(), -80, 80, 3);
        worst(new Op.Softplus(), -80, 80, 3);
        worst(new Op.Erf(), -4.5, 4.5, 5);
        worst(new Op.Erf(), -1e-3, 1e-3, 3);
    }

    /** Sine and cosine near their zeros lose relative accuracy, not absolute. */
    @Test
    void anglesWithinAbsoluteError() {
        for (double most : new double[] {1, 10, 1000, 30_000, 1e6, 1e20}) {
            for (Op.Unary op : new Op.Unary[] {new Op.Sin(), new Op.Cos()}) {
                float[] x = range("angles", -most, most);
                float[] y = Agreement.simd(op, Tensor.of(x, N)).toFloats();
                for (int i = 0; i < N; i++) {
                    assertEquals(Scalars.apply(op, x[i]), y[i], 1.2e-7, op + " of " + x[i]);
                }
            }
        }
    }

    private static void worst(Op.Unary op, double low, double high, double ulps) {
        float[] x = range(op.toString(), low, high);
        float[] y = Agreement.simd(op, Tensor.of(x, N)).toFloats();
        for (int i = 0; i < N; i++) {
            double want = Scalars.apply(op, x[i]);
            double off = Math.abs(y[i] - want) / Math.ulp((float) want);
            assertTrue(off <= ulps, op + " of " + x[i] + " is " + off + " ulp off: got " + y[i] + ", want " + want);
        }
    }

    /** A long row is computed on vectors, its elements one by one in scalar code: the bits must be the same. */
    @Test
    void vectorAndScalarCodeHaveTheSameBits() {
        Agreement.needVectors();
        Map<Op.Unary, double[]> domains = Map.ofEntries(
                Map.entry(new Op.Exp(), new double[] {-120, 100}),
                Map.entry(new Op.Log(), new double[] {-0.1, 5}),
                Map.entry(new Op.Tanh(), new double[] {-12, 12}),
                Map.entry(new Op.Sigmoid(), new double[] {-120, 120}),
                Map.entry(new Op.Silu(), new double[] {-120, 120}),
                Map.entry(new Op.Softplus(), new double[] {-120, 120}),
                Map.entry(new Op.Erf(), new double[] {-5, 5}),
                Map.entry(new Op.Gelu(), new double[] {-7, 7}),
                Map.entry(new Op.GeluSlope(), new double[] {-7, 7}),
                Map.entry(new Op.Sin(), new double[] {-40_000, 40_000}),
                Map.entry(new Op.Cos(), new double[] {-50, 50}),
                Map.entry(new Op.Sqrt(), new double[] {-1, 5}),
                Map.entry(new Op.LeakyRelu(0.3), new double[] {-5, 5}));
        domains.forEach((op, d) -> {
            float[] x = range("bits", d[0], d[1]);
            x[17] = Float.NaN;
            x[18] = -0f;
            x[19] = Float.MIN_VALUE;
            float[] whole = new float[N];
            float[] single = new float[N];
            UnaryKernels.run(op, x, 0, whole, 0, N);
            for (int i = 0; i < N; i++) {
                UnaryKernels.run(op, x, i, single, i, 1);
            }
            for (int i = 0; i < N; i++) {
                assertEquals(Float.floatToIntBits(single[i]), Float.floatToIntBits(whole[i]), op + " of " + x[i]);
            }
        });
    }

    /** The first calls run in the interpreter, later ones compiled: a run must be repeatable from its first step on. */
    @Test
    void coldAndHotCodeHaveTheSameBits() {
        Tensor x = Agreement.normal(3, 157);
        Op[] ops = {
            new Op.Exp(),
            new Op.Tanh(),
            new Op.Gelu(),
            new Op.GeluSlope(),
            new Op.Softplus(),
            new Op.Softmax(),
            new Op.LayerNorm(1e-5),
            new Op.SumTo(Shape.SCALAR)
        };
        for (Op op : ops) {
            int[] first = Agreement.bits(Agreement.simd(op, x));
            for (int i = 0; i < 3000; i++) {
                Agreement.simd(op, x);
            }
            assertEquals(-1, Arrays.mismatch(first, Agreement.bits(Agreement.simd(op, x))), op.toString());
        }
    }
}
