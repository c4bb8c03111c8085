package org.einthoven.data.synthetic;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a synthetic ECG can show. Each finding changes the waveform in its own way (see {@link Rhythm}, {@link Heartbeat},
 * {@link Movement}, {@link Interference}, {@link Electrodes}, {@link Recorder}); an ECG has any number of them, save pairs
 * that cannot be together. Names are plain words in lower case; {@link #concept()} says which are forms of one thing.
 */
public enum Finding {
    ATRIAL_FIBRILLATION("atrial fibrillation", "atrial fibrillation", Kind.RHYTHM),
    ATRIAL_FLUTTER("atrial flutter", "atrial flutter", Kind.RHYTHM),
    FAST_RATE("a fast heart rate", "heart rate", Kind.RHYTHM),
    SLOW_RATE("a slow heart rate", "heart rate", Kind.RHYTHM),
    VENTRICULAR_PREMATURE("ventricular premature beats", "ventricular premature beats", Kind.RHYTHM),
    ATRIAL_PREMATURE("atrial premature beats", "atrial premature beats", Kind.RHYTHM),
    ESCAPE_BEATS("escape beats", "escape beats", Kind.RHYTHM),
    PAUSE("a long pause", "pause", Kind.RHYTHM),
    TACHYCARDIA_RUNS("runs of tachycardia", "runs of tachycardia", Kind.RHYTHM),
    SINUS_ARRHYTHMIA("sinus arrhythmia", "sinus arrhythmia", Kind.RHYTHM),
    GRADUAL_SLOWING("gradual slowing", "gradual slowing", Kind.RHYTHM),
    JUNCTIONAL_RHYTHM("junctional rhythm", "junctional rhythm", Kind.RHYTHM),
    LOW_ATRIAL_FOCUS("a low atrial focus", "low atrial focus", Kind.RHYTHM),
    MULTIFOCAL_P("multifocal p waves", "multifocal p waves", Kind.RHYTHM),
    ALTERNANS("electrical alternans", "alternans", Kind.RHYTHM),
    SWINGING_AMPLITUDE("a swinging amplitude", "swinging amplitude", Kind.RHYTHM),
    AV_DISSOCIATION("av dissociation", "av dissociation", Kind.RHYTHM),
    EXTRA_P("extra p waves", "extra p waves", Kind.RHYTHM),
    PAIRED_BEATS("paired beats", "paired beats", Kind.RHYTHM),
    VENTRICULAR_TACHYCARDIA("ventricular tachycardia", "ventricular tachycardia", Kind.RHYTHM),
    BIDIRECTIONAL_TACHYCARDIA("bidirectional tachycardia", "bidirectional tachycardia", Kind.RHYTHM),
    TORSADES("torsades de pointes", "torsades de pointes", Kind.RHYTHM),
    VENTRICULAR_FIBRILLATION("ventricular fibrillation", "ventricular fibrillation", Kind.RHYTHM),
    ASYSTOLE("asystole", "asystole", Kind.RHYTHM),
    SWINGING_AXIS("a swinging axis", "swinging axis", Kind.RHYTHM),
    WANING_COMPLEXES("waning complexes", "waning complexes", Kind.RHYTHM),

    FIRST_DEGREE_BLOCK("first degree av block", "av block", Kind.CONDUCTION),
    SECOND_DEGREE_BLOCK("second degree av block", "av block", Kind.CONDUCTION),
    PRE_EXCITATION("pre excitation", "pre excitation", Kind.CONDUCTION),
    SHORT_PR("a short pr interval", "short pr interval", Kind.CONDUCTION),
    LEFT_BUNDLE_BLOCK("left bundle branch block", "left bundle branch", Kind.CONDUCTION),
    RIGHT_BUNDLE_BLOCK("right bundle branch block", "right bundle branch", Kind.CONDUCTION),
    BROAD_QRS("a broad qrs complex", "broad qrs", Kind.CONDUCTION),
    EPSILON_WAVES("epsilon waves", "epsilon waves", Kind.CONDUCTION),
    PACEMAKER("pacemaker spikes", "pacemaker", Kind.CONDUCTION),
    ABERRANT_BEATS("aberrant beats", "aberrant beats", Kind.CONDUCTION),
    TERMINAL_R("terminal r waves", "terminal r waves", Kind.CONDUCTION),

    LEFT_AXIS("left axis deviation", "axis", Kind.SHAPE),
    RIGHT_AXIS("right axis deviation", "axis", Kind.SHAPE),
    CLOCKWISE_ROTATION("clockwise rotation", "rotation", Kind.SHAPE),
    DEXTROCARDIA("dextrocardia", "dextrocardia", Kind.SHAPE),
    LEFT_HYPERTROPHY("left ventricular hypertrophy", "left ventricle", Kind.SHAPE),
    RIGHT_HYPERTROPHY("right ventricular hypertrophy", "right ventricle", Kind.SHAPE),
    LOW_VOLTAGE("low voltage", "low voltage", Kind.SHAPE),
    LARGE_P("tall p waves", "right atrium", Kind.SHAPE),
    BROAD_P("broad p waves", "left atrium", Kind.SHAPE),
    BIPHASIC_P("biphasic p waves", "biphasic p waves", Kind.SHAPE),
    ABSENT_P("absent p waves", "absent p waves", Kind.SHAPE),
    PQ_DEPRESSION("pq depression", "pq segment", Kind.SHAPE),
    Q_WAVES("deep q waves", "q waves", Kind.SHAPE),
    DEEP_S("deep s waves", "s waves", Kind.SHAPE),
    POOR_R_PROGRESSION("poor r wave progression", "r wave progression", Kind.SHAPE),
    NOTCHED_QRS("a notched qrs complex", "notched qrs", Kind.SHAPE),
    J_WAVES("j waves", "j waves", Kind.SHAPE),
    KATZ_WACHTEL("katz wachtel phenomenon", "katz wachtel phenomenon", Kind.SHAPE),
    SPIKED_HELMET("a spiked helmet sign", "spiked helmet sign", Kind.SHAPE),

    ST_ELEVATION("st elevation", "st segment", Kind.REPOLARISATION),
    ST_DEPRESSION("st depression", "st segment", Kind.REPOLARISATION),
    EARLY_REPOLARISATION("early repolarisation", "early repolarisation", Kind.REPOLARISATION),
    BRUGADA_PATTERN("brugada pattern", "brugada pattern", Kind.REPOLARISATION),
    DIGITALIS_EFFECT("digitalis effect", "digitalis effect", Kind.REPOLARISATION),
    T_INVERSION("inverted t waves", "t waves", Kind.REPOLARISATION),
    TALL_T("tall t waves", "t waves", Kind.REPOLARISATION),
    U_WAVES("u waves", "u waves", Kind.REPOLARISATION),
    LONG_QT("a long qt interval", "qt interval", Kind.REPOLARISATION),
    SPODICK_SIGN("spodick sign", "spodick sign", Kind.REPOLARISATION),
    BIPHASIC_T("biphasic t waves", "biphasic t waves", Kind.REPOLARISATION),
    NOTCHED_T("notched t waves", "notched t waves", Kind.REPOLARISATION),
    BROAD_T("broad based t waves", "broad based t waves", Kind.REPOLARISATION),
    T_ALTERNANS("t wave alternans", "t wave alternans", Kind.REPOLARISATION),
    T_IMBALANCE("loss of t wave balance", "t wave balance", Kind.REPOLARISATION),
    DE_WINTER_PATTERN("de winter pattern", "de winter pattern", Kind.REPOLARISATION),
    SINE_WAVE_PATTERN("a sine wave pattern", "sine wave pattern", Kind.REPOLARISATION),
    S1Q3T3_PATTERN("an s1q3t3 pattern", "s1q3t3 pattern", Kind.REPOLARISATION),

    BASELINE_DRIFT("baseline drift", "baseline drift", Kind.NOISE),
    STATIC_NOISE("static noise", "static noise", Kind.NOISE),
    BURST_NOISE("burst noise", "burst noise", Kind.NOISE),
    TREMOR("muscle tremor", "muscle tremor", Kind.NOISE),
    HICCUPS("hiccups", "hiccups", Kind.NOISE),
    CHEST_COMPRESSIONS("chest compressions", "chest compressions", Kind.NOISE),
    PULSE_ARTEFACT("pulse artefact", "pulse artefact", Kind.NOISE),
    FETAL_HEARTBEATS("fetal heartbeats", "fetal heartbeats", Kind.NOISE),
    DIALYSIS_RIPPLE("dialysis ripple", "dialysis ripple", Kind.NOISE),
    NERVE_STIMULATOR("a nerve stimulator", "nerve stimulator", Kind.NOISE),
    RADIO_INTERFERENCE("radio interference", "radio interference", Kind.NOISE),
    RANDOM_CLICKS("random clicks", "random clicks", Kind.NOISE),
    ELECTRODE_PROBLEM("electrode problems", "electrode problems", Kind.NOISE),
    SUDDEN_JUMPS("sudden jumps", "sudden jumps", Kind.NOISE),
    SWAPPED_ARMS("swapped arm leads", "swapped leads", Kind.NOISE),
    FLAT_CHEST_LEADS("flat chest leads", "flat chest leads", Kind.NOISE),
    REVERSED_POLARITY("reversed polarity", "reversed polarity", Kind.NOISE),
    DOUBLED_GAIN("doubled gain", "doubled gain", Kind.NOISE),
    CLIPPED_PEAKS("clipped peaks", "clipped peaks", Kind.NOISE),
    SIGNAL_DROPOUTS("signal dropouts", "signal dropouts", Kind.NOISE),
    CALIBRATION_PULSE("a calibration pulse", "calibration pulse", Kind.NOISE),
    AMPLIFIER_SETTLING("amplifier settling", "amplifier settling", Kind.NOISE),
    OVERSMOOTHING("oversmoothing", "oversmoothing", Kind.NOISE),
    HIGH_PASS_DISTORTION("high pass distortion", "high pass distortion", Kind.NOISE),
    COARSE_DIGITISATION("coarse digitisation", "coarse digitisation", Kind.NOISE),
    CHEWING("chewing", "chewing", Kind.NOISE),
    FOOTSTEPS("footsteps", "footsteps", Kind.NOISE),
    FINGER_TAPPING("finger tapping", "finger tapping", Kind.NOISE),
    RAILWAY_CURRENT("railway current", "railway current", Kind.NOISE),
    SQUARE_WAVES("square wave interference", "square waves", Kind.NOISE),
    SAWTOOTH_BASELINE("a sawtooth baseline", "sawtooth baseline", Kind.NOISE),
    SCANNER_PULSES("scanner pulses", "scanner pulses", Kind.NOISE),
    ALARM_TONES("alarm tones", "alarm tones", Kind.NOISE),
    ELECTROCAUTERY("electrocautery", "electrocautery", Kind.NOISE),
    DEFIBRILLATOR_SHOCK("a defibrillator shock", "defibrillator shock", Kind.NOISE),
    CONSTANT_OFFSET("a constant offset", "constant offset", Kind.NOISE),
    SMEARED_GEL("smeared gel", "smeared gel", Kind.NOISE),
    SHUFFLED_CHEST_LEADS("shuffled chest leads", "chest lead order", Kind.NOISE),
    FILTER_RINGING("filter ringing", "filter ringing", Kind.NOISE),
    ECHO("an echo", "echo", Kind.NOISE),
    CROSSTALK("lead crosstalk", "crosstalk", Kind.NOISE),
    FADING_SIGNAL("a fading signal", "fading signal", Kind.NOISE),
    PULSATING_GAIN("a pulsating gain", "pulsating gain", Kind.NOISE),
    FROZEN_ENDING("a frozen ending", "frozen ending", Kind.NOISE),
    RECTIFIED_SIGNAL("a rectified signal", "rectified signal", Kind.NOISE),
    DEAD_ZONE("a dead zone", "dead zone", Kind.NOISE),
    COMPRESSED_RANGE("a compressed range", "compressed range", Kind.NOISE),
    SLOW_SAMPLING("slow sampling", "slow sampling", Kind.NOISE);

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

    Finding(String text, String concept, Kind kind) {
        this.text = text;
        this.concept = concept;
        this.kind = kind;
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

    /** The finding with that text. */
    public static Optional<Finding> named(String text) {
        return Arrays.stream(values()).filter(f -> f.text.equals(text)).findFirst();
    }

    /** The concept of every finding, by its text: what a split by attribute goes by. */
    public static Map<String, String> concepts() {
        return Arrays.stream(values()).collect(Collectors.toMap(Finding::text, Finding::concept));
    }
}
