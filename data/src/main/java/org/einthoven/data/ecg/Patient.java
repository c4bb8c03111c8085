package org.einthoven.data.ecg;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a record says about the person it was taken from; anything may be unknown.
 *
 * @param id the data set's name for the patient
 * @param age in years
 * @param sex as recorded
 * @param diagnoses codes in the data set's own system (SNOMED CT in the PhysioNet Challenges)
 */
public record Patient(Optional<String> id, OptionalInt age, Sex sex, List<String> diagnoses) {
    /** Nothing is known. */
    public static final Patient UNKNOWN = new Patient(Optional.empty(), OptionalInt.empty(), Sex.UNKNOWN, List.of());

    public Patient {
        diagnoses = List.copyOf(diagnoses);
    }

    /** A patient known by name only. */
    public static Patient named(String id) {
        return new Patient(Optional.of(id), OptionalInt.empty(), Sex.UNKNOWN, List.of());
    }

    public enum Sex {
        FEMALE,
        MALE,
        UNKNOWN;

        /** Reads {@code F}, {@code Female}, {@code m}, {@code male}; anything else is unknown. */
        public static Sex parse(String text) {
            return switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "f", "female" -> FEMALE;
                case "m", "male" -> MALE;
                default -> UNKNOWN;
            };
        }
    }
}
