package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When the heart beats: the beats of one recording in order of time, from a little before its start to a little after its
 * end.
 *
 * @param rr the usual beat interval, s
 * @param arrhythmia what the ventricles do instead in the later half, if anything
 */
record Rhythm(List<Beat> beats, double rr, Optional<VentricularArrhythmia> arrhythmia) {

    /** What is active in a beat. */
    enum Origin {
        /** Atria, then ventricles. */
        SINUS,
        /** Atria from an unusual place, then ventricles: a premature beat. */
        ATRIAL,
        /** Atria only: the beat is blocked, or the ventricles do not follow any. */
        BLOCKED,
        /** Ventricles only. */
        VENTRICULAR,
        /** Ventricles in the usual way, without a P wave before them: fibrillation, flutter, junction. */
        WITHOUT_P
    }

    /**
     * How the ventricles of one beat differ from the usual.
     *
     * @param qrs size of the QRS complex relative to the others
     * @param t size of ST, T and U waves, the same way
     * @param turn of both in the frontal plane, radians
     * @param aberration 1 where a bundle branch has not recovered in time, else 0
     */
    record Ventricles(double qrs, double t, double turn, double aberration) {
        static Ventricles ofSize(double size) {
            return new Ventricles(size, size, 0, 0);
        }
    }

    /**
     * One beat.
     *
     * @param time of the R peak, or where it would have been, s
     * @param atrial size of its P wave relative to the others; below 0 it points the other way
     */
    record Beat(double time, Origin origin, double atrial, Ventricles ventricles) {
        /** One that starts in the ventricles, of a size relative to the usual; below 0 it points the other way. */
        static Beat ventricular(double time, double size) {
            return new Beat(time, Origin.VENTRICULAR, 1, Ventricles.ofSize(size));
        }

        /** One of the atria alone. */
        static Beat atrial(double time, double size) {
            return new Beat(time, Origin.BLOCKED, size, Ventricles.ofSize(0));
        }
    }

    static Rhythm of(Person person, Set<Finding> findings, double seconds, Expression e, RandomGenerator random) {
        double rr = interval(person, findings, random);
        boolean irregular = findings.contains(ATRIAL_FIBRILLATION);
        boolean dissociated = findings.contains(AV_DISSOCIATION);
        boolean sinus = !irregular
                && !dissociated
                && !findings.contains(ATRIAL_FLUTTER)
                && !findings.contains(JUNCTIONAL_RHYTHM);
        Optional<VentricularArrhythmia> arrhythmia = VentricularArrhythmia.draw(findings, seconds, random);
        double end = arrhythmia.map(VentricularArrhythmia::from).orElse(seconds + 1);
        List<Beat> beats = new ArrayList<>();
        double time = -1.5 * rr * random.nextDouble() - 0.3;
        int count = 0;
        int untilBlocked = random.nextInt(2);
        int untilAberrant = random.nextInt(3);
        Modulation modulation = Modulation.draw(findings, seconds, e, random);
        double run = Curves.between(0.1, 0.5, random) * seconds;
        boolean[] event = events(random);
        while (time < end) {
            boolean aberrant = findings.contains(ABERRANT_BEATS) && untilAberrant-- == 0;
            if (aberrant) {
                untilAberrant = 1 + random.nextInt(2);
            }
            double atrial = modulation.atrial(random);
            Ventricles ventricles = modulation.ventricles(count, time, aberrant);
            Origin origin = sinus ? Origin.SINUS : Origin.WITHOUT_P;
            if (findings.contains(SECOND_DEGREE_BLOCK) && untilBlocked-- == 0) {
                origin = Origin.BLOCKED;
                untilBlocked = 2;
            }
            beats.add(new Beat(time, origin, atrial, ventricles));
            if (findings.contains(EXTRA_P)) { // from another focus, and too early for the ventricles to follow
                beats.add(Beat.atrial(time + 0.5 * rr + 0.15, -4.2 * e.of(EXTRA_P)));
            }
            double next = rr * (irregular ? Curves.between(0.62, 1.45, random) : 1 + 0.018 * Curves.normal(random));
            next *= modulation.interval(count, time);
            boolean special = time > 0 && time < seconds && event[count % event.length];
            if (findings.contains(TACHYCARDIA_RUNS) && time > run && time < run + 2.2) {
                next = 0.34;
            } else if (special && findings.contains(VENTRICULAR_PREMATURE)) {
                double early = Math.max(0.3, 0.58 * rr);
                beats.add(Beat.ventricular(time + early, e.of(VENTRICULAR_PREMATURE)));
                next = 1.9 * rr;
            } else if (special && findings.contains(ATRIAL_PREMATURE)) {
                double early = Math.max(0.33, 0.60 * rr);
                beats.add(new Beat(time + early, Origin.ATRIAL, 1, ventricles));
                next = early + 1.15 * rr;
            } else if (special && findings.contains(ESCAPE_BEATS)) {
                double late = 1.5 * rr;
                beats.add(Beat.ventricular(time + late, e.of(ESCAPE_BEATS)));
                next = late + rr;
            } else if (findings.contains(PAUSE) && time > 0 && count % 4 == 2) {
                next = 2.1 * rr * Math.min(1.15, e.of(PAUSE)) + 0.2;
            }
            time += next;
            count++;
        }
        beats.removeIf(beat -> beat.time() >= end);
        arrhythmia.ifPresent(a -> beats.addAll(a.beats(seconds + 1, e)));
        if (dissociated) { // the atria at a pace of their own, over-filled against closed valves
            double pace = 0.66 * rr;
            for (double p = -pace * random.nextDouble(); p < seconds + 1; p += pace) {
                beats.add(Beat.atrial(p, 2.2 * e.of(AV_DISSOCIATION) * modulation.atrial(random)));
            }
        }
        beats.sort(Comparator.comparingDouble(Beat::time));
        return new Rhythm(beats, rr, arrhythmia);
    }

    /** Which beats are followed by a premature one, or by none in time: every second to fourth. */
    private static boolean[] events(RandomGenerator random) {
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
