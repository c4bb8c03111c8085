package org.einthoven.data.wfdb;

import java.util.Optional;

/** One signal while it is decoded: samples in physical units, and what is needed to check them. */
final class Signal {
    private final SignalSpec spec;
    private final float[] physical;
    private int length;
    private int last;
    private int first;
    private int sum;
    private int missing;
    private int firstMissing;

    Signal(SignalSpec spec, int length) {
        this.spec = spec;
        this.physical = new float[length];
        this.last = spec.initial().orElse(0);
    }

    /** The next stored value: a sample, or in format 8 the difference to the sample before. */
    void add(int stored) {
        int value = spec.format() == SampleFormat.DIFFERENCES_8 ? last + stored : stored;
        last = value;
        first = length == 0 ? value : first;
        sum += value;
        if (spec.format().isMissing(value)) {
            firstMissing = missing++ == 0 ? length : firstMissing;
            physical[length++] = Float.NaN;
        } else {
            physical[length++] = (float) (((double) value - spec.baseline()) / spec.gain() * millivolts());
        }
    }

    SignalSpec spec() {
        return spec;
    }

    /** mV; the array itself, the signal being done with it. */
    float[] samples() {
        return physical;
    }

    boolean isVoltage() {
        return millivolts() != 0;
    }

    /** One physical unit in mV; 0 for what is no voltage. */
    private double millivolts() {
        return switch (spec.units()) {
            case "mV", "mv", "MV", "adu/mV", "millivolt", "millivolts" -> 1;
            case "uV", "uv", "UV", "\u00b5V", "\u00c2\u00b5V", "microvolt", "microvolts" -> 1e-3;
            case "nV", "nv" -> 1e-6;
            case "V", "v", "volt", "volts" -> 1e3;
            default -> 0;
        };
    }

    /** Whether the header stores a checksum or a first value. */
    boolean isChecked() {
        return spec.checksum().isPresent() || spec.initial().isPresent();
    }

    /** What disagrees with the header: the 16-bit sum of all samples, or the first value. */
    Optional<String> disagreement() {
        if (spec.checksum().isPresent() && (spec.checksum().getAsInt() & 0xFFFF) != (sum & 0xFFFF)) {
            return Optional.of("checksum of lead " + spec.lead() + " is " + (sum & 0xFFFF) + ", the header says "
                    + (spec.checksum().getAsInt() & 0xFFFF));
        }
        if (spec.initial().isPresent()
                && spec.initial().getAsInt() != first
                && spec.format() != SampleFormat.DIFFERENCES_8) {
            return Optional.of("first sample of lead " + spec.lead() + " is " + first + ", the header says "
                    + spec.initial().getAsInt());
        }
        return Optional.empty();
    }

    /** A line on missing samples, where there are any. */
    Optional<String> gaps() {
        return missing == 0
                ? Optional.empty()
                : Optional.of("lead " + spec.lead() + ": " + missing + " of " + length
                        + " samples are marked missing, the first at sample " + firstMissing);
    }
}
