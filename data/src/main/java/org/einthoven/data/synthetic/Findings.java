package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Which findings an ECG has: each drawn for itself, save that some cannot be together. */
final class Findings {
    /** At most one of each set. */
    private static final List<EnumSet<Finding>> EXCLUSIVE = List.of(
            EnumSet.of(ATRIAL_FIBRILLATION, ATRIAL_FLUTTER),
            EnumSet.of(FAST_RATE, SLOW_RATE),
            EnumSet.of(FAST_RATE, SECOND_DEGREE_BLOCK),
            EnumSet.of(FAST_RATE, PAUSE),
            EnumSet.of(FIRST_DEGREE_BLOCK, SECOND_DEGREE_BLOCK, PRE_EXCITATION),
            EnumSet.of(LEFT_BUNDLE_BLOCK, RIGHT_BUNDLE_BLOCK, PRE_EXCITATION),
            EnumSet.of(LEFT_BUNDLE_BLOCK, RIGHT_HYPERTROPHY),
            EnumSet.of(LEFT_AXIS, RIGHT_AXIS),
            EnumSet.of(LEFT_HYPERTROPHY, LOW_VOLTAGE),
            EnumSet.of(ST_ELEVATION, ST_DEPRESSION),
            EnumSet.of(T_INVERSION, TALL_T));

    /** What needs organised atria, and so cannot be with fibrillation or flutter. */
    private static final EnumSet<Finding> ATRIAL = EnumSet.of(
            ATRIAL_PREMATURE, PAUSE, FIRST_DEGREE_BLOCK, SECOND_DEGREE_BLOCK, PRE_EXCITATION, LARGE_P, BROAD_P);

    private Findings() {}

    /** A random set; of each exclusive set a random one of those drawn stays. */
    static EnumSet<Finding> draw(RandomGenerator random, double company) {
        EnumSet<Finding> drawn = EnumSet.noneOf(Finding.class);
        for (Finding finding : Finding.values()) {
            if (random.nextDouble() < company * finding.probability()) {
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
        if (drawn.contains(ATRIAL_FIBRILLATION) || drawn.contains(ATRIAL_FLUTTER)) {
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
        if (findings.contains(ATRIAL_FIBRILLATION) || findings.contains(ATRIAL_FLUTTER)) {
            EnumSet<Finding> atrial = EnumSet.copyOf(ATRIAL);
            atrial.retainAll(findings);
            if (!atrial.isEmpty()) {
                throw new IllegalArgumentException("there is no organised atrial beat for " + atrial);
            }
        }
    }
}
