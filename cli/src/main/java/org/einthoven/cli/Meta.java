package org.einthoven.cli;

/** How the outer loop learns. */
enum Meta {
    SECOND,
    FIRST,
    ANIL,
    REPTILE,
    METASGD,
    /** Second order, with the annealings of MAML++. */
    MAMLPP,
    /** Implicit gradients. */
    IMAML
}
