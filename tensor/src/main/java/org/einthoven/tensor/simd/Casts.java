package org.einthoven.tensor.simd;

import java.lang.foreign.MemorySegment;
import org.einthoven.tensor.Blocks;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/** Between element types. */
final class Casts {
    /** Elements that are decoded in one go. */
    private static final int BLOCK = 32 * 1024;

    /** Of one element, in simple operations. */
    private static final int COST_OF_DEFINITION = 8;

    private Casts() {}

    static Tensor run(Tensor x, DType to) {
        int n = x.shape().intSize("cast");
        int[] dims = x.shape().toArray();
        if (x.dtype().isStorageOnly()) {
            return to == DType.F32
                    ? Tensor.of(decoded(x, n), dims)
                    : Tensor.of(exactly(x, n), dims).cast(to);
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

    private static float[] decoded(Tensor x, int n) {
        float[] y = Workspace.floats(n);
        Decoder decoder = Decoder.of(x);
        long first = x.layout().offset();
        Chunks.ranges(Math.ceilDiv(n, BLOCK), BLOCK, (from, end) -> {
            for (int i = from * BLOCK; i < Math.min(n, end * BLOCK); i += BLOCK) {
                decoder.decode(first + i, y, i, Math.min(BLOCK, n - i));
            }
        });
        return y;
    }

    /** By the definition: scale times number plus minimum may have more digits than a float. */
    private static double[] exactly(Tensor x, int n) {
        double[] y = Workspace.doubles(n);
        MemorySegment s = ((Storage.Blocks) x.storage()).segment();
        long first = x.layout().offset();
        Chunks.ranges(n, COST_OF_DEFINITION, (from, end) -> {
            for (int i = from; i < end; i++) {
                y[i] = Blocks.get(x.dtype(), s, first + i);
            }
        });
        return y;
    }

    private static float[] floats(Object x, int at, int n) {
        float[] y = Workspace.floats(n);
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
        double[] y = Workspace.doubles(n);
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
        int[] y = Workspace.ints(n);
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
        boolean[] y = Workspace.booleans(n);
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
