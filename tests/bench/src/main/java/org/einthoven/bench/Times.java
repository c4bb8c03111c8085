package org.einthoven.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What one round of a {@link Race} measured: milliseconds of CPU time of each entrant, 0 for those that did not enter, and
 * the speed of the core in the same moment. JMH reports public fields, and sets them to 0 before each round.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Times {
    public double einthoven;
    public double libtorch;
    public double openBlas;
    public double vectorBlas;
    public double nd4j;

    /** GFLOP/s of fused multiply-adds, of the type of the work. */
    public double peak;

    /** GB/s of reading from memory. */
    public double read;

    void set(String entrant, double milliseconds) {
        switch (entrant) {
            case "einthoven" -> einthoven = milliseconds;
            case "libtorch" -> libtorch = milliseconds;
            case "openBlas" -> openBlas = milliseconds;
            case "vectorBlas" -> vectorBlas = milliseconds;
            case "nd4j" -> nd4j = milliseconds;
            default -> throw new IllegalArgumentException(entrant);
        }
    }
}
