package org.einthoven.data.synthetic;

/**
 * How hard the findings are to see. The standard was fixed before any test of the question answering, by one rule: ridge
 * regression on five examples of the pooled vector is to score between 0.65 and 0.90. It scores 0.69 and 0.71 (findings
 * trained on, held out) with {@code einthoven demo --seed 999}, another seed than the demo's.
 *
 * @param expression how strongly findings change the waveform; 1 is the textbook
 * @param noise noise that every recording has, in units of a good one
 * @param variety how much patients differ from one another; 1 is a usual population
 * @param company how often findings occur, and so how many others stand in the way of one; 1 is about fourteen in an ECG
 */
public record Difficulty(double expression, double noise, double variety, double company) {
    /** Textbook findings in clean recordings of very similar patients: for looking at. */
    public static final Difficulty TEXTBOOK = new Difficulty(1.2, 0.2, 0.2, 1);

    /** What experiments use. */
    public static final Difficulty STANDARD = new Difficulty(1.1, 1, 1, 0.125);

    /** As this, but findings occur so often. */
    public Difficulty withCompany(double times) {
        return new Difficulty(expression, noise, variety, times);
    }
}
