package org.einthoven.meta;

/** What becomes of a task whose loss or gradient is not finite. It never reaches the parameters. */
public enum NonFinite {
    /** {@link NonFiniteException}. */
    FAIL,
    /** The task is left out of its batch and named in {@link MetaGradient#skipped}. */
    SKIP
}
