package org.einthoven.gpu.device;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Sight;

/**
 * Which keys {@link org.einthoven.tensor.op.Op.Attention} hides, as the kernels read it: B batch items (all leading axes as
 * one), H heads, T queries, S keys; an axis along which the mask is the same for all is 1 long and not repeated.
 *
 * @param mask BOOL with as many elements as {@code sizes} say
 * @param sizes of the axes, each B, H, T or S, or 1
 */
record HiddenKeys(Tensor mask, int[] sizes) {
    /** @param x (q [..., H, T, E], k [..., G, S, E], v, perhaps what is hidden, broadcasting to [..., H, T, S]) */
    static HiddenKeys of(Tensor... x) {
        if (x.length < 4) {
            return new HiddenKeys(Tensor.of(new boolean[] {false}, 1), new int[] {1, 1, 1, 1});
        }
        int rank = x[0].rank();
        int[] mask = new int[rank];
        Arrays.fill(mask, 1);
        int[] given = x[3].shape().toArray();
        System.arraycopy(given, 0, mask, rank - given.length, given.length);
        int[] leading = Arrays.copyOf(mask, rank - 3);
        if (product(leading) > 1) {
            leading = Arrays.copyOf(x[0].shape().toArray(), rank - 3);
            System.arraycopy(leading, 0, mask, 0, rank - 3);
        }
        int[] sizes = {product(leading), mask[rank - 3], mask[rank - 2], mask[rank - 1]};
        return new HiddenKeys(x[3].expand(Shape.of(mask)), sizes);
    }

    private static int product(int... sizes) {
        return Arrays.stream(sizes).reduce(1, Math::multiplyExact);
    }

    /** From one batch item, head, query and key to the next, in elements. */
    int[] steps() {
        int[] steps = new int[4];
        int step = 1;
        for (int i = 3; i >= 0; i--) {
            steps[i] = sizes[i] == 1 ? 0 : step;
            step *= sizes[i];
        }
        return steps;
    }

    /** Whether every query sees some key; the kernels make 0 of seeing none, where softmax has no number. */
    boolean leavesSome(Sight sight, int queries, int keys) {
        float[] hidden = mask.toFloats();
        int[] steps = steps();
        int each = sight.isAll(queries, keys) ? sizes[2] : queries; // queries that differ in what they see
        for (int line = 0; line < sizes[0] * sizes[1]; line++) {
            for (int t = 0; t < each; t++) {
                int row = line * sizes[2] * sizes[3] + t * steps[2];
                boolean some = false;
                for (int s = sight.first(t, queries, keys); !some && s < sight.end(t, queries, keys); s++) {
                    some = hidden[row + s * steps[3]] == 0;
                }
                if (!some) {
                    return false;
                }
            }
        }
        return true;
    }
}
