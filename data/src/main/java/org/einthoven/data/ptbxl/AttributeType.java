package org.einthoven.data.ptbxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/**
 * One of the six types of attributes that ECG-QA asks for, as PTB-XL's own labels tell them.
 *
 * <p>{@link #domains()} names what an open question can be about, with the attributes that can be its answer: all of the type,
 * mostly, but a rhythm and a diagnosis are asked for apart.
 */
sealed interface AttributeType
        permits StatementType, NoiseType, StageType, ExtraSystoleType, HeartAxisType, NumericType {
    /** As ECG-QA names it: {@code scp_code}. */
    String label();

    /** All attributes, in a fixed order. */
    List<String> attributes();

    /** What {@code labels} say of {@code attribute}. */
    Truth truth(Labels labels, String attribute);

    /** By the words that an open question uses for it. */
    SequencedMap<String, List<String>> domains();

    /** The wordings of a yes-no question about an attribute. */
    default List<String> verifying(String attribute) {
        return List.of(
                "Does this ECG show " + attribute + "?",
                "Is there " + attribute + " in this ECG?",
                "Would you report " + attribute + " here?",
                "Are there signs of " + attribute + " in this tracing?");
    }

    /** Those of {@code domain} that the ECG has. */
    default List<String> shown(Labels labels, List<String> domain) {
        List<String> shown = new ArrayList<>();
        domain.stream().filter(a -> truth(labels, a) == Truth.YES).forEach(shown::add);
        return shown;
    }

    /** Whether the labels leave no doubt about any of {@code domain}. */
    default boolean isSettled(Labels labels, List<String> domain) {
        return domain.stream().map(a -> truth(labels, a)).allMatch(t -> t == Truth.YES || t == Truth.NO);
    }

    /** Column names to words. */
    static String words(String column) {
        return column.replace('_', ' ').toLowerCase(Locale.ROOT);
    }
}
