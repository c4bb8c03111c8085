package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;

import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MovesTest {
    static Stream<Tensor> views() {
        return Stream.of(
                normal(),
                normal(1),
                normal(100, 300).t(),
                normal(5, 100, 30).t(),
                normal(5, 100, 4, 30).transpose(1, 2),
                normal(50, 1, 30).expand(50, 20, 30),
                normal(20, 30, 40).permute(2, 1, 0),
                normal(40, 50).flip(0).t(),
                normal(33, 65).slice(1, 1, 65, 3),
                normal(64, 64).t(),
                normal(2, 3, 4, 5, 6).permute(4, 1, 3, 0, 2),
                normal(0, 4).t(),
                normal(7, 9).flip(0).flip(1),
                normal(1, 70).t(),
                normal(3, 31, 33).t());
    }

    @ParameterizedTest
    @MethodSource("views")
    void contiguousCopies(Tensor view) {
        agree(0, new Op.Contiguous(), view);
        sameBits(new Op.Contiguous(), view);
        for (DType other : new DType[] {DType.F64, DType.I32, DType.BOOL}) {
            Tensor x = like(view, other);
            agree(0, new Op.Contiguous(), x);
        }
    }

    /** Values of another type under the same kind of strides: cast the parent's values, transposed twice. */
    private static Tensor like(Tensor view, DType type) {
        Tensor c = view.mul(3).cast(type);
        return c.rank() < 2 ? c : c.transpose(0, -1);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "I32", "BOOL"})
    void padPlacesAmongZeros(DType type) {
        Tensor x = normal(4, 5).mul(3).cast(type);
        agree(0, new Op.Pad(Shape.of(9, 20), Ints.of(1, 2), Ints.of(2, 3)), x);
        agree(0, new Op.Pad(Shape.of(4, 20), Ints.of(3, 2), Ints.of(-1, 3)), x);
        agree(0, new Op.Pad(Shape.of(6, 4), Ints.of(1, 0), Ints.of(1, 1)), x.t());
        agree(0, new Op.Pad(Shape.of(6, 4), Ints.of(1, 0), Ints.of(1, 1)), x.slice(0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "I32", "BOOL"})
    void catJoins(DType type) {
        Tensor x = normal(4, 5).mul(3).cast(type);
        agree(0, new Op.Cat(1), x, x.slice(1, 0, 0), x.flip(0), x.slice(1, 1, 4));
        agree(0, new Op.Cat(0), x, x.slice(0, 1, 2));
        agree(0, new Op.Cat(1), x.t(), x.t());
        agree(0, new Op.Cat(0), x);
    }

    @ParameterizedTest
    @MethodSource("views")
    void padAndCatOfAnyStrides(Tensor view) {
        int rank = view.rank();
        if (rank > 0) {
            Shape full = view.shape().with(0, view.dim(0) + 2);
            sameBits(new Op.Pad(full, Agreement.repeat(0, rank), Agreement.repeat(1, rank)), view);
            sameBits(new Op.Cat(rank - 1), view, view);
        }
    }
}
