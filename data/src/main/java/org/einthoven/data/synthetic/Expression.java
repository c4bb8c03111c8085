package org.einthoven.data.synthetic;

import java.util.random.RandomGenerator;

/** How strongly each finding shows in one recording: around the textbook strength, different from patient to patient. */
final class Expression {
    private static final double WEAKEST = 0.75;
    private static final double STRONGEST = 1.3;

    private final double[] strength = new double[Finding.values().length];

    Expression(Difficulty difficulty, RandomGenerator random) {
        for (Finding finding : Finding.values()) {
            strength[finding.ordinal()] = difficulty.expression() * Curves.between(WEAKEST, STRONGEST, random);
        }
    }

    double of(Finding finding) {
        return strength[finding.ordinal()];
    }
}
