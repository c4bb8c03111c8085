package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of operation at ranks 0 to 6, in F64 and F32, and with an axis of size zero at each place. */
class AnyRankTest {
    private static final int[] SIZES = {2, 1, 3, 2, 1, 2};
    private static final Rng RNG = Rng.of(222);

    /** An operation and the smallest rank that it takes. Points off kinks and ties are the rule with random numbers. */
    enum Kind {
        UNARY(0, x -> x.tanh().mul(x.exp()).add(x.gelu())),
        PIECEWISE(0, x -> x.leakyRelu(0.1).maximum(x.abs().neg().mul(0.3)).clamp(-9, 9)),
        BROADCAST(0, x -> x.add(Tensor.scalar(0.5, x.dtype()))
                .mul(x.unsqueeze(0))
                .div(x.square().add(1))),
        WHERE(0, x -> x.gt(0).where(x.square(), x.mul(0.2))),
        SUM(0, x -> x.square().sum()),
        CAST(0, x -> x.cast(DType.F64).sin().cast(x.dtype())),
        RESHAPE(0, x -> x.reshape(-1).square()),
        EXPAND(0, x -> x.expand(Shape.of(prepended(3, x))).square()),
        SUM_OVER_AXES(1, x -> x.square().sum(true, 0, -1).add(x.mean(true, -1))),
        SOFTMAX(1, x -> x.softmax().add(x.logSoftmax())),
        NORMS(1, x -> x.layerNorm(0.1).add(x.rmsNorm(0.1))),
        CUMULATIVE(1, x -> x.cumSum(0).square().add(x.cumSum(-1))),
        TURNED(1, x -> x.permute(reversed(x.rank())).square()),
        SLICED(1, x -> Tensor.cat(-1, x.slice(-1, 0, x.dim(-1) / 2), x.flip(-1))
                .pad(0, 1, 2)
                .square()),
        SORTED(1, x -> x.sort(-1, true).mul(x).add(x.topK(0, x.dim(0)))),
        GATHERED(1, x -> x.square().gather(-1, indices(x))),
        SCATTERED(1, x -> x.scatterAdd(-1, indices(x), x.square())),
        MATRICES(2, x -> x.matmul(x.t().contiguous()).square()),
        LINEAR(1, x -> x.linear(Tensor.ones(x.dtype(), 3, x.dim(-1))).square());

        private final int least;
        private final UnaryOperator<Tensor> f;

        Kind(int least, UnaryOperator<Tensor> f) {
            this.least = least;
            this.f = f;
        }
    }

    @ParameterizedTest
    @EnumSource
    void derivativesToSecondOrderAtEachRank(Kind kind) {
        for (int rank = kind.least; rank <= 6; rank++) {
            Tensor x = RNG.split(rank).normal64(Arrays.copyOf(SIZES, rank));
            GradCheck.standard(RNG)
                    .check(in -> kind.f.apply(in.getFirst()), List.of(x))
                    .assertOk();
        }
    }

    /** F32 has vector kernels that F64 has not. */
    @ParameterizedTest
    @EnumSource
    void singlePrecisionAgreesWithDoubleAtEachRank(Kind kind) {
        for (int rank = kind.least; rank <= 6; rank++) {
            Tensor x = RNG.split(rank).normal(Arrays.copyOf(SIZES, rank));
            Tensor wide = x.cast(DType.F64);
            Tensor y = kind.f.apply(wide);
            assertEquals(y.shape(), kind.f.apply(x).shape());
            assertArrayEquals(y.toDoubles(), kind.f.apply(x).toDoubles(), 1e-4, "rank " + rank);
            assertArrayEquals(gradient(kind, wide), gradient(kind, x), 1e-3, "gradient at rank " + rank);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAxisOfSizeZeroGivesNothingAndIsNoError(Kind kind) {
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (int rank = Math.max(1, kind.least); rank <= 6; rank++) {
                for (int axis = 0; axis < rank; axis++) {
                    int[] shape = Arrays.copyOf(SIZES, rank);
                    shape[axis] = 0;
                    Tensor x = Tensor.zeros(type, shape);
                    String where = Arrays.toString(shape) + " " + type;
                    Tensor y = kind.f.apply(x);
                    assertEquals(y.size(), y.toDoubles().length, where);
                    assertEquals(0, gradient(kind, x).length, where);
                }
            }
        }
    }

    private static double[] gradient(Kind kind, Tensor x) {
        Tensor g = Grad.grad(z -> kind.f.apply(z).sum(), x, GradMode.CONSTANT);
        assertEquals(x.shape(), g.shape());
        return g.toDoubles();
    }

    private static int[] prepended(int size, Tensor x) {
        int[] shape = new int[x.rank() + 1];
        shape[0] = size;
        System.arraycopy(x.shape().toArray(), 0, shape, 1, x.rank());
        return shape;
    }

    private static int[] reversed(int rank) {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> rank - 1 - i);
        return axes;
    }

    /** 0, 0, 1, ... along the last axis. */
    private static Tensor indices(Tensor x) {
        int[] i = new int[x.shape().intSize("indices")];
        Arrays.setAll(i, k -> k % x.dim(-1) / 2);
        return Tensor.of(i, x.shape().toArray());
    }
}
