package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/** Elementwise ops of F32: finds the loops, and hands whole rows to the kernels. */
final class Elementwise {
    private Elementwise() {}

    static float[] array(Tensor t) {
        return ((Storage.F32) t.storage()).array();
    }

    static Tensor unary(Op.Unary op, Tensor x) {
        Tensor c = Moves.contiguous(x);
        float[] v = array(c);
        int at = c.layout().offset();
        float[] y = Workspace.floats(x.shape().intSize("elementwise"));
        Chunks.ranges(
                y.length, UnaryKernels.cost(op), (from, to) -> UnaryKernels.run(op, v, at + from, y, from, to - from));
        return Tensor.of(y, x.shape().toArray());
    }

    static Tensor binary(Op.Binary op, Tensor a, Tensor b, Shape out) {
        float[] x = array(a);
        float[] z = array(b);
        int n = out.intSize("elementwise");
        int ao = a.layout().offset();
        int bo = b.layout().offset();
        boolean wholeA = a.layout().isContiguous() && a.size() == n;
        boolean wholeB = b.layout().isContiguous() && b.size() == n;
        if (n > 0 && !(wholeA && (wholeB || b.size() == 1)) && !(wholeB && a.size() == 1)) {
            return broadcast(op, a, b, out);
        }
        float[] y = Workspace.floats(n);
        if (wholeA && wholeB) {
            Chunks.ranges(n, 1, (from, to) -> BinaryKernels.arrays(op, x, ao + from, z, bo + from, y, from, to - from));
        } else if (wholeA) {
            Chunks.ranges(n, 1, (from, to) -> BinaryKernels.right(op, x, ao + from, z[bo], y, from, to - from));
        } else {
            Chunks.ranges(n, 1, (from, to) -> BinaryKernels.left(op, x[ao], z, bo + from, y, from, to - from));
        }
        return Tensor.of(y, out.toArray());
    }

    private static Tensor broadcast(Op.Binary op, Tensor a, Tensor b, Shape out) {
        Nest nest = new Nest(out, a.layout(), b.layout());
        int n = nest.inner();
        int sa = nest.step(0);
        int sb = nest.step(1);
        if (sa > 1 || sa < 0) {
            // A transposed operand is turned over square by square, which is faster than to read it down its columns.
            return binary(op, Moves.copy(a), b, out);
        }
        if (sb > 1 || sb < 0) {
            return binary(op, a, Moves.copy(b), out);
        }
        float[] x = array(a);
        float[] z = array(b);
        float[] y = Workspace.floats(out.intSize("elementwise"));
        Chunks.ranges(
                nest.outer(),
                n + 8L,
                (from, to) -> nest.rows(from, to, (row, at) -> {
                    int r = row * n;
                    if (sa == 0 && sb == 0) {
                        BinaryKernels.right(op, x, at[0], z[at[1]], y, r, 1);
                        Arrays.fill(y, r + 1, r + n, y[r]);
                    } else if (sb == 0) {
                        BinaryKernels.right(op, x, at[0], z[at[1]], y, r, n);
                    } else if (sa == 0) {
                        BinaryKernels.left(op, x[at[0]], z, at[1], y, r, n);
                    } else {
                        BinaryKernels.arrays(op, x, at[0], z, at[1], y, r, n);
                    }
                }));
        return Tensor.of(y, out.toArray());
    }

    static Tensor compare(Op.Relation r, Tensor a, Tensor b, Shape out) {
        float[] x = array(a);
        float[] z = array(b);
        boolean[] y = Workspace.booleans(out.intSize("compare"));
        if (y.length > 0) {
            Nest nest = new Nest(out, a.layout(), b.layout());
            int n = nest.inner();
            Chunks.ranges(
                    nest.outer(),
                    n + 8L,
                    (from, to) -> nest.rows(
                            from,
                            to,
                            (row, at) -> compare(r, x, at[0], nest.step(0), z, at[1], nest.step(1), y, row * n, n)));
        }
        return Tensor.of(y, out.toArray());
    }

    private static void compare(
            Op.Relation r, float[] a, int ao, int as, float[] b, int bo, int bs, boolean[] y, int yo, int n) {
        switch (r) {
            case LT -> Masks.less(a, ao, as, b, bo, bs, y, yo, n);
            case LE -> Masks.lessOrEqual(a, ao, as, b, bo, bs, y, yo, n);
            case GT -> Masks.less(b, bo, bs, a, ao, as, y, yo, n);
            case GE -> Masks.lessOrEqual(b, bo, bs, a, ao, as, y, yo, n);
            case EQ -> Masks.equal(true, a, ao, as, b, bo, bs, y, yo, n);
            case NE -> Masks.equal(false, a, ao, as, b, bo, bs, y, yo, n);
        }
    }

    static Tensor where(Tensor condition, Tensor a, Tensor b, Shape out) {
        boolean[] c = ((Storage.Bool) condition.storage()).array();
        float[] x = array(a);
        float[] z = array(b);
        float[] y = Workspace.floats(out.intSize("where"));
        if (y.length > 0) {
            Nest nest = new Nest(out, condition.layout(), a.layout(), b.layout());
            int n = nest.inner();
            Chunks.ranges(
                    nest.outer(),
                    n + 8L,
                    (from, to) -> nest.rows(
                            from,
                            to,
                            (row, at) -> Masks.select(
                                    c,
                                    at[0],
                                    nest.step(0),
                                    x,
                                    at[1],
                                    nest.step(1),
                                    z,
                                    at[2],
                                    nest.step(2),
                                    y,
                                    row * n,
                                    n)));
        }
        return Tensor.of(y, out.toArray());
    }
}
