package org.einthoven.tensor;

import java.util.Arrays;

/**
 * Where the elements of a view lie in their storage: element (i0, i1, ...) is at {@code offset + sum(i * stride)}. A pure
 * value: all view arithmetic of the project is here, and no view copies data.
 */
public final class Layout {
    private final Shape shape;
    private final int[] strides;
    private final int offset;
    private final boolean contiguous;

    private Layout(Shape shape, int[] strides, int offset) {
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.contiguous = isDense(shape, strides);
    }

    /** Row-major from offset 0. */
    public static Layout contiguous(Shape shape) {
        return new Layout(shape, rowMajor(shape), 0);
    }

    private static int[] rowMajor(Shape shape) {
        int[] s = new int[shape.rank()];
        long step = 1;
        for (int i = s.length - 1; i >= 0; i--) {
            s[i] = (int) step;
            step *= Math.max(1, shape.dim(i));
        }
        return s;
    }

    private static boolean isDense(Shape shape, int[] strides) {
        if (shape.size() == 0) {
            return true;
        }
        int step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            int d = shape.dim(i);
            if (d != 1 && strides[i] != step) {
                return false;
            }
            step *= d;
        }
        return true;
    }

    public Shape shape() {
        return shape;
    }

    public int stride(int axis) {
        return strides[axis < 0 ? axis + strides.length : axis];
    }

    public int[] strides() {
        return strides.clone();
    }

    public int offset() {
        return offset;
    }

    /** Whether the elements lie in row-major order without gaps, from {@link #offset()} on. */
    public boolean isContiguous() {
        return contiguous;
    }

    /** Axes in another order: axis i of the result is axis {@code axes.get(i)} of this. */
    public Layout permute(Ints axes) {
        int[] d = new int[axes.size()];
        int[] s = new int[axes.size()];
        for (int i = 0; i < d.length; i++) {
            d[i] = shape.dim(axes.get(i));
            s[i] = strides[axes.get(i)];
        }
        return new Layout(Shape.of(d), s, offset);
    }

    /** Stretched axes get stride 0. The shape must broadcast. */
    public Layout expand(Shape to) {
        int[] s = new int[to.rank()];
        int skip = to.rank() - shape.rank();
        for (int i = skip; i < s.length; i++) {
            s[i] = shape.dim(i - skip) == to.dim(i) ? strides[i - skip] : 0;
        }
        return new Layout(to, s, offset);
    }

    /** {@code size} elements of each axis from {@code start} in steps of {@code step}, which may be negative. */
    public Layout slice(Ints start, Shape size, Ints step) {
        int[] s = new int[strides.length];
        int o = offset;
        for (int i = 0; i < s.length; i++) {
            s[i] = strides[i] * step.get(i);
            o += size.size() == 0 ? 0 : strides[i] * start.get(i);
        }
        return new Layout(size, s, o);
    }

    /** This view under another shape of the same size, or null when only a copy can do it. */
    public @Nullable Layout reshape(Shape to) {
        if (contiguous) {
            return new Layout(to, rowMajor(to), offset);
        }
        int[] s = new int[to.rank()];
        int i = 0;
        int j = 0;
        int rank = shape.rank();
        while (i < rank || j < to.rank()) {
            // One group: the shortest runs of old and new axes that hold equally many elements.
            int firstOld = i;
            int firstNew = j;
            long old = i < rank ? shape.dim(i++) : 1;
            long now = j < to.rank() ? to.dim(j++) : 1;
            while (old != now) {
                if (old < now) {
                    old *= shape.dim(i++);
                } else {
                    now *= to.dim(j++);
                }
            }
            int step = 0;
            boolean first = true;
            for (int k = i - 1; k >= firstOld; k--) {
                if (shape.dim(k) == 1) {
                    continue;
                }
                if (!first && strides[k] != step) {
                    return null;
                }
                step = strides[k] * shape.dim(k);
                first = false;
            }
            int inner = 1;
            for (int k = i - 1; k >= firstOld; k--) {
                if (shape.dim(k) != 1) {
                    inner = strides[k];
                    break;
                }
            }
            for (int k = j - 1; k >= firstNew; k--) {
                s[k] = inner;
                inner *= to.dim(k);
            }
        }
        return new Layout(to, s, offset);
    }

    /** Position in the storage of the element with row-major index {@code flat}. */
    public int at(int flat) {
        if (contiguous) {
            return offset + flat;
        }
        int o = offset;
        for (int i = strides.length - 1; i >= 0; i--) {
            int d = shape.dim(i);
            o += flat % d * strides[i];
            flat /= d;
        }
        return o;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Layout l
                && shape.equals(l.shape)
                && offset == l.offset
                && Arrays.equals(strides, l.strides);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(strides) + offset;
    }

    @Override
    public String toString() {
        return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
    }
}
