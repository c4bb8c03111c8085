package org.einthoven.data;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.einthoven.tensor.FormatException;

/**
 * The division that PTB-XL comes with: ten folds, each patient with all ECGs in one of them. Its authors recommend 1 to 8 for
 * training, 9 for validation and 10 for test (Wagner et al., Scientific Data 2020; every record of the last two was read by a
 * human).
 *
 * @param source the table that tells them
 * @param foldOfEcg 1 to 10 by ECG id
 */
public record StratFolds(String source, Map<Integer, Integer> foldOfEcg) {
    /** The table's column. */
    public static final String COLUMN = "strat_fold";

    /** How many there are. */
    public static final int COUNT = 10;

    /** What a fold is for. */
    public enum Side {
        /** Folds 1 to 8. */
        TRAINING,
        /** Fold 9. */
        VALIDATION,
        /** Fold 10. */
        TEST
    }

    public StratFolds {
        foldOfEcg = Map.copyOf(foldOfEcg);
    }

    /** Whether the table names all of these ECGs. */
    public boolean has(Collection<Integer> ecgs) {
        return foldOfEcg.keySet().containsAll(ecgs);
    }

    /** The side of an ECG; empty where the table does not name it. */
    public Optional<Side> side(int ecg) {
        return Optional.ofNullable(foldOfEcg.get(ecg)).map(StratFolds::sideOf);
    }

    private static Side sideOf(int fold) {
        return switch (fold) {
            case COUNT -> Side.TEST;
            case COUNT - 1 -> Side.VALIDATION;
            default -> Side.TRAINING;
        };
    }

    /**
     * The side of each patient.
     *
     * @param patientOfEcg of ECGs that have a fold; others are passed over
     * @throws FormatException when ECGs of one patient stand on two sides
     */
    public SortedMap<String, Side> sides(SortedMap<Integer, String> patientOfEcg) {
        SortedMap<String, Side> sides = new TreeMap<>();
        Map<String, Integer> first = new TreeMap<>();
        patientOfEcg.forEach((ecg, patient) -> side(ecg).ifPresent(side -> {
            int other = first.computeIfAbsent(patient, p -> ecg);
            if (sides.merge(patient, side, (was, is) -> was) != side) {
                throw new FormatException(
                        source,
                        FormatException.WHOLE_FILE,
                        COLUMN,
                        "patient " + patient + " stands on two sides: ECG " + other + " is in fold "
                                + foldOfEcg.get(other) + " and ECG " + ecg + " in fold " + foldOfEcg.get(ecg)
                                + "; take the table as it is published, or --split patient");
            }
        }));
        return sides;
    }
}
