package org.einthoven.data.synthetic;

import java.util.List;

/** Questions about findings, in our own words. {@code %s} stands for the finding. */
final class Wording {
    private static final List<String> ANY = List.of(
            "does this ecg show %s?",
            "is there %s in this ecg?",
            "can you see %s here?",
            "does the trace have %s?",
            "would you report %s for this heart?",
            "are there signs of %s?");

    private static final List<String> NOISE = List.of(
            "does this ecg show %s?",
            "is there %s in this ecg?",
            "is the trace disturbed by %s?",
            "does the recording suffer from %s?",
            "can you see %s here?",
            "are there signs of %s?");

    private Wording() {}

    static List<String> templates(Finding finding) {
        return finding.kind() == Finding.Kind.NOISE ? NOISE : ANY;
    }

    static String question(Finding finding, int template) {
        return templates(finding).get(template).formatted(finding.text());
    }
}
