package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What changes from beat to beat: by turns, with the breath, or all along a recording. Each figure is how far, and 0 where
 * nothing of the kind happens.
 *
 * @param seconds length of the recording
 * @param breath where in a breath the recording starts, turns
 */
record Modulation(
        double seconds,
        double breath,
        double alternans,
        double tAlternans,
        double swing,
        double axisSwing,
        double waning,
        double pairing,
        double sinusArrhythmia,
        boolean slowing,
        boolean multifocal) {

    static Modulation draw(Set<Finding> findings, double seconds, Expression e, RandomGenerator random) {
        return new Modulation(
                seconds,
                random.nextDouble(),
                amount(ALTERNANS, 0.48, 1.3, findings, e),
                amount(T_ALTERNANS, 1.2, 1.3, findings, e),
                amount(SWINGING_AMPLITUDE, 0.75, 1.2, findings, e),
                amount(SWINGING_AXIS, 1.1, 1.3, findings, e),
                amount(WANING_COMPLEXES, 0.72, 1.3, findings, e),
                amount(PAIRED_BEATS, 0.36, 1.2, findings, e),
                amount(SINUS_ARRHYTHMIA, 0.42, 1.3, findings, e),
                findings.contains(GRADUAL_SLOWING),
                findings.contains(MULTIFOCAL_P));
    }

    /** The textbook's amount as strongly as it is expressed, but not beyond {@code most} times. */
    private static double amount(Finding finding, double textbook, double most, Set<Finding> findings, Expression e) {
        return findings.contains(finding) ? textbook * Math.min(most, e.of(finding)) : 0;
    }

    /** The size of the next P wave. */
    double atrial(RandomGenerator random) {
        return multifocal ? Curves.between(-3, 4, random) : 1;
    }

    /** The ventricles of beat {@code count}, which comes at {@code time} s. */
    Rhythm.Ventricles ventricles(int count, double time, boolean aberrant) {
        double turn = count % 2 == 0 ? 1 : -1;
        double size = 1 + swing * Curves.sine(0.35 * time + breath);
        size *= 1 + waning * (1 - 2 * Math.max(0, Math.min(1, time / seconds)));
        return new Rhythm.Ventricles(
                size * (1 + turn * alternans),
                size * (1 + turn * tAlternans),
                axisSwing * Curves.sine(0.30 * time + breath),
                aberrant ? 1 : 0);
    }

    /** The interval behind beat {@code count}, relative to the usual. */
    double interval(int count, double time) {
        double interval = 1 + (count % 2 == 0 ? -pairing : pairing);
        interval *= 1 + sinusArrhythmia * Curves.sine(0.28 * time + breath);
        return slowing ? interval * (0.55 + 1.1 * Math.max(0, time) / seconds) : interval;
    }
}
