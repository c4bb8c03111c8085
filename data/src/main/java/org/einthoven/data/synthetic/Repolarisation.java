package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The ST segment, T and U waves: how the ventricles recover, in Frank directions of a normal heart. */
final class Repolarisation {
    private Repolarisation() {}

    /** @param tAt time of the T wave's peak against the R wave, s */
    static List<Wave> waves(Person person, Set<Finding> findings, double tAt, Expression e, RandomGenerator random) {
        List<Wave> waves = new ArrayList<>();
        for (Wave t : tWave(person, findings, tAt, e)) {
            waves.add(t.turned(-person.tilt(), person.turn()));
        }
        Wave st = new Wave(0.125, 0.042, 0, 0, 0);
        if (findings.contains(ST_ELEVATION)) {
            waves.add(territory(st, random).scaled(e.of(ST_ELEVATION)));
        } else if (findings.contains(ST_DEPRESSION)) {
            waves.add(territory(st, random).scaled(-0.85 * e.of(ST_DEPRESSION)));
        }
        if (findings.contains(EARLY_REPOLARISATION)) {
            waves.add(new Wave(0.052, 0.012, 0.22, 0.24, -0.14).scaled(e.of(EARLY_REPOLARISATION)));
            waves.add(new Wave(0.150, 0.055, 0.20, 0.18, -0.26).scaled(e.of(EARLY_REPOLARISATION)));
        }
        if (findings.contains(BRUGADA_PATTERN)) {
            waves.add(new Wave(0.066, 0.030, 0, -0.05, -0.60).scaled(e.of(BRUGADA_PATTERN)));
            waves.add(new Wave(tAt, 0.042, 0.05, 0, 0.42).scaled(e.of(BRUGADA_PATTERN)));
        }
        if (findings.contains(DIGITALIS_EFFECT)) { // a sagging ST segment that pulls the T wave down
            waves.add(new Wave(0.110, 0.040, -0.10, -0.12, 0.10).scaled(e.of(DIGITALIS_EFFECT)));
            waves.add(new Wave(0.190, 0.045, -0.26, -0.26, 0.20).scaled(e.of(DIGITALIS_EFFECT)));
        }
        if (findings.contains(DE_WINTER_PATTERN)) { // from a depressed J point straight up into a tall T, in front
            waves.add(new Wave(0.085, 0.028, -0.15, -0.05, 0.60).scaled(e.of(DE_WINTER_PATTERN)));
            waves.add(new Wave(tAt - 0.010, 0.045, 0.35, 0.10, -0.70).scaled(e.of(DE_WINTER_PATTERN)));
        }
        if (findings.contains(SINE_WAVE_PATTERN)) { // down and up so slowly that neither ST segment nor T wave is left
            waves.add(new Wave(0.095, 0.045, -0.55, -0.45, 0.25).scaled(e.of(SINE_WAVE_PATTERN)));
            waves.add(new Wave(0.265, 0.075, 0.50, 0.45, -0.25).scaled(e.of(SINE_WAVE_PATTERN)));
        }
        if (findings.contains(T_IMBALANCE)) { // taller in V1 than in V6
            waves.add(new Wave(tAt, 0.042, -0.35, 0, -0.65).scaled(e.of(T_IMBALANCE)));
        }
        if (findings.contains(S1Q3T3_PATTERN)) {
            waves.add(new Wave(tAt, 0.042, 0.12, -0.60, 0.10).scaled(e.of(S1Q3T3_PATTERN)));
        }
        if (findings.contains(SPODICK_SIGN)) { // from the end of T down to the next P
            waves.add(new Wave(tAt + 0.13, 0.050, 0.16, 0.20, -0.10).scaled(e.of(SPODICK_SIGN)));
            waves.add(new Wave(tAt + 0.22, 0.070, 0.10, 0.13, -0.06).scaled(e.of(SPODICK_SIGN)));
        }
        if (findings.contains(U_WAVES)) {
            waves.add(new Wave(tAt + 0.175, 0.036, 0.18, 0.20, -0.32).scaled(e.of(U_WAVES)));
        }
        return waves;
    }

    /** The T wave, or the halves it has fallen into. */
    private static List<Wave> tWave(Person person, Set<Finding> findings, double tAt, Expression e) {
        double direction = findings.contains(LEFT_BUNDLE_BLOCK) ? -0.9 : 1; // against the QRS complex
        Wave t = new Wave(tAt, 0.042, 0.26, 0.24, -0.20).scaled(direction * person.tGain());
        if (findings.contains(T_INVERSION)) {
            return List.of(t.scaled(-1.25 * e.of(T_INVERSION)));
        }
        if (findings.contains(TALL_T)) {
            return List.of(t.scaled(1 + 1.5 * e.of(TALL_T)).wider(0.8));
        }
        if (findings.contains(BIPHASIC_T)) {
            double s = e.of(BIPHASIC_T);
            return List.of(
                    t.moved(-0.040).wider(0.70).scaled(1.5 * s),
                    t.moved(0.045).wider(0.75).scaled(-1.9 * s));
        }
        if (findings.contains(NOTCHED_T)) {
            double s = e.of(NOTCHED_T);
            return List.of(
                    t.moved(-0.055).wider(0.55).scaled(1.7 * s),
                    t.moved(0.055).wider(0.55).scaled(2.1 * s));
        }
        if (findings.contains(BROAD_T)) {
            return List.of(t.moved(-0.040).wider(1.9).scaled(1.7 * e.of(BROAD_T)));
        }
        return List.of(t);
    }

    /** An injury current of the anterior, inferior or lateral wall; none is confined to its own wall alone. */
    private static Wave territory(Wave st, RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Wave(st.at(), st.width(), 0.16, 0.14, -0.42);
            case 1 -> new Wave(st.at(), st.width(), 0.14, 0.44, -0.18);
            default -> new Wave(st.at(), st.width(), 0.40, 0.18, -0.20);
        };
    }
}
