package org.einthoven.tensor.simd;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/** Moves elements of any compute type between Java arrays without looking at them. */
final class Cells {
    private Cells() {}

    static Object array(Tensor t) {
        return switch (t.storage()) {
            case Storage.F32 s -> s.array();
            case Storage.F64 s -> s.array();
            case Storage.I32 s -> s.array();
            case Storage.Bool s -> s.array();
            case Storage.Blocks s -> throw new IllegalArgumentException("storage-only");
        };
    }

    /** Of any content. */
    static Object allocate(DType type, int n) {
        return switch (type) {
            case F32 -> Workspace.floats(n);
            case F64 -> Workspace.doubles(n);
            case I32 -> Workspace.ints(n);
            case BOOL -> Workspace.booleans(n);
            default -> throw new IllegalArgumentException("storage-only");
        };
    }

    /** Of zeros. */
    static Object zeros(DType type, int n) {
        return switch (type) {
            case F32 -> Workspace.zeroedFloats(n);
            case F64 -> Workspace.zeroedDoubles(n);
            case I32 -> new int[n];
            case BOOL -> new boolean[n];
            default -> throw new IllegalArgumentException("storage-only");
        };
    }

    static Tensor tensor(Object array, Shape shape) {
        int[] dims = shape.toArray();
        return switch (array) {
            case float[] a -> Tensor.of(a, dims);
            case double[] a -> Tensor.of(a, dims);
            case int[] a -> Tensor.of(a, dims);
            case boolean[] a -> Tensor.of(a, dims);
            default -> throw new IllegalArgumentException(array.getClass().getName());
        };
    }

    /** y[yo + i * ys] = x[xo + i * xs] for i below n. */
    static void copy(Object x, int xo, int xs, Object y, int yo, int ys, int n) {
        if (xs == 1 && ys == 1) {
            System.arraycopy(x, xo, y, yo, n);
            return;
        }
        switch (x) {
            case float[] a -> {
                float[] b = (float[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + i * xs];
                }
            }
            case double[] a -> {
                double[] b = (double[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + i * xs];
                }
            }
            case int[] a -> {
                int[] b = (int[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + i * xs];
                }
            }
            case boolean[] a -> {
                boolean[] b = (boolean[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + i * xs];
                }
            }
            default -> throw new IllegalArgumentException(x.getClass().getName());
        }
    }

    /** y[yo + i * ys] = x[xo + index[io + i * is] * xs], where {@code index} has been checked. */
    static void pick(Object x, int xo, int xs, int[] index, int io, int is, Object y, int yo, int ys, int n) {
        switch (x) {
            case float[] a -> {
                float[] b = (float[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + index[io + i * is] * xs];
                }
            }
            case double[] a -> {
                double[] b = (double[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + index[io + i * is] * xs];
                }
            }
            case int[] a -> {
                int[] b = (int[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + index[io + i * is] * xs];
                }
            }
            case boolean[] a -> {
                boolean[] b = (boolean[]) y;
                for (int i = 0; i < n; i++) {
                    b[yo + i * ys] = a[xo + index[io + i * is] * xs];
                }
            }
            default -> throw new IllegalArgumentException(x.getClass().getName());
        }
    }
}
