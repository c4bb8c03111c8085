package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.lengths;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseTest {
    private static final float[] SPECIAL = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        0f,
        -0f,
        1f,
        -1f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        88.7f,
        88.8f,
        -87.4f,
        -103f,
        -104f,
        0.5f,
        0.625f,
        3.92f,
        -3.92f,
        1e-20f
    };

    static List<Op.Unary> unaries() {
        return List.of(
                new Op.Neg(),
                new Op.Exp(),
                new Op.Log(),
                new Op.Sqrt(),
                new Op.Recip(),
                new Op.Tanh(),
                new Op.Sigmoid(),
                new Op.Softplus(),
                new Op.Sin(),
                new Op.Cos(),
                new Op.Erf(),
                new Op.Abs(),
                new Op.Sign(),
                new Op.Power(2),
                new Op.Power(-1),
                new Op.Power(0.5),
                new Op.Power(3),
                new Op.LeakyRelu(0),
                new Op.LeakyRelu(0.1),
                new Op.Gelu(),
                new Op.GeluSlope(),
                new Op.Silu(),
                new Op.Clamp(-0.5, 1.5));
    }

    static List<Op.Binary> binaries() {
        return List.of(new Op.Add(), new Op.Sub(), new Op.Mul(), new Op.Div(), new Op.Maximum());
    }

    @ParameterizedTest
    @MethodSource("unaries")
    void unaryAgreesAtEveryLength(Op.Unary op) {
        for (int n : lengths()) {
            agree(1e-6, op, normal(n));
            agree(1e-6, op, normal(n).toDoubles().length == 0 ? normal(0, 3) : normal(3, n));
        }
        agree(1e-6, op, normal());
        agree(1e-6, op, normal(2, 1, 3, 1, 5));
        sameBits(op, normal(7, 33));
        sameBits(op, normal(3, 40, 700));
    }

    /** Each special value among others, in the scalar part of a row and in the vector part. */
    @ParameterizedTest
    @MethodSource("unaries")
    void unaryOfSpecialValues(Op.Unary op) {
        for (float special : SPECIAL) {
            for (int n : new int[] {2, 100}) {
                float[] row = new float[n];
                Arrays.fill(row, special);
                row[1] = 1;
                agree(1e-6, op, Tensor.of(row, n));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("unaries")
    void unaryInDouble(Op.Unary op) {
        Tensor x = normal(5, 33).cast(DType.F64);
        agree(1e-14, op, x);
        agree(1e-14, op, x.t());
    }

    static Stream<Tensor[]> operands() {
        return Stream.of(new Tensor[][] {
            {normal(), normal()},
            {normal(5, 33), normal(5, 33)},
            {normal(5, 33), normal(33)},
            {normal(33), normal(5, 33)},
            {normal(5, 33), normal(5, 1)},
            {normal(5, 1), normal(5, 33)},
            {normal(5, 70), normal()},
            {normal(), normal(5, 70)},
            {normal(5, 70), normal(1, 1)},
            {normal(2, 1, 7, 1), normal(3, 1, 9)},
            {normal(70, 5).t(), normal(5, 70)},
            {normal(5, 70), normal(70, 5).t()},
            {normal(2, 3, 4, 5, 6), normal(4, 1, 6)},
            {normal(0, 3), normal(1, 3)},
            {normal(3, 0), normal(3, 1)},
            {normal(1, 80).expand(6, 80), normal(6, 1).expand(6, 80)},
            {normal(6, 1).expand(6, 80), normal(1, 1).expand(6, 80)},
            {normal(6, 80).flip(1), normal(6, 160).slice(1, 0, 160, 2)},
            {normal(300, 257), normal(257)},
            {normal(1), normal(100_000)},
        });
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void binaryBroadcasts(Op.Binary op) {
        operands().forEach(x -> {
            agree(1e-7, op, x);
            agree(1e-15, op, x[0].cast(DType.F64), x[1].cast(DType.F64));
        });
        sameBits(op, normal(7, 70), normal(7, 70));
        sameBits(op, normal(7, 70), normal(70));
        sameBits(op, normal(40, 1, 70), normal(40, 1));
        sameBits(op, normal(200, 500), normal(200, 500));
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void binaryOfSpecialValues(Op.Binary op) {
        Tensor s = Tensor.of(SPECIAL, SPECIAL.length);
        agree(1e-7, op, s.unsqueeze(1), s);
        for (float special : SPECIAL) {
            agree(1e-7, op, normal(100), Tensor.scalar(special));
            agree(1e-7, op, Tensor.scalar(special), normal(100));
        }
    }

    @ParameterizedTest
    @EnumSource
    void compareBroadcasts(Op.Relation r) {
        operands().forEach(x -> agree(0, new Op.Compare(r), x));
        Tensor s = Tensor.of(SPECIAL, SPECIAL.length);
        agree(0, new Op.Compare(r), s.unsqueeze(1), s);
        Tensor many = s.unsqueeze(0).expand(8, SPECIAL.length).reshape(-1);
        agree(0, new Op.Compare(r), many, many.flip(0));
        sameBits(new Op.Compare(r), normal(7, 70).sign(), normal(70).sign());
    }

    @Test
    void whereBroadcasts() {
        operands().forEach(x -> {
            Tensor condition = x[0].gt(0);
            agree(0, new Op.Where(), condition, x[0], x[1]);
            agree(0, new Op.Where(), condition, x[1], x[0]);
        });
        agree(0, new Op.Where(), normal(70).gt(0), normal(5, 1), Tensor.scalar(Float.NaN));
        sameBits(new Op.Where(), normal(7, 70).gt(0), normal(7, 70), normal(70));
    }

    @Test
    void castsAmongComputeTypes() {
        float[] values = {0f, -0.4f, 2.7f, -3.9f, 1e10f, Float.NaN, Float.NEGATIVE_INFINITY};
        Tensor x = Tensor.of(values, values.length);
        for (DType to : new DType[] {DType.F64, DType.I32, DType.BOOL}) {
            agree(0, new Op.Cast(to), x);
            Tensor y = normal(4, 9).mul(3).cast(to);
            for (DType back : new DType[] {DType.F32, DType.F64, DType.I32, DType.BOOL}) {
                agree(0, new Op.Cast(back), y);
                agree(0, new Op.Cast(back), y.t());
            }
        }
    }
}
