package org.einthoven.tensor.simd;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/** Between element types. */
final class Casts {
    private Casts() {}

    static Tensor run(Tensor x, DType to) {
        int n = x.shape().intSize("cast");
        int[] dims = x.shape().toArray();
        if (x.dtype().isStorageOnly()) {
            float[] y = new float[n];
            Decoder decoder = Decoder.of(x);
            long at = x.layout().offset();
            int block = 32 * 1024;
            Chunks.ranges(Math.ceilDiv(n, block), block, (from, end) -> {
                for (int i = from; i < end; i++) {
                    decoder.decode(at + (long) i * block, y, i * block, Math.min(block, n - i * block));
                }
            });
            return Tensor.of(y, dims).cast(to);
        }
        Tensor c = Moves.contiguous(x);
        int at = c.layout().offset();
        return switch (to) {
            case F32 -> Tensor.of(floats(Cells.array(c), at, n), dims);
            case F64 -> Tensor.of(doubles(Cells.array(c), at, n), dims);
            case I32 -> Tensor.of(ints(Cells.array(c), at, n), dims);
            case BOOL -> Tensor.of(booleans(Cells.array(c), at, n), dims);
            default -> throw new IllegalArgumentException("no op results in " + to);
        };
    }

    private static float[] floats(Object x, int at, int n) {
        float[] y = new float[n];
        for (int i = 0; i < n; i++) {
            y[i] = switch (x) {
                case double[] a -> (float) a[at + i];
                case int[] a -> a[at + i];
                case boolean[] a -> a[at + i] ? 1f : 0f;
                case float[] a -> a[at + i];
                default -> throw new IllegalArgumentException();
            };
        }
        return y;
    }

    private static double[] doubles(Object x, int at, int n) {
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            y[i] = switch (x) {
                case float[] a -> a[at + i];
                case int[] a -> a[at + i];
                case boolean[] a -> a[at + i] ? 1 : 0;
                case double[] a -> a[at + i];
                default -> throw new IllegalArgumentException();
            };
        }
        return y;
    }

    private static int[] ints(Object x, int at, int n) {
        int[] y = new int[n];
        for (int i = 0; i < n; i++) {
            y[i] = switch (x) {
                case float[] a -> (int) a[at + i];
                case double[] a -> (int) a[at + i];
                case boolean[] a -> a[at + i] ? 1 : 0;
                case int[] a -> a[at + i];
                default -> throw new IllegalArgumentException();
            };
        }
        return y;
    }

    private static boolean[] booleans(Object x, int at, int n) {
        boolean[] y = new boolean[n];
        for (int i = 0; i < n; i++) {
            y[i] = switch (x) {
                case float[] a -> a[at + i] != 0;
                case double[] a -> a[at + i] != 0;
                case int[] a -> a[at + i] != 0;
                case boolean[] a -> a[at + i];
                default -> throw new IllegalArgumentException();
            };
        }
        return y;
    }
}
