package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The ventricles leave the usual rhythm in the middle of a recording and do not come back to it before the end: they beat
 * by themselves, fibrillate, or stand still.
 *
 * @param kind which of {@link #KINDS}
 * @param from when the usual rhythm ends, s
 */
record VentricularArrhythmia(Finding kind, double from) {
    static final Set<Finding> KINDS = Set.copyOf(EnumSet.of(
            VENTRICULAR_TACHYCARDIA, BIDIRECTIONAL_TACHYCARDIA, TORSADES, VENTRICULAR_FIBRILLATION, ASYSTOLE));

    /** The one that {@code findings} name, if any; there is at most one. */
    static Optional<VentricularArrhythmia> draw(Set<Finding> findings, double seconds, RandomGenerator random) {
        double from = Curves.between(0.45, 0.55, random) * seconds;
        return findings.stream().filter(KINDS::contains).findFirst().map(kind -> new VentricularArrhythmia(kind, from));
    }

    /** Beats of the ventricles until {@code end}, s; none where they fibrillate or stand still. */
    List<Rhythm.Beat> beats(double end, Expression e) {
        List<Rhythm.Beat> beats = new ArrayList<>();
        double rr =
                switch (kind) {
                    case VENTRICULAR_TACHYCARDIA -> 0.37;
                    case BIDIRECTIONAL_TACHYCARDIA -> 0.46;
                    case TORSADES -> 0.22;
                    default -> end;
                };
        for (double time = from + Math.min(rr, 0.4); rr < end && time < end; time += rr) {
            double size =
                    switch (kind) {
                        case BIDIRECTIONAL_TACHYCARDIA -> beats.size() % 2 == 0 ? 1 : -1;
                        case TORSADES -> 1.3 * Curves.sine(0.45 * (time - from)); // twists about the baseline
                        default -> 1;
                    };
            beats.add(Rhythm.Beat.ventricular(time, size * e.of(kind)));
        }
        return beats;
    }

    /** Adds the waves of fibrillating ventricles to a dipole [axis][t]: of no fixed rate, size or direction. */
    void fibrillate(double[][] dipole, double hz, Expression e, RandomGenerator random) {
        if (kind != VENTRICULAR_FIBRILLATION) {
            return;
        }
        for (double[] axis : dipole) {
            double turns = random.nextDouble();
            double wander = 0;
            double swell = random.nextDouble();
            for (int t = (int) ((from + 0.2) * hz); t < axis.length; t++) {
                wander = 0.995 * wander + 0.12 * Curves.normal(random);
                turns += (5 + wander) / hz;
                swell += 0.7 / hz;
                axis[t] += 0.38 * e.of(kind) * (1 + 0.5 * Curves.sine(swell)) * Curves.sine(turns);
            }
        }
    }
}
