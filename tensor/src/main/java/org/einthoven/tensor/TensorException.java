package org.einthoven.tensor;

/** Wrong use of a tensor operation. The text names the operation, the shapes or types met, and a remedy. */
public class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TensorException(String message) {
        super(message);
    }
}
