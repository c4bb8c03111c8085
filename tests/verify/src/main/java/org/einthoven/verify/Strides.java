package org.einthoven.verify;

import java.util.Arrays;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * Ways to lay the same values out in memory. An operation accepts any of them and gives the same bits, which is what
 * {@link TensorLaws#anyStridesGiveTheSameBits} checks.
 */
public enum Strides {
    /** Row by row without gaps: as {@link Tensor#contiguous} gives them. */
    ROW_MAJOR,
    /** The first axis runs fastest. */
    COLUMN_MAJOR,
    /** The last axis runs backwards, by a negative stride. */
    BACKWARDS,
    /** Every second element of a longer last axis, from the second on; what lies in the gaps is not-a-number. */
    SPACED,
    /** The first axis runs fastest, with such gaps. */
    COLUMN_MAJOR_SPACED;

    /** A tensor of the shape, type and values of {@code x} that lies so. Scalars and empty tensors stay as they are. */
    public Tensor of(Tensor x) {
        if (x.rank() == 0 || x.size() == 0) {
            return x;
        }
        return switch (this) {
            case ROW_MAJOR -> x.contiguous();
            case COLUMN_MAJOR -> turned(turned(x).contiguous());
            case BACKWARDS -> x.flip(-1).contiguous().flip(-1);
            case SPACED -> spaced(x);
            case COLUMN_MAJOR_SPACED -> turned(spaced(turned(x)));
        };
    }

    /** The axes in reverse order. */
    private static Tensor turned(Tensor x) {
        int[] reversed = new int[x.rank()];
        Arrays.setAll(reversed, i -> x.rank() - 1 - i);
        return x.permute(reversed);
    }

    private static Tensor spaced(Tensor x) {
        int[] wide = x.shape().toArray();
        wide[wide.length - 1] *= 2;
        Tensor doubled = Tensor.stack(x.rank(), gap(x), x).reshape(wide);
        return doubled.slice(-1, 1, wide[wide.length - 1], 2);
    }

    /** What lies between the elements shows when it is read: not-a-number, an index that is out of range, the opposite. */
    private static Tensor gap(Tensor x) {
        int[] shape = x.shape().toArray();
        return switch (x.dtype()) {
            case BOOL -> x.where(Tensor.zeros(DType.BOOL, shape), Tensor.ones(DType.BOOL, shape));
            case I32 -> Tensor.full(DType.I32, Integer.MIN_VALUE, shape);
            default -> Tensor.full(x.dtype(), Double.NaN, shape);
        };
    }
}
