package org.einthoven.tensor.simd;

import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
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
        float[] y = new float[x.shape().intSize("elementwise")];
        Chunks.ranges(
                y.length, UnaryKernels.cost(op), (from, to) -> UnaryKernels.run(op, v, at + from, y, from, to - from));
        return Tensor.of(y, x.shape().toArray());
    }

    static Tensor binary(Op.Binary op, Tensor a, Tensor b, Shape out) {
        float[] x = array(a);
        float[] z = array(b);
        float[] y = new float[out.intSize("elementwise")];
        int ao = a.layout().offset();
        int bo = b.layout().offset();
        boolean wholeA = a.layout().isContiguous() && a.size() == y.length;
        boolean wholeB = b.layout().isContiguous() && b.size() == y.length;
        if (y.length == 0) {
            return Tensor.of(y, out.toArray());
        } else if (wholeA && wholeB) {
            Chunks.ranges(
                    y.length,
                    1,
                    (from, to) -> BinaryKernels.arrays(op, x, ao + from, z, bo + from, y, from, to - from));
        } else if (wholeA && b.size() == 1) {
            Chunks.ranges(y.length, 1, (from, to) -> BinaryKernels.right(op, x, ao + from, z[bo], y, from, to - from));
        } else if (wholeB && a.size() == 1) {
            Chunks.ranges(y.length, 1, (from, to) -> BinaryKernels.left(op, x[ao], z, bo + from, y, from, to - from));
        } else {
            broadcast(op, a, b, out, x, z, y);
        }
        return Tensor.of(y, out.toArray());
    }

    private static void broadcast(Op.Binary op, Tensor a, Tensor b, Shape out, float[] x, float[] z, float[] y) {
        Nest nest = new Nest(out, a.layout(), b.layout());
        int n = nest.inner();
        int sa = nest.step(0);
        int sb = nest.step(1);
        Chunks.ranges(nest.outer(), n + 8L, (from, to) -> {
            float[] stagedA = sa == 1 || sa == 0 && sb != 0 ? null : new float[n];
            float[] stagedB = sb == 1 || sb == 0 ? null : new float[n];
            nest.rows(from, to, (row, at) -> {
                float[] p = stage(x, at[0], sa, stagedA);
                float[] q = stage(z, at[1], sb, stagedB);
                int po = stagedA == null ? at[0] : 0;
                int qo = stagedB == null ? at[1] : 0;
                if (sb == 0) {
                    BinaryKernels.right(op, p, po, q[qo], y, row * n, n);
                } else if (sa == 0) {
                    BinaryKernels.left(op, p[po], q, qo, y, row * n, n);
                } else {
                    BinaryKernels.arrays(op, p, po, q, qo, y, row * n, n);
                }
            });
        });
    }

    /** A strided row made dense, or {@code x} itself where there is no room for it because it is dense. */
    private static float[] stage(float[] x, int from, int step, float[] room) {
        if (room == null) {
            return x;
        }
        for (int i = 0; i < room.length; i++) {
            room[i] = x[from + i * step];
        }
        return room;
    }

    static Tensor compare(Op.Relation r, Tensor a, Tensor b, Shape out) {
        float[] x = array(a);
        float[] z = array(b);
        boolean[] y = new boolean[out.intSize("compare")];
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
        float[] y = new float[out.intSize("where")];
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
