package uk.ac.manchester.tornado.api.exceptions;

/** Emulates what is thrown when the device's memory does not suffice. */
public class TornadoOutOfMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TornadoOutOfMemoryException(String message) {
        super(message);
    }
}
