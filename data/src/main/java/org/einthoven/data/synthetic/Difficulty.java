package org.einthoven.data.synthetic;

/**
 * How hard the findings are to see. The standard was set once, with untrained and linear features only, so that a ridge
 * regression on five examples is neither hopeless nor perfect.
 *
 * @param expression how strongly findings change the waveform; 1 is the textbook
 * @param noise noise that every recording has, in units of a good one
 * @param variety how much patients differ from one another; 1 is a usual population
 */
public record Difficulty(double expression, double noise, double variety) {
    /** Textbook findings in clean recordings of very similar patients: for looking at. */
    public static final Difficulty TEXTBOOK = new Difficulty(1.2, 0.2, 0.2);

    /** What experiments use. */
    public static final Difficulty STANDARD = new Difficulty(1.1, 1, 1);
}
