package org.einthoven.gpu.emulator;

/** A kernel did what is undefined on a device; the text names task, work-item, and what it did. */
public final class EmulatorFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EmulatorFault(String message) {
        super(message);
    }
}
