package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ecg.Patient;
import org.einthoven.tensor.Rng;

/**
 * Makes 12-lead ECGs: a dipole of Gaussian waves, carried to nine electrodes by the patient's own torso, disturbed there, and
 * read as twelve leads, so Einthoven's law holds in every one. The same key gives the same samples on every machine.
 *
 * @param hz sampling rate
 * @param seconds length of a record
 */
public record SyntheticEcg(double hz, double seconds, Difficulty difficulty) {

    /** 5 s at 500 Hz: what the encoder reads. */
    public static SyntheticEcg standard(Difficulty difficulty) {
        return new SyntheticEcg(500, 5, difficulty);
    }

    /** A random set of findings that can be together. */
    public Set<Finding> findings(Rng rng) {
        return Findings.draw(rng.split("findings").stream(), difficulty.company());
    }

    /** Whether one ECG can show all of these findings. */
    public static boolean canBeTogether(Set<Finding> findings) {
        try {
            Findings.check(findings);
            return true;
        } catch (IllegalArgumentException theyCannot) {
            return false;
        }
    }

    /**
     * A recording of a patient with these findings.
     *
     * @param id names the record
     * @param patient names the patient; recordings of one patient share {@code patientRng}
     * @param rng what is different from recording to recording
     * @throws IllegalArgumentException when two findings cannot be together
     */
    public EcgRecord record(String id, String patient, Rng patientRng, Set<Finding> findings, Rng rng) {
        Findings.check(findings);
        Person person = Person.draw(patientRng.split("person").stream(), difficulty.variety());
        RandomGenerator random = rng.split("recording").stream();
        Expression e = new Expression(difficulty, random);
        Rhythm rhythm = Rhythm.of(person, findings, seconds, e, random);
        double[][] dipole = new double[3][(int) Math.round(seconds * hz)];
        beats(dipole, rhythm, Heartbeat.of(person, findings, rhythm.rr(), e, random));
        atrialWaves(dipole, findings, e, random);
        rhythm.arrhythmia().ifPresent(a -> a.fibrillate(dipole, hz, e, random));
        if (findings.contains(DEXTROCARDIA)) {
            mirror(dipole[0]);
        }
        if (findings.contains(FETAL_HEARTBEATS)) {
            secondHeart(dipole, e.of(FETAL_HEARTBEATS), random);
        }
        double[][] potentials = person.torso().potentials(dipole);
        Movement.add(potentials, findings, rhythm, hz, difficulty, e, random);
        Interference.add(potentials, findings, hz, difficulty, e, random);
        Electrodes.spoil(potentials, findings, hz, e, random);
        Recorder.distort(potentials, findings, hz, e, random);
        return new EcgRecord(
                "synthetic " + id,
                id,
                Lead.labels(),
                hz,
                Torso.leads(potentials),
                Patient.named(patient),
                Optional.empty(),
                List.of());
    }

    private void beats(double[][] dipole, Rhythm rhythm, Heartbeat shape) {
        for (Rhythm.Beat beat : rhythm.beats()) {
            List<Wave> p =
                    switch (beat.origin()) {
                        case SINUS, BLOCKED -> shape.p();
                        case ATRIAL -> shape.ectopicP();
                        case VENTRICULAR, WITHOUT_P -> List.of();
                    };
            p.forEach(wave -> wave.addTo(dipole, beat.time(), beat.atrial(), hz));
            Rhythm.Ventricles v = beat.ventricles();
            switch (beat.origin()) {
                case SINUS, ATRIAL, WITHOUT_P -> {
                    shape.qrs().forEach(wave -> wave.turned(v.turn(), 0).addTo(dipole, beat.time(), v.qrs(), hz));
                    shape.repolarisation()
                            .forEach(wave -> wave.turned(v.turn(), 0).addTo(dipole, beat.time(), v.t(), hz));
                    shape.aberration().forEach(wave -> wave.addTo(dipole, beat.time(), v.aberration(), hz));
                    shape.spike().forEach(wave -> wave.addTo(dipole, beat.time(), 1, hz));
                }
                case VENTRICULAR -> shape.ectopic().forEach(wave -> wave.addTo(dipole, beat.time(), v.qrs(), hz));
                case BLOCKED -> {}
            }
        }
    }

    /** Fibrillation waves of wandering rate, or the saw-tooth of flutter, in the direction of the atria. */
    private void atrialWaves(double[][] dipole, Set<Finding> findings, Expression e, RandomGenerator random) {
        boolean flutter = findings.contains(ATRIAL_FLUTTER);
        if (!flutter && !findings.contains(ATRIAL_FIBRILLATION)) {
            return;
        }
        double size = flutter ? 0.24 * e.of(ATRIAL_FLUTTER) : 0.13 * e.of(ATRIAL_FIBRILLATION);
        double rate = flutter ? Curves.between(4.6, 5.4, random) : Curves.between(5.8, 7.5, random);
        double turns = random.nextDouble();
        double wander = 0;
        for (int t = 0; t < dipole[0].length; t++) {
            wander = 0.995 * wander + (flutter ? 0 : 0.09 * Curves.normal(random));
            turns += (rate + wander) / hz;
            double phase = turns - Math.floor(turns);
            double wave =
                    flutter ? (phase < 0.75 ? 1 - phase / 0.375 : -1 + (phase - 0.75) / 0.125) : Curves.sine(turns);
            dipole[0][t] += 0.15 * size * wave;
            dipole[1][t] += size * wave;
            dipole[2][t] -= 0.45 * size * wave;
        }
    }

    /** The heart lies on the right: left and right change places. */
    private static void mirror(double[] x) {
        for (int t = 0; t < x.length; t++) {
            x[t] = -x[t];
        }
    }

    /** A small fast heart, head down, below the mother's. */
    private void secondHeart(double[][] dipole, double strength, RandomGenerator random) {
        double rr = Curves.between(0.39, 0.45, random);
        Wave qrs = new Wave(0, 0.009, 0.14, -0.60, -0.35).scaled(strength);
        for (double time = -rr * random.nextDouble(); time < seconds; time += rr) {
            qrs.addTo(dipole, time, 1, hz);
        }
    }

    /** All findings there are, for those who enumerate them. */
    public static Set<Finding> everyFinding() {
        return EnumSet.allOf(Finding.class);
    }
}
