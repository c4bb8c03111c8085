package org.einthoven.tensor.simd;

import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/** Batched matrix products [..., M, K] x [..., K, N] of any strides. */
final class MatMul {
    private MatMul() {}

    static Tensor run(Tensor a, Tensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.shape().dim(-1);
        int size = out.intSize("matmul");
        float[] c = k == 0 ? Workspace.zeroedFloats(size) : Workspace.floats(size);
        if (c.length > 0 && k > 0) {
            batch(c, a, b, out, m, n, k);
        }
        return Tensor.of(c, out.toArray());
    }

    private static void batch(float[] c, Tensor a, Tensor b, Shape out, int m, int n, int k) {
        float[] x = ((Storage.F32) a.storage()).array();
        float[] y = ((Storage.F32) b.storage()).array();
        int items = c.length / (m * n);
        // One matrix for all items: their rows are one tall left operand.
        if (items > 1 && b.size() == (long) k * n) {
            Layout tall = a.shape().size() == (long) items * m * k ? a.layout().reshape(Shape.of(items * m, k)) : null;
            if (tall != null) {
                one(items * m, n, k, matrix(x, tall), matrix(y, b.layout()), c, 0);
                return;
            }
        }
        Layout la = a.layout().expand(out.with(-1, k));
        Layout lb = b.layout().expand(out.with(-2, k));
        if (items == 1) {
            one(m, n, k, matrix(x, la), matrix(y, lb), c, 0);
            return;
        }
        Chunks.ranges(items, Math.max(64, (long) m * n * k / 8), (from, to) -> {
            for (int i = from; i < to; i++) {
                Matrix left = new Matrix(x, start(la, i), la.stride(-2), la.stride(-1));
                Matrix right = new Matrix(y, start(lb, i), lb.stride(-2), lb.stride(-1));
                one(m, n, k, left, right, c, i * m * n);
            }
        });
    }

    /** Where matrix number {@code item} of a batch starts. */
    static int start(Layout l, int item) {
        int at = l.offset();
        for (int axis = l.shape().rank() - 3; axis >= 0; axis--) {
            at += item % l.shape().dim(axis) * l.stride(axis);
            item /= l.shape().dim(axis);
        }
        return at;
    }

    private static Matrix matrix(float[] x, Layout l) {
        return new Matrix(x, l.offset(), l.stride(-2), l.stride(-1));
    }

    /** C [m, n] at {@code co} = A B. */
    private static void one(int m, int n, int k, Matrix a, Matrix b, float[] c, int co) {
        if (n == 1 && m > 1) {
            // A matrix and a column: as a row and a matrix, so that lanes run along the result.
            one(1, m, k, b.transposed(), a.transposed(), c, co);
        } else if (m <= 8 && (long) n * k > 32_768) {
            int width = 8 * Lanes.L;
            Chunks.each(
                    Math.ceilDiv(n, width),
                    (long) width * k,
                    j -> SmallGemm.multiply(
                            m, Math.min(width, n - j * width), k, a, b.columns(j * width), c, co + j * width, n));
        } else if (m <= 8 || (long) m * n * k <= 65_536) {
            SmallGemm.multiply(m, n, k, a, b, c, co, n);
        } else {
            Gemm.multiply(m, n, k, a, new Panels.Strided(b), c, co, n);
        }
    }
}
