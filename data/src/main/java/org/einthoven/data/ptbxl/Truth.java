package org.einthoven.data.ptbxl;

/** What the labels say of an attribute of an ECG. */
enum Truth {
    YES,
    NO,
    /** The labels themselves are in doubt: a diagnosis with a likelihood between 0 and 100 %. */
    UNSURE,
    /** The labels are silent, so nothing is asked. */
    UNKNOWN;

    static Truth of(boolean yes) {
        return yes ? YES : NO;
    }
}
