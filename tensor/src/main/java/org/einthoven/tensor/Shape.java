package org.einthoven.tensor;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first. Rank 0 is a scalar; a size may be 0. Immutable. */
public final class Shape {
    public static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long size;

    private Shape(int[] dims) {
        this.dims = dims;
        long n = 1;
        boolean empty = false;
        for (int d : dims) {
            if (d < 0) {
                throw new ShapeException(
                        "shape " + Arrays.toString(dims) + ": a size is negative; sizes are 0 or more");
            }
            empty |= d == 0;
        }
        for (int i = 0; i < dims.length && !empty; i++) {
            n = Math.multiplyHigh(n, dims[i]) != 0 || n * dims[i] < 0 ? overflow(dims) : n * dims[i];
        }
        this.size = empty ? 0 : n;
    }

    private static long overflow(int[] dims) {
        throw new ShapeException("shape " + Arrays.toString(dims) + ": more than 2^63 elements");
    }

    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    public int rank() {
        return dims.length;
    }

    /** Size of axis {@code axis}; negative axes count from the end. */
    public int dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /** {@link #size()} where one Java array must hold it. */
    public int intSize(String op) {
        if (size > Integer.MAX_VALUE - 16) {
            throw new ShapeException(
                    op + ": " + this + " has " + size + " elements; one tensor in memory holds at most "
                            + (Integer.MAX_VALUE - 16) + "; work on slices of it");
        }
        return (int) size;
    }

    public int[] toArray() {
        return dims.clone();
    }

    /** {@code axis} counted from the front; throws a {@link ShapeException} that names {@code op} when out of range. */
    public int axis(String op, int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new ShapeException(
                    op + ": axis " + axis + " is out of range for " + this + " of rank " + dims.length);
        }
        return a;
    }

    /** Where the element at {@code position}, counted row by row from 0, stands on each axis. */
    public int[] index(long position) {
        int[] index = new int[dims.length];
        long rest = position;
        for (int a = dims.length - 1; a >= 0; a--) {
            index[a] = (int) (rest % dims[a]);
            rest /= dims[a];
        }
        return index;
    }

    /** This shape with the size of {@code axis} replaced. */
    public Shape with(int axis, int size) {
        int[] d = dims.clone();
        d[axis < 0 ? axis + d.length : axis] = size;
        return new Shape(d);
    }

    /** This shape without {@code axis}. */
    public Shape without(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        int[] d = new int[dims.length - 1];
        System.arraycopy(dims, 0, d, 0, a);
        System.arraycopy(dims, a + 1, d, a, d.length - a);
        return new Shape(d);
    }

    /** NumPy's broadcasting: axes are aligned at the end; a size of 1 stretches. */
    public static Shape broadcast(String op, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] d = new int[rank];
        for (int i = 0; i < rank; i++) {
            int x = i < rank - a.rank() ? 1 : a.dims[i - rank + a.rank()];
            int y = i < rank - b.rank() ? 1 : b.dims[i - rank + b.rank()];
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException(op + ": " + a + " and " + b + " do not broadcast: axis " + (i - rank) + " has "
                        + x + " and " + y + "; sizes must be equal or 1");
            }
            d[i] = x == 1 ? y : x;
        }
        return new Shape(d);
    }

    /** Whether a tensor of this shape broadcasts to {@code to}. */
    public boolean broadcastsTo(Shape to) {
        int skip = to.rank() - rank();
        if (skip < 0) {
            return false;
        }
        for (int i = 0; i < rank(); i++) {
            if (dims[i] != to.dims[i + skip] && dims[i] != 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
