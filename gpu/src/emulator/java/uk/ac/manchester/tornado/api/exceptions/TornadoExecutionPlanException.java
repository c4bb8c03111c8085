package uk.ac.manchester.tornado.api.exceptions;

/** Emulates what closing a plan declares. */
public class TornadoExecutionPlanException extends Exception {
    private static final long serialVersionUID = 1;

    public TornadoExecutionPlanException(String message) {
        super(message);
    }
}
