package uk.ac.manchester.tornado.api.exceptions;

/** Emulates what is thrown for a kernel that does not compile, when falling back to Java is off. */
public class TornadoBailoutRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TornadoBailoutRuntimeException(String message) {
        super(message);
    }
}
