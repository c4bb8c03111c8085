package org.einthoven.tensor;

import java.util.Objects;

/** Wrong use of a tensor operation. The text names the operation, the shapes or types met, and a remedy. */
public class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TensorException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "every wrong use is told");
    }
}
