package org.einthoven.tensor;

/** Shapes or axes that do not fit an operation. */
public final class ShapeException extends TensorException {
    private static final long serialVersionUID = 1L;

    public ShapeException(String message) {
        super(message);
    }
}
