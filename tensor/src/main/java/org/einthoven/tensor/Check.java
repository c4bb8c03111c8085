package org.einthoven.tensor;

/** Builds the text of every tensor error: operation, what is wrong, shapes, axis, hint. The texts are tested. */
public final class Check {
    private Check() {}

    /** {@code op: what} unless {@code ok}. */
    public static void shape(boolean ok, String op, String what) {
        if (!ok) {
            throw new ShapeException(op + ": " + what);
        }
    }

    public static void rank(String op, String name, Tensor t, int rank, String axes) {
        shape(t.rank() == rank, op, name + " must be " + axes + " (rank " + rank + "), got " + t.shape());
    }

    public static void rankAtLeast(String op, Tensor t, int rank) {
        shape(t.rank() >= rank, op, "needs rank " + rank + " or more, got " + t.shape());
    }

    public static void floating(String op, Tensor t) {
        if (!t.dtype().isFloating()) {
            throw new DTypeException(op + ": needs F32 or F64, got " + t.dtype() + " " + t.shape() + castHint(t));
        }
    }

    public static void dtype(String op, String name, Tensor t, DType want) {
        if (t.dtype() != want) {
            throw new DTypeException(
                    op + ": " + name + " must be " + want + ", got " + t.dtype() + " " + t.shape() + castHint(t));
        }
    }

    /** No silent promotion: operands have one type. */
    public static void sameDType(String op, Tensor a, Tensor b) {
        compute(op, a);
        compute(op, b);
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(op + ": types differ: " + a.dtype() + " " + a.shape() + " and " + b.dtype() + " "
                    + b.shape() + "; cast one, e.g. b.cast(DType." + a.dtype() + ")");
        }
    }

    /** A storage-only tensor may not be an operand here. */
    public static void compute(String op, Tensor t) {
        if (t.dtype().isStorageOnly()) {
            throw new DTypeException(op + ": " + t.dtype() + " " + t.shape()
                    + " is storage-only: use it as the weight of a frozen linear map or the table of an embedding, or"
                    + " cast(DType.F32) it first");
        }
    }

    public static void matmul(Tensor a, Tensor b) {
        int k = a.shape().dim(-1);
        int l = b.shape().dim(-2);
        if (k != l) {
            boolean hint = b.shape().dim(-1) == k;
            throw new ShapeException("matmul: inner sizes differ: " + a.shape() + " x " + b.shape() + " (" + k + " vs "
                    + l + ")" + (hint ? "; did you mean a.matmul(b.t())?" : ""));
        }
    }

    private static String castHint(Tensor t) {
        return t.dtype().isStorageOnly() ? "; cast(DType.F32) it first" : "; cast it first";
    }
}
