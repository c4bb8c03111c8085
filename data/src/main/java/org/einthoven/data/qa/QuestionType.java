package org.einthoven.data.qa;

import java.util.Arrays;
import java.util.Optional;

/** The seven question types of ECG-QA; the first three are about one ECG. */
public enum QuestionType {
    SINGLE_VERIFY("single-verify"),
    SINGLE_CHOOSE("single-choose"),
    SINGLE_QUERY("single-query"),
    CONSECUTIVE_VERIFY("comparison_consecutive-verify"),
    CONSECUTIVE_QUERY("comparison_consecutive-query"),
    IRRELEVANT_VERIFY("comparison_irrelevant-verify"),
    IRRELEVANT_QUERY("comparison_irrelevant-query");

    private final String label;

    QuestionType(String label) {
        this.label = label;
    }

    /** Whether it is about two ECGs. */
    public boolean isComparison() {
        return ordinal() > SINGLE_QUERY.ordinal();
    }

    /** The name in the published files, e.g. {@code single-verify}. */
    public String label() {
        return label;
    }

    /** The type with that name in the published files. */
    public static Optional<QuestionType> labelled(String label) {
        return Arrays.stream(values()).filter(t -> t.label.equals(label)).findFirst();
    }
}
