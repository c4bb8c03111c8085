package org.einthoven.data.synthetic;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a synthetic ECG can show. Each finding changes the waveform in its own way (see {@link Heartbeat}, {@link Rhythm},
 * {@link Interference}); an ECG has any number of them, save pairs that cannot be together. Names are plain words in lower
 * case; {@link #concept()} says which are forms of one thing.
 */
public enum Finding {
    ATRIAL_FIBRILLATION("atrial fibrillation", "atrial fibrillation", Kind.RHYTHM, 0.12),
    ATRIAL_FLUTTER("atrial flutter", "atrial flutter", Kind.RHYTHM, 0.11),
    FAST_RATE("a fast heart rate", "heart rate", Kind.RHYTHM, 0.12),
    SLOW_RATE("a slow heart rate", "heart rate", Kind.RHYTHM, 0.12),
    VENTRICULAR_PREMATURE("ventricular premature beats", "ventricular premature beats", Kind.RHYTHM, 0.12),
    ATRIAL_PREMATURE("atrial premature beats", "atrial premature beats", Kind.RHYTHM, 0.14),
    PAUSE("a long pause", "pause", Kind.RHYTHM, 0.12),
    ALTERNANS("electrical alternans", "alternans", Kind.RHYTHM, 0.12),

    FIRST_DEGREE_BLOCK("first degree av block", "av block", Kind.CONDUCTION, 0.14),
    SECOND_DEGREE_BLOCK("second degree av block", "av block", Kind.CONDUCTION, 0.12),
    PRE_EXCITATION("pre excitation", "pre excitation", Kind.CONDUCTION, 0.12),
    LEFT_BUNDLE_BLOCK("left bundle branch block", "left bundle branch", Kind.CONDUCTION, 0.12),
    RIGHT_BUNDLE_BLOCK("right bundle branch block", "right bundle branch", Kind.CONDUCTION, 0.12),
    PACEMAKER("pacemaker spikes", "pacemaker", Kind.CONDUCTION, 0.12),

    LEFT_AXIS("left axis deviation", "axis", Kind.SHAPE, 0.12),
    RIGHT_AXIS("right axis deviation", "axis", Kind.SHAPE, 0.12),
    LEFT_HYPERTROPHY("left ventricular hypertrophy", "left ventricle", Kind.SHAPE, 0.12),
    RIGHT_HYPERTROPHY("right ventricular hypertrophy", "right ventricle", Kind.SHAPE, 0.12),
    LOW_VOLTAGE("low voltage", "low voltage", Kind.SHAPE, 0.12),
    LARGE_P("tall p waves", "right atrium", Kind.SHAPE, 0.14),
    BROAD_P("broad p waves", "left atrium", Kind.SHAPE, 0.14),
    Q_WAVES("deep q waves", "q waves", Kind.SHAPE, 0.12),
    NOTCHED_QRS("a notched qrs complex", "notched qrs", Kind.SHAPE, 0.12),
    J_WAVES("j waves", "j waves", Kind.SHAPE, 0.12),

    ST_ELEVATION("st elevation", "st segment", Kind.REPOLARISATION, 0.12),
    ST_DEPRESSION("st depression", "st segment", Kind.REPOLARISATION, 0.12),
    T_INVERSION("inverted t waves", "t waves", Kind.REPOLARISATION, 0.12),
    TALL_T("tall t waves", "t waves", Kind.REPOLARISATION, 0.12),
    U_WAVES("u waves", "u waves", Kind.REPOLARISATION, 0.12),
    LONG_QT("a long qt interval", "qt interval", Kind.REPOLARISATION, 0.12),

    BASELINE_DRIFT("baseline drift", "baseline drift", Kind.NOISE, 0.12),
    STATIC_NOISE("static noise", "static noise", Kind.NOISE, 0.12),
    BURST_NOISE("burst noise", "burst noise", Kind.NOISE, 0.12),
    ELECTRODE_PROBLEM("electrode problems", "electrode problems", Kind.NOISE, 0.12),
    TREMOR("muscle tremor", "muscle tremor", Kind.NOISE, 0.12),
    SWAPPED_ARMS("swapped arm leads", "swapped leads", Kind.NOISE, 0.12);

    /** What ECG-QA calls the attribute type. */
    public enum Kind {
        RHYTHM,
        CONDUCTION,
        SHAPE,
        REPOLARISATION,
        NOISE
    }

    private final String text;
    private final String concept;
    private final Kind kind;
    private final double probability;

    Finding(String text, String concept, Kind kind, double probability) {
        this.text = text;
        this.concept = concept;
        this.kind = kind;
        this.probability = probability;
    }

    /** The finding in words, as questions name it. */
    public String text() {
        return text;
    }

    /** Findings of one concept never stand on both sides of a split by attribute. */
    public String concept() {
        return concept;
    }

    public Kind kind() {
        return kind;
    }

    /** How often an ECG has it, before pairs that cannot be together are resolved. */
    double probability() {
        return probability;
    }

    /** The finding with that text. */
    public static Optional<Finding> named(String text) {
        return Arrays.stream(values()).filter(f -> f.text.equals(text)).findFirst();
    }

    /** The concept of every finding, by its text: what a split by attribute goes by. */
    public static Map<String, String> concepts() {
        return Arrays.stream(values()).collect(Collectors.toMap(Finding::text, Finding::concept));
    }
}
