package org.einthoven.data.episodes;

/** Row 15 of the reference protocol: 80 % of the class keys for training, and what became of that. */
public enum SeedSplit {
    /** What the released loader does: the split is dropped, train and test draw from the same classes. */
    AS_RELEASED,
    /** What was meant: disjoint class keys. {@code x_yes} and {@code x_no} may still stand on different sides. */
    AS_INTENDED
}
