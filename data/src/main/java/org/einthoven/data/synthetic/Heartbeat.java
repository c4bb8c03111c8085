package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The shape of a patient's beats: the P wave, and what follows the ventricles. Frank directions of a normal heart; findings
 * change them as textbooks describe (Surawicz and Knilans, "Chou's Electrocardiography in Clinical Practice").
 *
 * @param p atrial waves, timed against the R wave of a usual beat
 * @param qrs what goes with the ventricles' excitation
 * @param repolarisation ST, T and U waves
 * @param aberration what comes to both in a beat that finds one bundle branch not yet recovered
 * @param ectopic QRS and T of a beat that starts in the ventricles
 * @param ectopicP the P wave of a beat that starts low in the atria, against the usual direction
 * @param spike a pacemaker's spike; empty without one
 */
record Heartbeat(
        List<Wave> p,
        List<Wave> qrs,
        List<Wave> repolarisation,
        List<Wave> aberration,
        List<Wave> ectopic,
        List<Wave> ectopicP,
        List<Wave> spike) {

    /** From the onset of the QRS complex to the R peak, s. */
    private static final double ONSET_TO_PEAK = 0.040;

    /**
     * @param rr the usual beat interval of this recording, s
     * @param e how strongly each finding is expressed
     */
    static Heartbeat of(Person person, Set<Finding> findings, double rr, Expression e, RandomGenerator random) {
        double qt = person.qt() + (findings.contains(LONG_QT) ? 0.20 * e.of(LONG_QT) : 0);
        double tAt = qt * Math.sqrt(rr) - ONSET_TO_PEAK - 0.085;
        return new Heartbeat(
                atria(person, findings, e),
                depolarisation(person, findings, e),
                Repolarisation.waves(person, findings, tAt, e, random),
                aberration(findings, tAt, e),
                ectopic(person, random),
                List.of(new Wave(-person.pr() + 0.005, 0.020, -0.14, -0.34, 0.10).scaled(e.of(ATRIAL_PREMATURE))),
                findings.contains(PACEMAKER)
                        ? List.of(new Wave(-ONSET_TO_PEAK - 0.010, 0.003, 1.4, 2.0, 0.9).scaled(e.of(PACEMAKER)))
                        : List.of());
    }

    private static List<Wave> atria(Person person, Set<Finding> findings, Expression e) {
        double pr = person.pr();
        if (findings.contains(FIRST_DEGREE_BLOCK)) {
            pr += 0.16 * e.of(FIRST_DEGREE_BLOCK);
        } else if (findings.contains(PRE_EXCITATION)) {
            pr = 0.095;
        } else if (findings.contains(SHORT_PR)) {
            pr -= 0.065 * Math.min(1.2, e.of(SHORT_PR));
        }
        double at = -pr - ONSET_TO_PEAK + 0.045;
        Wave p = new Wave(at, 0.020, 0.065, 0.095, -0.015).scaled(person.pGain());
        List<Wave> waves = new ArrayList<>();
        if (findings.contains(LARGE_P)) {
            p = new Wave(at, 0.019, 0.10, 0.42, -0.16).scaled(person.pGain() * e.of(LARGE_P));
        } else if (findings.contains(LOW_ATRIAL_FOCUS)) {
            p = new Wave(at + 0.020, 0.020, -0.14, -0.45, 0.12).scaled(person.pGain() * e.of(LOW_ATRIAL_FOCUS));
        } else if (findings.contains(ABSENT_P)) {
            p = p.scaled(0.05);
        }
        if (findings.contains(BROAD_P)) {
            waves.add(p.moved(-0.022));
            waves.add(new Wave(at + 0.038, 0.024, 0.24, 0.10, 0.22).scaled(person.pGain() * e.of(BROAD_P)));
        } else {
            waves.add(p);
        }
        if (findings.contains(BIPHASIC_P)) {
            waves.add(new Wave(at + 0.045, 0.019, -0.20, -0.42, 0.54).scaled(person.pGain() * e.of(BIPHASIC_P)));
        }
        if (findings.contains(PQ_DEPRESSION)) {
            waves.add(new Wave(-0.5 * pr - 0.030, 0.030, -0.24, -0.34, 0.18).scaled(e.of(PQ_DEPRESSION)));
        }
        return waves;
    }

    private static List<Wave> depolarisation(Person person, Set<Finding> findings, Expression e) {
        List<Wave> waves = new ArrayList<>();
        double w = person.qrsWidth() * (findings.contains(BROAD_QRS) ? 1 + 1.4 * e.of(BROAD_QRS) : 1);
        if (findings.contains(LEFT_BUNDLE_BLOCK)) {
            double s = e.of(LEFT_BUNDLE_BLOCK);
            waves.add(new Wave(-0.006, 0.017 * w, 0.75, 0.40, 0.50 * s));
            waves.add(new Wave(0.040, 0.022 * w, 0.85 * s, 0.15, 0.75 * s));
        } else {
            waves.add(new Wave(-0.022, 0.009 * w, -0.12, -0.05, -0.24));
            waves.add(new Wave(0, 0.0125 * w, 1.00, 0.80, 0.28));
            waves.add(new Wave(0.026, 0.012 * w, -0.14, 0.02, 0.42));
        }
        if (findings.contains(RIGHT_BUNDLE_BLOCK)) {
            waves.add(new Wave(0.058, 0.018 * w, -0.70, 0.05, -0.75).scaled(e.of(RIGHT_BUNDLE_BLOCK)));
        }
        if (findings.contains(PRE_EXCITATION)) {
            waves.add(new Wave(-0.034, 0.017, 0.42, 0.22, 0.10).scaled(e.of(PRE_EXCITATION)));
        }
        if (findings.contains(RIGHT_HYPERTROPHY)) {
            waves.add(new Wave(0.008, 0.014 * w, -0.65, 0.20, -1.05).scaled(e.of(RIGHT_HYPERTROPHY)));
        }
        if (findings.contains(Q_WAVES)) {
            waves.add(new Wave(-0.026, 0.016, -0.40, -0.75, 0.45).scaled(e.of(Q_WAVES)));
        }
        if (findings.contains(DEEP_S)) {
            waves.add(new Wave(0.032, 0.014, -0.80, -0.45, 0.15).scaled(e.of(DEEP_S)));
        }
        if (findings.contains(POOR_R_PROGRESSION)) {
            waves.add(new Wave(0.002, 0.013 * w, -0.35, 0, 0.75).scaled(e.of(POOR_R_PROGRESSION)));
        }
        if (findings.contains(KATZ_WACHTEL)) { // up and down by the same large amount, in front
            waves.add(new Wave(-0.004, 0.012, 0.10, 0, -0.95).scaled(e.of(KATZ_WACHTEL)));
            waves.add(new Wave(0.030, 0.013, -0.10, 0, 1.05).scaled(e.of(KATZ_WACHTEL)));
        }
        if (findings.contains(NOTCHED_QRS)) {
            double s = e.of(NOTCHED_QRS);
            waves.add(new Wave(-0.008, 0.0045, -0.85, -0.75, -0.45).scaled(s));
            waves.add(new Wave(0.016, 0.0045, 0.85, 0.75, 0.45).scaled(s));
            waves.add(new Wave(0.032, 0.0045, -0.60, -0.60, -0.45).scaled(s));
        }
        double size = person.gain();
        double tilt = -person.tilt();
        if (findings.contains(LEFT_HYPERTROPHY)) {
            size *= 1 + 0.85 * e.of(LEFT_HYPERTROPHY);
        } else if (findings.contains(LOW_VOLTAGE)) {
            size *= 1 - 0.6 * Math.min(1.2, e.of(LOW_VOLTAGE));
        }
        if (findings.contains(LEFT_AXIS)) {
            tilt -= 1.35 * e.of(LEFT_AXIS);
        } else if (findings.contains(RIGHT_AXIS)) {
            tilt += 1.15 * e.of(RIGHT_AXIS);
        }
        double turn = person.turn() + (findings.contains(CLOCKWISE_ROTATION) ? 0.9 * e.of(CLOCKWISE_ROTATION) : 0);
        List<Wave> turned = new ArrayList<>();
        for (Wave wave : waves) {
            turned.add(wave.scaled(size).turned(tilt, turn));
        }
        if (findings.contains(EPSILON_WAVES)) {
            turned.add(new Wave(0.082, 0.007, 0.10, 0.10, -0.75).scaled(e.of(EPSILON_WAVES)));
            turned.add(new Wave(0.104, 0.007, -0.10, -0.10, 0.62).scaled(e.of(EPSILON_WAVES)));
        }
        if (findings.contains(J_WAVES)) {
            turned.add(new Wave(0.058, 0.013, 0.55, 0.60, -0.35).scaled(e.of(J_WAVES)));
        }
        if (findings.contains(TERMINAL_R)) { // last of all, up and to the right: towards aVR and V1
            turned.add(new Wave(0.042, 0.014, -0.60, -0.85, -0.65).scaled(e.of(TERMINAL_R)));
        }
        if (findings.contains(S1Q3T3_PATTERN)) {
            turned.add(new Wave(-0.022, 0.012, 0.30, -0.60, 0).scaled(e.of(S1Q3T3_PATTERN)));
            turned.add(new Wave(0.032, 0.013, -0.95, 0.15, 0.10).scaled(e.of(S1Q3T3_PATTERN)));
        }
        if (findings.contains(SPIKED_HELMET)) { // a dome that the QRS complex stands on
            turned.add(new Wave(-0.105, 0.040, 0.20, 0.38, -0.12).scaled(e.of(SPIKED_HELMET)));
            turned.add(new Wave(0.085, 0.035, 0.22, 0.44, -0.14).scaled(e.of(SPIKED_HELMET)));
        }
        if (findings.contains(JUNCTIONAL_RHYTHM)) { // the atria are reached backwards, behind the ventricles
            turned.add(new Wave(0.115, 0.019, -0.14, -0.50, 0.16).scaled(e.of(JUNCTIONAL_RHYTHM)));
        }
        return turned;
    }

    /** Mostly the right bundle branch; the left one where the right is blocked anyway. T goes against the late QRS. */
    private static List<Wave> aberration(Set<Finding> findings, double tAt, Expression e) {
        double s = e.of(ABERRANT_BEATS);
        return findings.contains(RIGHT_BUNDLE_BLOCK)
                ? List.of(
                        new Wave(0.045, 0.022, 0.85, 0.15, 0.95).scaled(s),
                        new Wave(tAt, 0.045, -0.45, -0.30, -0.45).scaled(s))
                : List.of(
                        new Wave(0.062, 0.021, -0.90, 0.05, -1.00).scaled(s),
                        new Wave(tAt, 0.045, 0.25, 0.05, 0.60).scaled(s));
    }

    private static List<Wave> ectopic(Person person, RandomGenerator random) {
        double side = random.nextBoolean() ? 1 : -0.4;
        double size = person.gain();
        return List.of(
                new Wave(0, 0.034, -0.8 * side, 1.1, -1.0).scaled(size),
                new Wave(0.07, 0.026, 0.3 * side, -0.5, 0.4).scaled(size),
                new Wave(0.27, 0.052, 0.40 * side, -0.45, 0.40).scaled(size));
    }
}
