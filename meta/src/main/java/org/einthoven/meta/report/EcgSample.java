package org.einthoven.meta.report;

import java.util.SequencedMap;

/**
 * An ECG with a question, what is right and what was said.
 *
 * @param confidence of the answer given, NaN where unknown
 * @param hz samples per second
 * @param millivolts samples of each lead by its name, NaN where one is missing
 */
public record EcgSample(
        String ecg,
        String question,
        String gold,
        String predicted,
        double confidence,
        double hz,
        SequencedMap<String, double[]> millivolts) {}
