package org.einthoven.cli;

/** The bridge between ECG and language model. */
enum MapperType {
    MLP,
    ATT,
    LIN,
    /** A perceiver over all time steps. */
    PER
}
