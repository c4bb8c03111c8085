package org.einthoven.data;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.einthoven.tensor.FormatException;

/** A division of ECGs into training, validation and test that others have published, so that results can be compared with theirs. */
public sealed interface PublishedSides permits StratFolds, EcgLists {
    /** What an ECG is for. */
    enum Side {
        TRAINING,
        VALIDATION,
        TEST
    }

    /** The file or folder that tells it. */
    String source();

    /** What it is called: {@code strat_fold}, or the published lists. */
    String name();

    /** The side of an ECG; empty where the source does not name it. */
    Optional<Side> side(int ecg);

    /** Where an ECG stands that has a side, in words: {@code in fold 3}. */
    String place(int ecg);

    /** ECGs that have no side, in words behind "ECGs that". */
    String lacking();

    /** What to do where the source is not as it was published. */
    String remedy();

    /** Which part is for what, in words. */
    String explained(boolean validated);

    /** What is to be said behind the part that is for validation. */
    static String unasked(boolean validated) {
        return validated ? "" : " (of whom nothing is asked without --validation)";
    }

    /** Whether all of these ECGs have a side. */
    default boolean has(Collection<Integer> ecgs) {
        return ecgs.stream().allMatch(ecg -> side(ecg).isPresent());
    }

    /**
     * The side of each patient.
     *
     * @param patientOfEcg of ECGs that have a side; others are passed over
     * @throws FormatException when ECGs of one patient stand on two sides
     */
    default SortedMap<String, Side> sides(SortedMap<Integer, String> patientOfEcg) {
        SortedMap<String, Side> sides = new TreeMap<>();
        Map<String, Integer> first = new TreeMap<>();
        patientOfEcg.forEach((ecg, patient) -> side(ecg).ifPresent(side -> {
            int other = first.computeIfAbsent(patient, p -> ecg);
            if (sides.merge(patient, side, (was, is) -> was) != side) {
                throw new FormatException(
                        source(),
                        FormatException.WHOLE_FILE,
                        name(),
                        "patient " + patient + " stands on two sides: ECG " + other + " is " + place(other)
                                + " and ECG " + ecg + " " + place(ecg) + "; " + remedy() + ", or --split patient");
            }
        }));
        return sides;
    }
}
