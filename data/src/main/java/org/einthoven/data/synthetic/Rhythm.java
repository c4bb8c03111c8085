package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When the heart beats: the beats of one recording in order of time, from a little before its start to a little after its
 * end.
 *
 * @param rr the usual beat interval, s
 */
record Rhythm(List<Beat> beats, double rr) {

    /** What is active in a beat. */
    enum Origin {
        /** Atria, then ventricles. */
        SINUS,
        /** Atria from an unusual place, then ventricles: a premature beat. */
        ATRIAL,
        /** Atria only: the beat is blocked. */
        BLOCKED,
        /** Ventricles only. */
        VENTRICULAR,
        /** Ventricles in the usual way, without a P wave before them: fibrillation, flutter, junction. */
        WITHOUT_P
    }

    /**
     * One beat.
     *
     * @param time of the R peak, or where it would have been, s
     * @param scale size of its QRS complex relative to the others
     * @param atrial size of its P wave relative to the others; below 0 it points the other way
     */
    record Beat(double time, Origin origin, double scale, double atrial) {}

    static Rhythm of(Person person, Set<Finding> findings, double seconds, Expression e, RandomGenerator random) {
        double rr = interval(person, findings, random);
        boolean irregular = findings.contains(ATRIAL_FIBRILLATION);
        boolean sinus = !irregular && !findings.contains(ATRIAL_FLUTTER) && !findings.contains(JUNCTIONAL_RHYTHM);
        List<Beat> beats = new ArrayList<>();
        double time = -1.5 * rr * random.nextDouble() - 0.3;
        int count = 0;
        int untilBlocked = random.nextInt(2);
        double alternation = findings.contains(ALTERNANS) ? 0.48 * Math.min(1.3, e.of(ALTERNANS)) : 0;
        double swing = findings.contains(SWINGING_AMPLITUDE) ? 0.75 * Math.min(1.2, e.of(SWINGING_AMPLITUDE)) : 0;
        double breath = random.nextDouble();
        double run = Curves.between(0.1, 0.5, random) * seconds;
        boolean[] event = events(seconds, rr, random);
        while (time < seconds + 1) {
            double scale = 1 + (count % 2 == 0 ? alternation : -alternation);
            scale *= 1 + swing * Curves.sine(0.35 * time + breath);
            double atrial = findings.contains(MULTIFOCAL_P) ? Curves.between(-3, 4, random) : 1;
            Origin origin = sinus ? Origin.SINUS : Origin.WITHOUT_P;
            if (findings.contains(SECOND_DEGREE_BLOCK) && untilBlocked-- == 0) {
                origin = Origin.BLOCKED;
                untilBlocked = 2;
            }
            beats.add(new Beat(time, origin, scale, atrial));
            double next = rr * (irregular ? Curves.between(0.62, 1.45, random) : 1 + 0.018 * Curves.normal(random));
            if (findings.contains(SINUS_ARRHYTHMIA)) {
                next *= 1 + 0.42 * Math.min(1.3, e.of(SINUS_ARRHYTHMIA)) * Curves.sine(0.28 * time + breath);
            } else if (findings.contains(GRADUAL_SLOWING)) {
                next *= 0.55 + 1.1 * Math.max(0, time) / seconds;
            }
            boolean special = time > 0 && time < seconds && event[count % event.length];
            if (findings.contains(TACHYCARDIA_RUNS) && time > run && time < run + 2.2) {
                next = 0.34;
            } else if (special && findings.contains(VENTRICULAR_PREMATURE)) {
                double early = Math.max(0.3, 0.58 * rr);
                beats.add(new Beat(time + early, Origin.VENTRICULAR, 1, 1));
                next = 1.9 * rr;
            } else if (special && findings.contains(ATRIAL_PREMATURE)) {
                double early = Math.max(0.33, 0.60 * rr);
                beats.add(new Beat(time + early, Origin.ATRIAL, scale, 1));
                next = early + 1.15 * rr;
            } else if (special && findings.contains(ESCAPE_BEATS)) {
                double late = 1.5 * rr;
                beats.add(new Beat(time + late, Origin.VENTRICULAR, 1, 1));
                next = late + rr;
            } else if (findings.contains(PAUSE) && time > 0 && count % 4 == 2) {
                next = 2.1 * rr * Math.min(1.15, e.of(PAUSE)) + 0.2;
            }
            time += next;
            count++;
        }
        return new Rhythm(beats, rr);
    }

    /** Which beats are followed by a premature one, or by none in time: every second to fourth. */
    private static boolean[] events(double seconds, double rr, RandomGenerator random) {
        boolean[] event = new boolean[12];
        for (int i = random.nextInt(2); i < event.length; i += 2 + random.nextInt(2)) {
            event[i] = true;
        }
        return event;
    }

    private static double interval(Person person, Set<Finding> findings, RandomGenerator random) {
        double usual = person.rr() * (1 + 0.03 * Curves.normal(random));
        if (findings.contains(FAST_RATE)) {
            return Curves.between(0.42, 0.52, random);
        }
        if (findings.contains(SLOW_RATE)) {
            return Curves.between(1.22, 1.5, random);
        }
        return Math.min(1.05, Math.max(0.64, usual));
    }
}
