package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** Ops that place elements elsewhere and change none: copies of views, padding, joining. */
final class Moves {
    /** Side of the square that a transpose moves at a time: 4 KB from each side fit the first-level cache. */
    private static final int BLOCK = 32;

    private Moves() {}

    /** {@code x} itself if it is row-major, else a row-major copy. */
    static Tensor contiguous(Tensor x) {
        return x.layout().isContiguous() ? x : copy(x);
    }

    /** A row-major copy. */
    static Tensor copy(Tensor x) {
        int n = x.shape().intSize("contiguous");
        Object y = Cells.allocate(x.dtype(), n);
        if (n > 0) {
            place(x, y, Layout.contiguous(x.shape()));
        }
        return Cells.tensor(y, x.shape());
    }

    /** Writes {@code x} where {@code into}, of the same shape, lies in {@code y}. */
    private static void place(Tensor x, Object y, Layout into) {
        Object v = Cells.array(x);
        Layout from = x.layout();
        int rank = from.shape().rank();
        // The axis along which the source is dense, when that is not the last: then squares are moved, not rows.
        int dense = -1;
        for (int axis = 0; axis < rank - 1; axis++) {
            if (from.stride(axis) == 1 && from.shape().dim(axis) >= 8) {
                dense = axis;
            }
        }
        if (dense >= 0 && from.stride(-1) != 1 && from.shape().dim(rank - 1) >= 8) {
            transpose(v, from, y, into, dense);
            return;
        }
        Nest nest = new Nest(from.shape(), from, into);
        int n = nest.inner();
        Chunks.ranges(
                nest.outer(),
                n + 8L,
                (first, end) -> nest.rows(
                        first, end, (row, at) -> Cells.copy(v, at[0], nest.step(0), y, at[1], nest.step(1), n)));
    }

    private static void transpose(Object v, Layout from, Object y, Layout into, int axis) {
        Shape shape = from.shape();
        int last = shape.rank() - 1;
        int rows = shape.dim(axis);
        int columns = shape.dim(last);
        Shape rest = shape.with(axis, 1).with(last, 1);
        Nest nest = new Nest(rest, only(from, rest), only(into, rest));
        int planes = nest.inner() * nest.outer();
        int bands = Math.ceilDiv(rows, BLOCK);
        int down = from.stride(axis);
        int across = from.stride(last);
        Chunks.ranges(planes * bands, (long) BLOCK * columns, (first, end) -> {
            for (int i = first; i < end; i++) {
                int plane = i / bands;
                int r0 = i % bands * BLOCK;
                int r1 = Math.min(rows, r0 + BLOCK);
                nest.rows(plane / nest.inner(), plane / nest.inner() + 1, (row, at) -> {
                    int in = at[0] + plane % nest.inner() * nest.step(0);
                    int out = at[1] + plane % nest.inner() * nest.step(1);
                    for (int c0 = 0; c0 < columns; c0 += BLOCK) {
                        int n = Math.min(BLOCK, columns - c0);
                        block(
                                v,
                                in + r0 * down + c0 * across,
                                down,
                                across,
                                r1 - r0,
                                n,
                                y,
                                out + r0 * into.stride(axis) + c0 * into.stride(last),
                                into.stride(axis),
                                into.stride(last));
                    }
                });
            }
        });
    }

    /** [rows, n] elements with strides (down, across) to strides (toDown, toAcross). */
    private static void block(
            Object v, int in, int down, int across, int rows, int n, Object y, int out, int toDown, int toAcross) {
        if (n == BLOCK && toAcross == 1 && v instanceof float[] f) {
            Pack.panel(f, in, across, down, n, BLOCK, rows, (float[]) y, out, toDown);
            return;
        }
        for (int r = 0; r < rows; r++) {
            Cells.copy(v, in + r * down, across, y, out + r * toDown, toAcross, n);
        }
    }

    /** The layout with the axes that {@code rest} has as 1 cut to their first element. */
    private static Layout only(Layout l, Shape rest) {
        int[] zero = new int[rest.rank()];
        int[] one = new int[rest.rank()];
        Arrays.fill(one, 1);
        return l.slice(Ints.of(zero), rest, Ints.of(one));
    }

    static Tensor pad(Tensor x, Op.Pad op) {
        Object y = Cells.zeros(x.dtype(), op.full().intSize("pad"));
        if (x.size() > 0) {
            place(x, y, Layout.contiguous(op.full()).slice(op.start(), x.shape(), op.step()));
        }
        return Cells.tensor(y, op.full());
    }

    static Tensor cat(int axis, Shape out, Tensor... parts) {
        Object y = Cells.allocate(parts[0].dtype(), out.intSize("cat"));
        int[] start = new int[out.rank()];
        int[] step = new int[out.rank()];
        Arrays.fill(step, 1);
        Layout whole = Layout.contiguous(out);
        for (Tensor p : parts) {
            if (p.size() > 0) {
                place(p, y, whole.slice(Ints.of(start), p.shape(), Ints.of(step)));
            }
            start[axis] += p.shape().dim(axis);
        }
        return Cells.tensor(y, out);
    }
}
