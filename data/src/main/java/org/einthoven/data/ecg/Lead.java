package org.einthoven.data.ecg;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The twelve standard leads in the order the encoder expects: I II III aVR aVL aVF V1 .. V6. */
public enum Lead {
    I("I"),
    II("II"),
    III("III"),
    AVR("aVR"),
    AVL("aVL"),
    AVF("aVF"),
    V1("V1"),
    V2("V2"),
    V3("V3"),
    V4("V4"),
    V5("V5"),
    V6("V6");

    /** How many standard leads there are. */
    public static final int COUNT = values().length;

    private final String label;

    Lead(String label) {
        this.label = label;
    }

    /** The name as printed on paper, e.g. {@code aVR}. */
    public String label() {
        return label;
    }

    /** The lead called {@code name}, in any case ({@code AVR}, {@code avr}); empty when it is no standard lead. */
    public static Optional<Lead> named(String name) {
        String wanted = name.strip().toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(lead -> lead.name().equals(wanted))
                .findFirst();
    }

    /** All twelve names in standard order. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Lead::label).toList();
    }
}
