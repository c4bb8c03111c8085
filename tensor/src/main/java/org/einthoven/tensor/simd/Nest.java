package org.einthoven.tensor.simd;

import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;

/**
 * The loops that visit operands in the row-major order of a result, as few as their strides allow: axes of size 1 are
 * dropped, and axes that lie behind each other in every operand are one. The innermost loop is the caller's.
 */
final class Nest {
    private final int rank;
    private final int[] dims;
    private final int[][] strides;
    private final int[] offsets;

    /** Operands are broadcast to {@code out}. */
    Nest(Shape out, Layout... operands) {
        int n = operands.length;
        Layout[] full = new Layout[n];
        offsets = new int[n];
        for (int t = 0; t < n; t++) {
            full[t] = operands[t].expand(out);
            offsets[t] = full[t].offset();
        }
        dims = new int[Math.max(1, out.rank())];
        strides = new int[n][dims.length];
        int r = -1;
        for (int axis = 0; axis < out.rank(); axis++) {
            int d = out.dim(axis);
            if (d == 1) {
                continue;
            }
            boolean joined = r >= 0;
            for (int t = 0; joined && t < n; t++) {
                joined = strides[t][r] == full[t].stride(axis) * d;
            }
            if (joined) {
                dims[r] *= d;
            } else {
                dims[++r] = d;
            }
            for (int t = 0; t < n; t++) {
                strides[t][r] = full[t].stride(axis);
            }
        }
        if (r < 0) {
            dims[++r] = 1;
        }
        rank = r + 1;
    }

    /** Length of the innermost loop. */
    int inner() {
        return dims[rank - 1];
    }

    /** How many times the innermost loop runs. */
    int outer() {
        int n = 1;
        for (int i = 0; i < rank - 1; i++) {
            n *= dims[i];
        }
        return n;
    }

    /** Step of an operand in the innermost loop. */
    int step(int operand) {
        return strides[operand][rank - 1];
    }

    /** One innermost loop: number {@code row}, with operand t starting at {@code at[t]}. */
    interface Row {
        void run(int row, int[] at);
    }

    /** Innermost loops {@code from .. to - 1}. */
    void rows(int from, int to, Row body) {
        int[] index = new int[rank];
        int[] at = offsets.clone();
        int rest = from;
        for (int axis = rank - 2; axis >= 0; axis--) {
            index[axis] = rest % dims[axis];
            rest /= dims[axis];
            for (int t = 0; t < at.length; t++) {
                at[t] += index[axis] * strides[t][axis];
            }
        }
        for (int row = from; row < to; row++) {
            body.run(row, at);
            for (int axis = rank - 2; axis >= 0; axis--) {
                boolean carry = ++index[axis] == dims[axis];
                int by = carry ? 1 - dims[axis] : 1;
                for (int t = 0; t < at.length; t++) {
                    at[t] += by * strides[t][axis];
                }
                if (!carry) {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}
