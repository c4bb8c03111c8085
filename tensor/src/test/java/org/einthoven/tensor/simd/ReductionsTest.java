package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.lengths;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReductionsTest {
    static Stream<Tensor> operands() {
        return Stream.of(
                normal(7),
                normal(5, 33),
                normal(3, 4, 5, 6),
                normal(3, 4, 5, 6).permute(2, 0, 3, 1),
                normal(300, 70),
                normal(2, 1, 3, 1, 5),
                normal(0, 3),
                normal(3, 0),
                normal(1, 200).expand(3, 200),
                normal(9001));
    }

    /** Every subset of axes, kept as 1, and leading axes removed. */
    @ParameterizedTest
    @MethodSource("operands")
    void sumsOverAnyAxes(Tensor x) {
        for (int subset = 0; subset < 1 << x.rank(); subset++) {
            Shape to = x.shape();
            for (int axis = 0; axis < x.rank(); axis++) {
                to = (subset >> axis & 1) == 1 ? to.with(axis, 1) : to;
            }
            agree(2e-6, new Op.SumTo(to), x);
            agree(1e-14, new Op.SumTo(to), x.cast(DType.F64));
            sameBits(new Op.SumTo(to), x);
        }
        for (Shape to = x.shape(); to.rank() > 0; ) {
            to = to.without(0);
            agree(2e-6, new Op.SumTo(to), x);
        }
    }

    @Test
    void sumOfEveryLength() {
        for (int n : lengths()) {
            agree(3e-6, new Op.SumTo(Shape.SCALAR), normal(n));
            agree(3e-6, new Op.SumTo(Shape.of(3, 1)), normal(3, n));
        }
        sameBits(new Op.SumTo(Shape.SCALAR), normal(500, 700));
        sameBits(new Op.SumTo(Shape.of(700)), normal(500, 700));
        sameBits(new Op.SumTo(Shape.of(500, 1)), normal(500, 700));
    }

    /** One running sum in F32 would stall beyond 16 million. */
    @Test
    void longSumsStayAccurate() {
        float[] v = new float[20_000_000];
        Arrays.fill(v, 1.1f);
        double got = Agreement.simd(new Op.SumTo(Shape.SCALAR), Tensor.of(v, v.length))
                .item();
        assertEquals(1.1f * 2e7, got, 220);
    }

    @ParameterizedTest
    @MethodSource("operands")
    void alongEachAxis(Tensor x) {
        for (int axis = 0; axis < x.rank(); axis++) {
            for (boolean flag : new boolean[] {false, true}) {
                agree(1e-6, new Op.CumSum(axis, flag), x);
                agree(0, new Op.ArgSort(axis, flag), x);
                sameBits(new Op.CumSum(axis, flag), x);
            }
            if (x.dim(axis) > 0) {
                agree(0, new Op.ArgMax(axis), x);
            }
        }
    }

    @Test
    void tiesAndSpecialValues() {
        float[] v = {1, 2, 2, Float.NaN, -0f, 0f, Float.NEGATIVE_INFINITY, 2, Float.POSITIVE_INFINITY, Float.NaN};
        Tensor x = Tensor.of(v, v.length);
        agree(0, new Op.ArgMax(0), x);
        agree(0, new Op.ArgMax(0), x.slice(0, 1, 3));
        agree(0, new Op.ArgSort(0, false), x);
        agree(0, new Op.ArgSort(0, true), x);
        Tensor ties = Tensor.of(new float[] {3, 1, 3, 1}, 4);
        assertArrayEquals(new int[] {0, 2, 1, 3}, ties.argSort(0, true).toInts());
        assertArrayEquals(new int[] {1, 3, 0, 2}, ties.argSort(0, false).toInts());
        assertArrayEquals(new int[] {0}, ties.unsqueeze(0).argMax(1).toInts());
    }
}
