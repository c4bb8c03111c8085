package org.einthoven.tensor;

/** Element types that do not fit an operation. */
public final class DTypeException extends TensorException {
    private static final long serialVersionUID = 1L;

    public DTypeException(String message) {
        super(message);
    }
}
