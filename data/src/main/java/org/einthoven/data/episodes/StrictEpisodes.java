package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/**
 * Plans strict verify tasks: which groups and which patients go to the test side, and whether tasks can be crossed there.
 * Groups and patients are drawn at random among the divisions that leave both sides enough.
 */
public final class StrictEpisodes {
    private static final double TEST_GROUPS = 0.2;

    /** Divisions that are tried: many where items are few and every one counts, few where there are plenty. */
    private static final int MOST_DIVISIONS = 120;

    private static final int FEWEST_DIVISIONS = 4;
    private static final int ITEMS_LOOKED_AT = 100_000;

    private final EcgQa qa;
    private final StrictRules rules;
    private final Rng rng;
    private final StrictItems all;
    private final List<Asked> items;
    private final List<String> units;
    private final SortedSet<String> patients;
    private final Map<List<Object>, Optional<TableSampler>> trainSides = new HashMap<>();

    private StrictEpisodes(EcgQa qa, StrictRules rules, IntFunction<String> patientOf, Rng rng) {
        this.qa = qa;
        this.rules = rules;
        this.rng = rng;
        this.all = new StrictItems(qa, rules, patientOf);
        this.items = all.items;
        this.units = List.copyOf(items.stream().map(Asked::unit).collect(Collectors.toCollection(TreeSet::new)));
        this.patients = items.stream().map(Asked::patient).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param patientOf the patient of an ECG
     * @throws FormatException when there is too little data, saying what is there, what is needed and what to lower
     */
    public static EpisodePlan plan(EcgQa qa, StrictRules rules, IntFunction<String> patientOf, Rng rng) {
        return new StrictEpisodes(qa, rules, patientOf, rng.split("strict split")).plan();
    }

    /**
     * Crossed tasks from all items: for data whose division was made before, such as two cohorts of different patients.
     *
     * @throws FormatException when there is too little data, as in {@link #plan}
     */
    public static EpisodeSampler undivided(EcgQa qa, StrictRules rules, IntFunction<String> patientOf) {
        StrictEpisodes strict = new StrictEpisodes(qa, rules, patientOf, Rng.of(0));
        TableSampler sampler = strict.sampler(rules.shape(), true, item -> true);
        if (!sampler.feasible()) {
            throw strict.tooLittle();
        }
        return sampler;
    }

    /** Which groups and patients are for test. */
    private record Division(Set<String> testUnits, Set<String> testPatients) {}

    private EpisodePlan plan() {
        EpisodeShape shape = rules.shape();
        if (items.stream().map(Asked::concept).distinct().count() < shape.ways()) {
            throw tooLittle();
        }
        return find(shape, true)
                .or(() -> find(shape, false))
                .or(() -> smaller(shape).stream()
                        .map(test -> find(test, false))
                        .flatMap(Optional::stream)
                        .findFirst())
                .orElseThrow(this::tooLittle);
    }

    /** Smaller test tasks, where the test side cannot hold full ones: fewer queries, then shots, then ways. */
    private static List<EpisodeShape> smaller(EpisodeShape full) {
        List<EpisodeShape> shapes = new ArrayList<>();
        for (int ways = full.ways(); ways > 0; ways--) {
            for (int shots = full.shots(); shots > 0; shots--) {
                for (int queries = full.queries(); queries > 0; queries--) {
                    shapes.add(new EpisodeShape(ways, shots, queries));
                }
            }
        }
        return shapes.subList(1, shapes.size());
    }

    /** The first division that leaves full tasks for training and tasks of size {@code test} for test. */
    private Optional<EpisodePlan> find(EpisodeShape test, boolean crossed) {
        int divisions = Math.clamp(ITEMS_LOOKED_AT / Math.max(1, items.size()), FEWEST_DIVISIONS, MOST_DIVISIONS);
        for (int i = 0; i < divisions; i++) {
            Optional<Division> division = divide(test.ways(), i % 2 == 1, rng.split(i).stream());
            if (division.isEmpty()) {
                return Optional.empty();
            }
            Division d = division.get();
            Optional<TableSampler> train =
                    trainSides.computeIfAbsent(List.of(test.ways(), i, crossed), key -> Optional.of(sampler(
                                    rules.shape(), crossed, asked -> !isTestUnit(d, asked) && !isTestPatient(d, asked)))
                            .filter(TableSampler::feasible));
            if (train.isEmpty()) {
                continue;
            }
            TableSampler testSide = sampler(
                    test,
                    crossed,
                    asked -> (rules.split() == Split.PATIENT || isTestUnit(d, asked)) && isTestPatient(d, asked));
            if (testSide.feasible()) {
                return Optional.of(plan(d, train.get(), testSide, crossed));
            }
        }
        return Optional.empty();
    }

    private static boolean isTestUnit(Division d, Asked asked) {
        return d.testUnits.contains(asked.unit());
    }

    private static boolean isTestPatient(Division d, Asked asked) {
        return d.testPatients.contains(asked.patient());
    }

    private TableSampler sampler(EpisodeShape shape, boolean crossed, Predicate<Asked> side) {
        List<Asked> own = items.stream().filter(side).toList();
        if (!crossed) {
            return new BalancedSampler(qa.source(), AnswerTable.byAttribute(own), shape);
        }
        AnswerTable table = AnswerTable.byForm(own);
        return shape.ways() == 1
                ? new MatchedSampler(qa.source(), table, all.abnormalEcgs, shape)
                : new CrossedSampler(qa.source(), table, shape);
    }

    /**
     * One random division; empty when there are too few groups for any.
     *
     * @param testWays attributes the test side needs
     * @param thrifty whether patients go where their rare yes answers are needed; otherwise they are drawn evenly
     */
    private Optional<Division> divide(int testWays, boolean thrifty, RandomGenerator random) {
        if (rules.split() == Split.PATIENT) {
            return Optional.of(new Division(Set.of(), testPatients(Set.of(), false, random)));
        }
        int least = rules.split() == Split.TEMPLATE ? 1 : testWays;
        int count =
                rules.heldOut() > 0 ? rules.heldOut() : Math.max(least, (int) Math.ceil(TEST_GROUPS * units.size()));
        int left = rules.split() == Split.ATTRIBUTE ? rules.shape().ways() : 1;
        if (units.size() - count < left) {
            return Optional.empty();
        }
        Set<String> testUnits = Set.copyOf(Draw.shuffled(units, random).subList(0, count));
        return Optional.of(new Division(testUnits, testPatients(testUnits, thrifty, random)));
    }

    private Set<String> testPatients(Set<String> testUnits, boolean thrifty, RandomGenerator random) {
        Set<String> forTest = new HashSet<>();
        Set<String> forTraining = new HashSet<>();
        if (thrifty) {
            items.stream()
                    .filter(Asked::isYes)
                    .forEach(asked -> (testUnits.contains(asked.unit()) ? forTest : forTraining).add(asked.patient()));
        }
        Set<String> chosen = new HashSet<>();
        for (String patient : patients) {
            boolean onlyTest = forTest.contains(patient) && !forTraining.contains(patient);
            boolean onlyTraining = forTraining.contains(patient) && !forTest.contains(patient);
            boolean drawn = random.nextDouble() < rules.patientShare();
            if (onlyTest || !onlyTraining && drawn) {
                chosen.add(patient);
            }
        }
        return chosen;
    }

    private EpisodePlan plan(Division d, TableSampler train, TableSampler test, boolean crossed) {
        List<String> notes = new ArrayList<>(all.notes);
        Optional<EpisodeSampler> seen = Optional.empty();
        if (rules.split() == Split.ATTRIBUTE) {
            TableSampler onTrained =
                    sampler(train.shape(), crossed, asked -> !isTestUnit(d, asked) && isTestPatient(d, asked));
            seen = onTrained.feasible() ? Optional.of(onTrained) : Optional.empty();
        }
        if (!crossed) {
            notes.add(
                    "these items cannot be crossed (too few ECGs answer yes to one attribute and no to another): answers"
                            + " are balanced per attribute, and support and query have different patients, but the ECG alone can"
                            + " tell the answer; blind controls are reported and chance is not asserted");
        } else if (train.table.contradictions() + test.table.contradictions() > 0) {
            notes.add(train.table.contradictions() + test.table.contradictions()
                    + " pairs of ECG and attribute are answered both yes and no and were left out");
        }
        if (!test.shape().equals(rules.shape())) {
            notes.add("test tasks are " + test.shape() + " instead of " + rules.shape()
                    + ": the test side holds no more (" + described(test.table) + ")");
        }
        unusable(train, "training", notes);
        unusable(test, "test", notes);
        return new EpisodePlan("strict", train, test, seen, crossed, LeakReport.between(train, test), notes);
    }

    private static void unusable(TableSampler side, String name, List<String> notes) {
        Set<String> usable = side.concepts().keySet();
        side.table.rows.stream()
                .filter(row -> !usable.contains(row.attribute))
                .forEach(row -> notes.add("not asked in " + name + " tasks, too few: " + side.table.describe(row)));
    }

    private static String described(AnswerTable table) {
        return table.rows.stream().map(table::describe).collect(Collectors.joining("; "));
    }

    private FormatException tooLittle() {
        EpisodeShape shape = rules.shape();
        AnswerTable table = AnswerTable.byAttribute(items);
        long concepts = table.rows.stream().map(row -> row.concept).distinct().count();
        String rows = table.rows.size() > 12
                ? table.rows.subList(0, 12).stream().map(table::describe).collect(Collectors.joining("; ")) + "; and "
                        + (table.rows.size() - 12) + " more"
                : described(table);
        return new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "strict split by " + rules.split().name().toLowerCase(Locale.ROOT),
                "cannot hold " + shape + " tasks on both sides: each side needs " + shape.ways()
                        + " attributes of different concepts with " + shape.perClass() + " yes and " + shape.perClass()
                        + " no of its own patients; there are " + concepts + " concepts ("
                        + (rows.isEmpty() ? "none" : rows)
                        + "); lower --n_way, --k_spt, --k_qry or --min-class-size, shorten --exclude-templates, or take"
                        + " --split patient");
    }
}
