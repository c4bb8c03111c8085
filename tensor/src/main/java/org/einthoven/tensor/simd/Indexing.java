package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/** Ops that read or write where an I32 tensor says. */
final class Indexing {
    private Indexing() {}

    private static int[] ints(Tensor t) {
        return ((Storage.I32) t.storage()).array();
    }

    private static ShapeException outside(String op, int index, int size) {
        return new ShapeException(op + ": index " + index + " is outside 0.." + (size - 1));
    }

    private static void check(String op, int[] index, int from, int step, int n, int size) {
        for (int i = 0; i < n; i++) {
            int k = index[from + i * step];
            if (k < 0 || k >= size) {
                throw outside(op, k, size);
            }
        }
    }

    /** Where the lines along {@code axis} start: the layout with that axis cut to its first element. */
    private static Layout across(Layout l, int axis) {
        return l.slice(
                Ints.of(new int[l.shape().rank()]),
                l.shape().with(axis, 1),
                Ints.of(ones(l.shape().rank())));
    }

    private static int[] ones(int n) {
        int[] one = new int[n];
        Arrays.fill(one, 1);
        return one;
    }

    static Tensor gather(Tensor x, Tensor index, int axis) {
        Shape out = index.shape();
        Object y = Cells.allocate(x.dtype(), out.intSize("gather"));
        if (out.size() == 0) {
            return Cells.tensor(y, out);
        }
        Object v = Cells.array(x);
        int[] at = ints(index);
        int size = x.shape().dim(axis);
        int step = x.layout().stride(axis);
        int n = out.dim(axis);
        Layout to = Layout.contiguous(out);
        int down = to.stride(axis);
        Layout lines = across(index.layout(), axis);
        Nest nest = new Nest(lines.shape(), across(x.layout(), axis), lines, across(to, axis));
        int inner = nest.inner();
        int is = index.layout().stride(axis);
        Chunks.ranges(
                nest.outer(),
                (long) inner * n + 16,
                (from, end) -> nest.rows(from, end, (row, p) -> {
                    if (nest.step(1) == 0) {
                        // One index for the whole inner loop: runs are copied.
                        check("gather", at, p[1], is, n, size);
                        for (int a = 0; a < n; a++) {
                            Cells.copy(
                                    v,
                                    p[0] + at[p[1] + a * is] * step,
                                    nest.step(0),
                                    y,
                                    p[2] + a * down,
                                    nest.step(2),
                                    inner);
                        }
                        return;
                    }
                    for (int i = 0; i < inner; i++) {
                        int io = p[1] + i * nest.step(1);
                        check("gather", at, io, is, n, size);
                        Cells.pick(v, p[0] + i * nest.step(0), step, at, io, is, y, p[2] + i * nest.step(2), down, n);
                    }
                }));
        return Cells.tensor(y, out);
    }

    /** Lines along the axis are independent, and each is added to in order. */
    static Tensor scatterAdd(Tensor source, Tensor index, Op.ScatterAdd op, Shape out) {
        float[] y = Workspace.zeroedFloats(out.intSize("scatterAdd"));
        if (source.size() == 0) {
            return Tensor.of(y, out.toArray());
        }
        float[] v = Elementwise.array(source);
        int[] at = ints(index);
        int n = index.shape().dim(op.axis());
        int vs = source.layout().stride(op.axis());
        int is = index.layout().stride(op.axis());
        Layout to = Layout.contiguous(out);
        int down = to.stride(op.axis());
        Layout lines = across(source.layout(), op.axis());
        Nest nest = new Nest(lines.shape(), lines, across(index.layout(), op.axis()), across(to, op.axis()));
        int inner = nest.inner();
        Chunks.ranges(
                nest.outer(),
                (long) inner * n + 16,
                (from, end) -> nest.rows(from, end, (row, p) -> {
                    for (int a = 0; a < n; a++) {
                        for (int i = 0; i < inner; i++) {
                            int k = at[p[1] + i * nest.step(1) + a * is];
                            if (k < 0 || k >= op.size()) {
                                throw outside("scatterAdd", k, op.size());
                            }
                            y[p[2] + i * nest.step(2) + k * down] += v[p[0] + i * nest.step(0) + a * vs];
                        }
                    }
                }));
        return Tensor.of(y, out.toArray());
    }

    static Tensor embedding(Tensor table, Tensor ids, Shape out) {
        int rows = table.shape().dim(0);
        int d = table.shape().dim(1);
        int[] at = ints(Moves.contiguous(ids));
        int first = Moves.contiguous(ids).layout().offset();
        int n = ids.shape().intSize("embedding");
        check("embedding", at, first, 1, n, rows);
        int down = table.layout().stride(0);
        int step = table.layout().stride(1);
        int from = table.layout().offset();
        if (table.dtype().isStorageOnly()) {
            float[] y = Workspace.floats(out.intSize("embedding"));
            Decoder decoder = Decoder.of(table);
            Chunks.ranges(n, d, (i0, i1) -> {
                for (int i = i0; i < i1; i++) {
                    decoder.decode(from + (long) at[first + i] * down, y, i * d, d);
                }
            });
            return Tensor.of(y, out.toArray());
        }
        Object y = Cells.allocate(table.dtype(), out.intSize("embedding"));
        Object v = Cells.array(table);
        Chunks.ranges(n, d, (i0, i1) -> {
            for (int i = i0; i < i1; i++) {
                Cells.copy(v, from + at[first + i] * down, step, y, i * d, 1, d);
            }
        });
        return Cells.tensor(y, out);
    }

    /** In the order of the ids, so that a row's sum does not depend on threads: they share columns out, not ids. */
    static Tensor embeddingGrad(Tensor rows, Tensor ids, int vocabulary) {
        int d = rows.shape().dim(-1);
        Tensor source = Moves.contiguous(rows);
        Tensor order = Moves.contiguous(ids);
        float[] v = Elementwise.array(source);
        int[] at = ints(order);
        int n = ids.shape().intSize("embeddingGrad");
        check("embeddingGrad", at, order.layout().offset(), 1, n, vocabulary);
        float[] y = Workspace.zeroedFloats(Shape.of(vocabulary, d).intSize("embeddingGrad"));
        Chunks.ranges(d, n, (j0, j1) -> {
            for (int i = 0; i < n; i++) {
                int to = at[order.layout().offset() + i] * d;
                int from = source.layout().offset() + i * d;
                for (int j = j0; j < j1; j++) {
                    y[to + j] += v[from + j];
                }
            }
        });
        return Tensor.of(y, vocabulary, d);
    }
}
