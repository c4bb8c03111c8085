package org.einthoven.data.synthetic;

/**
 * How hard the findings are to see. The standard was fixed before any test of the question answering, by one rule: ridge
 * regression on five examples of the pooled vector is to score between 0.65 and 0.90. With {@code company} 1 it scored 0.64 and
 * 0.59 (findings trained on, held out), and stronger findings did not help, since all are in each other's way; with 0.5 it is
 * 0.71 and 0.72.
 *
 * @param expression how strongly findings change the waveform; 1 is the textbook
 * @param noise noise that every recording has, in units of a good one
 * @param variety how much patients differ from one another; 1 is a usual population
 * @param company how often findings occur, and so how many others stand in the way of one; 1 is about six in an ECG
 */
public record Difficulty(double expression, double noise, double variety, double company) {
    /** Textbook findings in clean recordings of very similar patients: for looking at. */
    public static final Difficulty TEXTBOOK = new Difficulty(1.2, 0.2, 0.2, 1);

    /** What experiments use. */
    public static final Difficulty STANDARD = new Difficulty(1.1, 1, 1, 0.5);
}
