package org.einthoven.data.episodes;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.einthoven.tensor.Rng;

/** The ways of dividing groups and patients that are tried, drawn at random but for a division that was published. */
final class Divisions {
    private static final double TEST_GROUPS = 0.2;

    /** Many where items are few and every one counts, few where there are plenty. */
    private static final int MOST = 120;

    private static final int FEWEST = 4;
    private static final int ITEMS_LOOKED_AT = 100_000;

    private final StrictRules.Apart apart;
    private final List<Asked> items;
    private final Rng rng;
    private final List<String> units;
    private final SortedSet<String> patients;
    private final Optional<Division> published;

    Divisions(StrictRules rules, StrictItems all, Rng rng) {
        this.apart = rules.apart();
        this.items = all.items;
        this.published = all.published.map(sides -> Division.of(sides.sides(all.patientOf)));
        this.rng = rng;
        this.units = items.stream()
                .flatMap(asked -> asked.units().stream())
                .distinct()
                .sorted()
                .toList();
        this.patients = items.stream()
                .flatMap(asked -> asked.patients().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What must not stand on two sides. */
    List<String> units() {
        return units;
    }

    /** How many to try. */
    int count() {
        boolean one = published.isPresent() || !apart.leftOut().isEmpty(); // the same half, whatever is left out
        return one ? 1 : Math.clamp(ITEMS_LOOKED_AT / Math.max(1, items.size()), FEWEST, MOST);
    }

    /**
     * One of them; empty when there are too few groups for any.
     *
     * @param testUnits the fewest units that the test side needs
     * @param trainUnits the fewest that training needs
     */
    Optional<Division> get(int index, int testUnits, int trainUnits) {
        return published.or(() -> draw(testUnits, trainUnits, index % 2 == 1, rng.split(index).stream()));
    }

    /** @param thrifty whether patients go where their rare yes answers are needed; otherwise they are drawn evenly */
    private Optional<Division> draw(int testUnits, int trainUnits, boolean thrifty, RandomGenerator random) {
        if (apart.split() == Split.PATIENT) {
            return Optional.of(division(Set.of(), Set.of(), false, random));
        }
        List<String> shuffled = Draw.shuffled(units, random);
        if (!apart.leftOut().isEmpty()) {
            Optional<String> another = shuffled.stream()
                    .filter(unit -> apart.validation() && !unit.equals(apart.leftOut()))
                    .findFirst();
            return Optional.of(
                    division(Set.of(apart.leftOut()), another.map(Set::of).orElse(Set.of()), thrifty, random));
        }
        boolean holdMany = apart.split() == Split.TEMPLATE || apart.split() == Split.GROUP;
        int least = holdMany ? 1 : testUnits;
        int held = apart.heldOut() > 0 ? apart.heldOut() : Math.max(least, (int) Math.ceil(TEST_GROUPS * units.size()));
        int left = apart.split() == Split.ATTRIBUTE ? trainUnits : 1;
        int away = apart.validation() ? 2 * held : held;
        if (units.size() - away < left) {
            return Optional.empty();
        }
        return Optional.of(division(
                Set.copyOf(shuffled.subList(0, held)), Set.copyOf(shuffled.subList(held, away)), thrifty, random));
    }

    /** Patients for validation are drawn from those that are not for test, who stay as they are without validation. */
    private Division division(
            Set<String> testUnits, Set<String> validationUnits, boolean thrifty, RandomGenerator random) {
        Set<String> forTest = patients(testUnits, thrifty, Set.of(), random);
        Set<String> forValidation = apart.validation() ? patients(validationUnits, thrifty, forTest, random) : Set.of();
        return new Division(testUnits, forTest, validationUnits, forValidation);
    }

    /** Patients for questions about some units; {@code taken} ones are for others already. */
    private Set<String> patients(Set<String> testUnits, boolean thrifty, Set<String> taken, RandomGenerator random) {
        Set<String> forTest = new HashSet<>();
        Set<String> forTraining = new HashSet<>();
        if (thrifty) {
            items.stream()
                    .filter(Asked::isRare)
                    .forEach(asked ->
                            (testUnits.containsAll(asked.units()) ? forTest : forTraining).addAll(asked.patients()));
        }
        Set<String> chosen = new HashSet<>();
        for (String patient : patients) {
            if (taken.contains(patient)) {
                continue;
            }
            boolean onlyTest = forTest.contains(patient) && !forTraining.contains(patient);
            boolean onlyTraining = forTraining.contains(patient) && !forTest.contains(patient);
            boolean drawn = random.nextDouble() < apart.patientShare();
            if (onlyTest || !onlyTraining && drawn) {
                chosen.add(patient);
            }
        }
        return chosen;
    }
}
