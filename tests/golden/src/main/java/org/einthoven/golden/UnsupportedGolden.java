package org.einthoven.golden;

/** A case, or a part of it, asks for something that is not built. */
final class UnsupportedGolden extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsupportedGolden(String reason) {
        super(reason);
    }
}
