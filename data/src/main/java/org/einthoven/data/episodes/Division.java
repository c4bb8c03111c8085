package org.einthoven.data.episodes;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.einthoven.data.PublishedSides.Side;

/**
 * Which units (concepts, groups, templates, as the split says) and which patients are for test, and which for validation; all
 * others are for training. What asks for something of two sides, such as a pair of attributes or a comparison of two people's
 * ECGs, is on none.
 */
record Division(
        Set<String> testUnits, Set<String> testPatients, Set<String> validationUnits, Set<String> validationPatients) {

    /** Of patients alone. Those for validation are not trained on, whether or not anything is asked of them. */
    static Division of(Map<String, Side> sides) {
        return new Division(Set.of(), patients(sides, Side.TEST), Set.of(), patients(sides, Side.VALIDATION));
    }

    private static Set<String> patients(Map<String, Side> sides, Side side) {
        return sides.keySet().stream().filter(p -> sides.get(p) == side).collect(Collectors.toUnmodifiableSet());
    }

    boolean isForTraining(Asked asked) {
        return isTrained(asked)
                && asked.patients().stream().noneMatch(p -> testPatients.contains(p) || validationPatients.contains(p));
    }

    boolean isForTest(Asked asked) {
        return testUnits.containsAll(asked.units()) && testPatients.containsAll(asked.patients());
    }

    boolean isForValidation(Asked asked) {
        return validationUnits.containsAll(asked.units()) && validationPatients.containsAll(asked.patients());
    }

    /** What training asks about too, of patients for test. */
    boolean isSeen(Asked asked) {
        return isTrained(asked) && testPatients.containsAll(asked.patients());
    }

    private boolean isTrained(Asked asked) {
        return asked.units().stream().noneMatch(u -> testUnits.contains(u) || validationUnits.contains(u));
    }
}
