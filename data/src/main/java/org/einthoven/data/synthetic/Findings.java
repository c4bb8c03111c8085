package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Which findings an ECG has: each drawn for itself, save that some cannot be together. */
final class Findings {
    /** How often an ECG has a finding at company 1, before pairs that cannot be together are resolved. */
    private static final double PROBABILITY = 0.12;

    /** At most one of each set. */
    private static final List<EnumSet<Finding>> EXCLUSIVE = List.of(
            EnumSet.of(ATRIAL_FIBRILLATION, ATRIAL_FLUTTER, JUNCTIONAL_RHYTHM),
            EnumSet.of(FAST_RATE, SLOW_RATE),
            EnumSet.of(FAST_RATE, SECOND_DEGREE_BLOCK),
            EnumSet.of(FAST_RATE, TACHYCARDIA_RUNS),
            EnumSet.of(FAST_RATE, VENTRICULAR_TACHYCARDIA),
            EnumSet.of(FAST_RATE, PAUSE),
            EnumSet.of(FAST_RATE, PAIRED_BEATS),
            EnumSet.of(FAST_RATE, ESCAPE_BEATS),
            EnumSet.of(SINUS_ARRHYTHMIA, GRADUAL_SLOWING, PAIRED_BEATS),
            EnumSet.of(PAIRED_BEATS, ATRIAL_FIBRILLATION),
            EnumSet.of(
                    PAUSE,
                    TACHYCARDIA_RUNS,
                    VENTRICULAR_TACHYCARDIA,
                    BIDIRECTIONAL_TACHYCARDIA,
                    TORSADES,
                    VENTRICULAR_FIBRILLATION,
                    ASYSTOLE),
            EnumSet.of(GRADUAL_SLOWING, ASYSTOLE),
            EnumSet.of(FIRST_DEGREE_BLOCK, SECOND_DEGREE_BLOCK, PRE_EXCITATION, SHORT_PR, AV_DISSOCIATION),
            EnumSet.of(SECOND_DEGREE_BLOCK, AV_DISSOCIATION, EXTRA_P),
            EnumSet.of(FAST_RATE, EXTRA_P),
            EnumSet.of(TACHYCARDIA_RUNS, EXTRA_P),
            EnumSet.of(ATRIAL_PREMATURE, AV_DISSOCIATION),
            EnumSet.of(AV_DISSOCIATION, ABSENT_P),
            EnumSet.of(EXTRA_P, ABSENT_P),
            EnumSet.of(FIRST_DEGREE_BLOCK, LOW_ATRIAL_FOCUS),
            EnumSet.of(LEFT_BUNDLE_BLOCK, RIGHT_BUNDLE_BLOCK, PRE_EXCITATION),
            EnumSet.of(LEFT_BUNDLE_BLOCK, RIGHT_HYPERTROPHY),
            EnumSet.of(LEFT_AXIS, RIGHT_AXIS),
            EnumSet.of(LEFT_HYPERTROPHY, LOW_VOLTAGE),
            EnumSet.of(LARGE_P, LOW_ATRIAL_FOCUS, ABSENT_P),
            EnumSet.of(BROAD_P, LOW_ATRIAL_FOCUS, ABSENT_P),
            EnumSet.of(BIPHASIC_P, LOW_ATRIAL_FOCUS, ABSENT_P),
            EnumSet.of(MULTIFOCAL_P, LOW_ATRIAL_FOCUS, ABSENT_P),
            EnumSet.of(PQ_DEPRESSION, SPIKED_HELMET),
            EnumSet.of(ST_ELEVATION, ST_DEPRESSION, SPIKED_HELMET, DE_WINTER_PATTERN),
            EnumSet.of(
                    T_INVERSION,
                    TALL_T,
                    BIPHASIC_T,
                    NOTCHED_T,
                    BROAD_T,
                    T_IMBALANCE,
                    DE_WINTER_PATTERN,
                    SINE_WAVE_PATTERN),
            EnumSet.of(REVERSED_POLARITY, RECTIFIED_SIGNAL));

    /** What needs organised atria, and so cannot be with fibrillation, flutter or a junctional rhythm. */
    private static final EnumSet<Finding> ATRIAL = EnumSet.of(
            ATRIAL_PREMATURE,
            PAUSE,
            SINUS_ARRHYTHMIA,
            LOW_ATRIAL_FOCUS,
            MULTIFOCAL_P,
            FIRST_DEGREE_BLOCK,
            SECOND_DEGREE_BLOCK,
            PRE_EXCITATION,
            SHORT_PR,
            AV_DISSOCIATION,
            EXTRA_P,
            LARGE_P,
            BROAD_P,
            BIPHASIC_P,
            ABSENT_P,
            PQ_DEPRESSION);

    /** Rhythms that do not begin in organised atria. */
    private static final EnumSet<Finding> NOT_ATRIAL =
            EnumSet.of(ATRIAL_FIBRILLATION, ATRIAL_FLUTTER, JUNCTIONAL_RHYTHM);

    private Findings() {}

    /** A random set; of each exclusive set a random one of those drawn stays. */
    static EnumSet<Finding> draw(RandomGenerator random, double company) {
        EnumSet<Finding> drawn = EnumSet.noneOf(Finding.class);
        for (Finding finding : Finding.values()) {
            if (random.nextDouble() < company * PROBABILITY) {
                drawn.add(finding);
            }
        }
        for (EnumSet<Finding> exclusive : EXCLUSIVE) {
            List<Finding> both = new ArrayList<>(drawn);
            both.retainAll(exclusive);
            while (both.size() > 1) {
                drawn.remove(both.remove(random.nextInt(both.size())));
            }
        }
        if (drawn.stream().anyMatch(NOT_ATRIAL::contains)) {
            drawn.removeAll(ATRIAL);
        }
        return drawn;
    }

    /** @throws IllegalArgumentException when two of {@code findings} cannot be together */
    static void check(Set<Finding> findings) {
        for (EnumSet<Finding> exclusive : EXCLUSIVE) {
            EnumSet<Finding> both = EnumSet.copyOf(exclusive);
            both.retainAll(findings);
            if (both.size() > 1) {
                throw new IllegalArgumentException("these findings cannot be together: " + both);
            }
        }
        if (findings.stream().anyMatch(NOT_ATRIAL::contains)) {
            EnumSet<Finding> atrial = EnumSet.copyOf(ATRIAL);
            atrial.retainAll(findings);
            if (!atrial.isEmpty()) {
                throw new IllegalArgumentException("there is no organised atrial beat for " + atrial);
            }
        }
    }
}
