package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * Sums, running sums, and positions of largest elements. A sum runs over a row-major copy if the operand is not row-major,
 * so that a view and its copy have the same bits.
 */
final class Reductions {
    /** Elements that are summed in one go; sums of blocks are then summed in the same way, which also keeps them accurate. */
    private static final int BLOCK = 4096;

    /** Rows that are summed in one go. */
    private static final int ROWS = 64;

    /** Columns that one thread sums. */
    private static final int WIDTH = 256;

    private Reductions() {}

    /** Sum over the axes that {@code to} has as 1 or lacks, one group of neighbouring axes at a time, last ones first. */
    static Tensor sumTo(Tensor x, Shape to) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        int[] dims = x.shape().toArray();
        int skip = dims.length - to.rank();
        int size = x.shape().intSize("sum");
        if (size == 0) {
            return Tensor.of(Workspace.zeroedFloats(to.intSize("sum")), to.toArray());
        }
        int inner = 1;
        int axis = dims.length - 1;
        while (axis >= 0) {
            int group = 1;
            boolean reduced = reduced(dims, to, skip, axis);
            while (axis >= 0 && (dims[axis] == 1 || reduced(dims, to, skip, axis) == reduced)) {
                group *= dims[axis--];
            }
            if (reduced) {
                int outer = size / group / inner;
                v = pass(v, at, outer, group, inner);
                at = 0;
                size = v.length;
            } else {
                inner *= group;
            }
        }
        if (v == Elementwise.array(c)) {
            v = Workspace.floats(size);
            System.arraycopy(Elementwise.array(c), at, v, 0, size);
        }
        return Tensor.of(v, to.toArray());
    }

    private static boolean reduced(int[] dims, Shape to, int skip, int axis) {
        return dims[axis] != 1 && (axis < skip || to.dim(axis - skip) == 1);
    }

    /** [outer, n, inner] to [outer, inner]. */
    private static float[] pass(float[] x, int at, int outer, int n, int inner) {
        float[] y = inner == 1 ? Workspace.floats(outer) : Workspace.zeroedFloats(outer * inner);
        if (inner == 1 && outer == 1) {
            y[0] = total(x, at, n);
        } else if (inner == 1) {
            Chunks.ranges(outer, n + 8L, (from, to) -> {
                for (int o = from; o < to; o++) {
                    y[o] = total(x, at + o * n, n);
                }
            });
        } else if (outer > 1) {
            Chunks.ranges(outer, (long) n * inner + 8, (from, to) -> {
                for (int o = from; o < to; o++) {
                    columns(x, at + o * n * inner, n, inner, 0, inner, y, o * inner);
                }
            });
        } else {
            Chunks.each(
                    Math.ceilDiv(inner, WIDTH),
                    (long) n * WIDTH,
                    i -> columns(x, at, n, inner, i * WIDTH, Math.min(inner, (i + 1) * WIDTH), y, 0));
        }
        return y;
    }

    private static float total(float[] x, int at, int n) {
        if (n <= BLOCK) {
            return RowSums.sum(x, at, n);
        }
        float[] part = Workspace.floats(Math.ceilDiv(n, BLOCK));
        Chunks.ranges(part.length, BLOCK, (from, to) -> {
            for (int i = from; i < to; i++) {
                part[i] = RowSums.sum(x, at + i * BLOCK, Math.min(BLOCK, n - i * BLOCK));
            }
        });
        return total(part, 0, part.length);
    }

    /** Columns {@code from .. to - 1} of n rows that are {@code width} long, summed into y. */
    private static void columns(float[] x, int at, int n, int width, int from, int to, float[] y, int yo) {
        int m = to - from;
        float[] part = n > ROWS ? new float[m] : null;
        for (int r0 = 0; r0 < n; r0 += ROWS) {
            int r1 = Math.min(n, r0 + ROWS);
            float[] into = part == null ? y : part;
            int io = part == null ? yo + from : 0;
            if (part != null) {
                Arrays.fill(part, 0f);
            }
            for (int r = r0; r < r1; r++) {
                BinaryKernels.add(x, at + r * width + from, into, io, into, io, m);
            }
            if (part != null) {
                BinaryKernels.add(part, 0, y, yo + from, y, yo + from, m);
            }
        }
    }

    /** In double, so that the last sum of a long axis is as good as the first. */
    static Tensor cumSum(Tensor x, int axis, boolean reverse) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        Shape s = x.shape();
        int n = s.dim(axis);
        int inner = inner(s, axis);
        float[] y = Workspace.floats(s.intSize("cumSum"));
        if (y.length > 0) {
            Chunks.ranges(y.length / n, n, (from, to) -> {
                for (int line = from; line < to; line++) {
                    int start = line / inner * n * inner + line % inner;
                    double sum = 0;
                    for (int a = 0; a < n; a++) {
                        int i = start + (reverse ? n - 1 - a : a) * inner;
                        sum += v[at + i];
                        y[i] = (float) sum;
                    }
                }
            });
        }
        return Tensor.of(y, s.toArray());
    }

    private static int inner(Shape s, int axis) {
        int n = 1;
        for (int i = axis + 1; i < s.rank(); i++) {
            n *= s.dim(i);
        }
        return n;
    }

    static Tensor argMax(Tensor x, int axis) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        Shape s = x.shape();
        int n = s.dim(axis);
        int inner = inner(s, axis);
        int[] y = Workspace.ints(s.without(axis).intSize("argMax"));
        Chunks.ranges(y.length, n, (from, to) -> {
            for (int line = from; line < to; line++) {
                int start = at + line / inner * n * inner + line % inner;
                int best = 0;
                float top = v[start];
                for (int a = 1; a < n; a++) {
                    float e = v[start + a * inner];
                    if (e > top) {
                        top = e;
                        best = a;
                    }
                }
                y[line] = best;
            }
        });
        return Tensor.of(y, s.without(axis).toArray());
    }

    /** Sorts keys of (order-preserving bits, index), which makes it stable. NaN is larger than all, as in Double.compare. */
    static Tensor argSort(Tensor x, int axis, boolean descending) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        Shape s = x.shape();
        int n = s.dim(axis);
        int inner = inner(s, axis);
        int[] y = Workspace.ints(s.intSize("argSort"));
        if (y.length > 0) {
            Chunks.ranges(y.length / n, 16L * n, (from, to) -> {
                long[] keys = new long[n];
                for (int line = from; line < to; line++) {
                    int start = line / inner * n * inner + line % inner;
                    for (int a = 0; a < n; a++) {
                        int bits = Float.floatToIntBits(v[at + start + a * inner]);
                        int rising = bits ^ bits >> 31 & Integer.MAX_VALUE;
                        keys[a] = (long) (descending ? ~rising : rising) << 32 | a;
                    }
                    Arrays.sort(keys);
                    for (int a = 0; a < n; a++) {
                        y[start + a * inner] = (int) keys[a];
                    }
                }
            });
        }
        return Tensor.of(y, s.toArray());
    }
}
