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
 * Plans strict tasks: which groups and which patients go to the test side, and whether tasks can be crossed there.
 * Groups and patients are drawn at random among the divisions that leave both sides enough.
 */
public final class StrictEpisodes {
    /** The field of the failure that says that a group is asked about too rarely. */
    public static final String TOO_FEW = "too few items";

    private static final double TEST_GROUPS = 0.2;

    /** Divisions that are tried: many where items are few and every one counts, few where there are plenty. */
    private static final int MOST_DIVISIONS = 120;

    private static final int FEWEST_DIVISIONS = 4;
    private static final int ITEMS_LOOKED_AT = 100_000;
    private static final int ROWS_SHOWN = 8;

    private final EcgQa qa;
    private final StrictRules rules;
    private final Rng rng;
    private final StrictItems all;
    private final List<Asked> items;
    private final List<String> units;
    private final SortedSet<String> patients;
    private final List<TaskKind> kinds;
    private final Map<List<Object>, Optional<StrictSampler>> trainSides = new HashMap<>();

    private StrictEpisodes(EcgQa qa, StrictRules rules, IntFunction<String> patientOf, Rng rng) {
        this.qa = qa;
        this.rules = rules;
        this.rng = rng;
        this.all = new StrictItems(qa, rules, patientOf);
        this.items = all.items;
        this.kinds =
                rules.types().stream().map(TaskKind::of).distinct().sorted().toList();
        SortedSet<String> units = new TreeSet<>();
        items.forEach(asked -> units.addAll(asked.units()));
        this.units = List.copyOf(units);
        this.patients = items.stream()
                .flatMap(asked -> asked.patients().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param patientOf the patient of an ECG
     * @throws FormatException when there is too little data, saying what is there, what is needed and what to lower; its
     *     field is {@link #TOO_FEW} where one group is left out
     * @throws FormatException when a group is to be left out that nothing is asked about, naming those that there are
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
        StrictSampler sampler = strict.sampler(rules.shape(), true, item -> true);
        if (!sampler.feasible()) {
            throw strict.tooLittle();
        }
        return sampler;
    }

    /** Which groups and patients are for test, and which for validation; all others are for training. */
    private record Division(
            Set<String> testUnits,
            Set<String> testPatients,
            Set<String> validationUnits,
            Set<String> validationPatients) {}

    private EpisodePlan plan() {
        EpisodeShape shape = rules.shape();
        if (isLeavingOut() && !units.contains(rules.apart().leftOut())) {
            throw noSuchGroup();
        }
        if (shape.ways() < leastWays() || concepts() < neededConcepts(shape.ways())) {
            throw tooLittle();
        }
        boolean crossable = shape.ways() > 1 || kinds.equals(List.of(TaskKind.VERIFY));
        Optional<EpisodePlan> asAsked = find(shape, crossable);
        if (isLeavingOut()) { // runs on one group after another are compared, so each is as asked for or is not
            return asAsked.orElseThrow(this::tooLittle);
        }
        return asAsked.or(() -> find(shape, false))
                .or(() -> smaller(shape).stream()
                        .map(test -> find(test, false))
                        .flatMap(Optional::stream)
                        .findFirst())
                .orElseThrow(this::tooLittle);
    }

    private boolean isLeavingOut() {
        return !rules.apart().leftOut().isEmpty();
    }

    /** Smaller test tasks, where the test side cannot hold full ones: fewer queries, then shots, then ways. */
    private List<EpisodeShape> smaller(EpisodeShape full) {
        List<EpisodeShape> shapes = new ArrayList<>();
        for (int ways = full.ways(); ways >= leastWays(); ways--) {
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
        int divisions = isLeavingOut()
                ? 1 // the same half of the patients, whatever is left out and however large tasks are
                : Math.clamp(ITEMS_LOOKED_AT / Math.max(1, items.size()), FEWEST_DIVISIONS, MOST_DIVISIONS);
        for (int i = 0; i < divisions; i++) {
            Optional<Division> division = divide(test.ways(), i % 2 == 1, rng.split(i).stream());
            if (division.isEmpty()) {
                return Optional.empty();
            }
            Division d = division.get();
            Optional<StrictSampler> train =
                    trainSides.computeIfAbsent(List.of(test.ways(), i, crossed), key -> Optional.of(sampler(
                                    rules.shape(), crossed, asked -> isTrainUnit(d, asked) && isTrainPatient(d, asked)))
                            .filter(StrictSampler::feasible));
            if (train.isEmpty()) {
                continue;
            }
            StrictSampler testSide = sampler(test, crossed, asked -> isTestUnit(d, asked) && isTestPatient(d, asked));
            Optional<StrictSampler> validation = validation(test, crossed, d);
            if (testSide.feasible() && (!rules.apart().validation() || validation.isPresent())) {
                return Optional.of(plan(d, train.get(), testSide, validation, crossed));
            }
        }
        return Optional.empty();
    }

    private Optional<StrictSampler> validation(EpisodeShape shape, boolean crossed, Division d) {
        if (!rules.apart().validation()) {
            return Optional.empty();
        }
        StrictSampler side = sampler(
                shape,
                crossed,
                asked -> d.validationUnits.containsAll(asked.units())
                        && d.validationPatients.containsAll(asked.patients()));
        return Optional.of(side).filter(StrictSampler::feasible);
    }

    /** What asks for something of either side, such as a pair of attributes, is on none. */
    private static boolean isTestUnit(Division d, Asked asked) {
        return d.testUnits.containsAll(asked.units());
    }

    private static boolean isTrainUnit(Division d, Asked asked) {
        return asked.units().stream().noneMatch(u -> d.testUnits.contains(u) || d.validationUnits.contains(u));
    }

    /** A comparison of ECGs of people on either side is on none. */
    private static boolean isTestPatient(Division d, Asked asked) {
        return d.testPatients.containsAll(asked.patients());
    }

    private static boolean isTrainPatient(Division d, Asked asked) {
        return asked.patients().stream().noneMatch(p -> d.testPatients.contains(p) || d.validationPatients.contains(p));
    }

    private StrictSampler sampler(EpisodeShape shape, boolean crossed, Predicate<Asked> side) {
        List<Asked> own = items.stream().filter(side).toList();
        return kinds.size() == 1
                ? sampler(kinds.get(0), shape, crossed, own)
                : new TakingTurns(kinds.stream()
                        .map(kind -> sampler(
                                kind,
                                shape,
                                crossed,
                                own.stream()
                                        .filter(asked -> asked.kind() == kind)
                                        .toList()))
                        .toList());
    }

    private TableSampler sampler(TaskKind kind, EpisodeShape shape, boolean crossed, List<Asked> own) {
        if (!crossed) {
            return new BalancedSampler(qa.source(), AnswerTable.byAttribute(kind, own), shape);
        }
        AnswerTable table = AnswerTable.byForm(kind, own);
        return switch (kind) {
            case VERIFY ->
                shape.ways() == 1
                        ? new MatchedSampler(qa.source(), table, all.abnormalEcgs, shape)
                        : new CrossedSampler(qa.source(), table, shape);
            case CHOOSE -> new CrossedSampler(qa.source(), table, shape);
            case QUERY -> new QuerySampler(qa.source(), table, shape);
        };
    }

    /** One answer is no choice. */
    private int leastWays() {
        return kinds.contains(TaskKind.QUERY) ? 2 : 1;
    }

    private long concepts() {
        return items.stream()
                .flatMap(asked -> asked.concepts().stream())
                .distinct()
                .count();
    }

    private int neededConcepts(int ways) {
        return kinds.stream().mapToInt(kind -> kind.concepts(ways)).max().orElseThrow();
    }

    /**
     * One random division; empty when there are too few groups for any.
     *
     * @param testWays attributes the test side needs
     * @param thrifty whether patients go where their rare yes answers are needed; otherwise they are drawn evenly
     */
    private Optional<Division> divide(int testWays, boolean thrifty, RandomGenerator random) {
        if (rules.apart().split() == Split.PATIENT) {
            return Optional.of(division(Set.of(), Set.of(), false, random));
        }
        List<String> shuffled = Draw.shuffled(units, random);
        if (isLeavingOut()) {
            Optional<String> another = shuffled.stream()
                    .filter(unit -> rules.apart().validation()
                            && !unit.equals(rules.apart().leftOut()))
                    .findFirst();
            return Optional.of(division(
                    Set.of(rules.apart().leftOut()), another.map(Set::of).orElse(Set.of()), thrifty, random));
        }
        boolean holdMany =
                rules.apart().split() == Split.TEMPLATE || rules.apart().split() == Split.GROUP;
        int least = holdMany ? 1 : neededConcepts(testWays);
        int count = rules.apart().heldOut() > 0
                ? rules.apart().heldOut()
                : Math.max(least, (int) Math.ceil(TEST_GROUPS * units.size()));
        int left = rules.apart().split() == Split.ATTRIBUTE
                ? neededConcepts(rules.shape().ways())
                : 1;
        int apart = rules.apart().validation() ? 2 * count : count;
        if (units.size() - apart < left) {
            return Optional.empty();
        }
        return Optional.of(division(
                Set.copyOf(shuffled.subList(0, count)), Set.copyOf(shuffled.subList(count, apart)), thrifty, random));
    }

    /** Patients for validation are drawn from those that are not for test, who stay as they are without validation. */
    private Division division(
            Set<String> testUnits, Set<String> validationUnits, boolean thrifty, RandomGenerator random) {
        Set<String> forTest = patients(testUnits, thrifty, Set.of(), random);
        Set<String> forValidation =
                rules.apart().validation() ? patients(validationUnits, thrifty, forTest, random) : Set.of();
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
            boolean drawn = random.nextDouble() < rules.apart().patientShare();
            if (onlyTest || !onlyTraining && drawn) {
                chosen.add(patient);
            }
        }
        return chosen;
    }

    private EpisodePlan plan(
            Division d, StrictSampler train, StrictSampler test, Optional<StrictSampler> validation, boolean crossed) {
        List<String> notes = new ArrayList<>(all.notes);
        Optional<EpisodeSampler> seen = Optional.empty();
        if (isLeavingOut()) {
            notes.add("left out of training: " + rules.apart().leftOut()
                    + ", with all that is asked about it; half of the patients are for test");
        } else if (rules.apart().split() == Split.ATTRIBUTE || rules.apart().split() == Split.GROUP) {
            StrictSampler onTrained =
                    sampler(train.shape(), crossed, asked -> isTrainUnit(d, asked) && isTestPatient(d, asked));
            seen = onTrained.feasible() ? Optional.of(onTrained) : Optional.empty();
        }
        if (!crossed) {
            notes.add(
                    "these items cannot be crossed (too few ECGs have one outcome of one and another of another): answers"
                            + " are balanced per attribute, and support and query have different patients, but the ECG alone can"
                            + " tell the answer; blind controls are reported and chance is not asserted");
        } else if (train.contradictions() + test.contradictions() > 0) {
            notes.add(train.contradictions() + test.contradictions()
                    + " pairs of ECG and attribute are answered both one way and another and were left out");
        }
        if (!test.shape().equals(rules.shape())) {
            notes.add("test tasks are " + test.shape() + " instead of " + rules.shape()
                    + ": the test side holds no more (" + test.described() + ")");
        }
        train.unusable().forEach(row -> notes.add("not asked in training tasks, too few: " + row));
        test.unusable().forEach(row -> notes.add("not asked in test tasks, too few: " + row));
        return new EpisodePlan(
                "strict", train, test, seen, validation.map(v -> v), crossed, LeakReport.between(train, test), notes);
    }

    private FormatException noSuchGroup() {
        return new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "--leave-out " + rules.apart().leftOut(),
                "is no group of attributes that is asked about here; there are " + String.join(", ", units));
    }

    private FormatException tooLittle() {
        EpisodeShape shape = rules.shape();
        String needed = kinds.stream().map(kind -> need(kind, shape)).collect(Collectors.joining(", and "));
        if (isLeavingOut()) {
            return new FormatException(
                    qa.source(),
                    FormatException.WHOLE_FILE,
                    TOO_FEW,
                    shape + " tasks about " + rules.apart().leftOut()
                            + " cannot be cut: half of the patients are for test, and of those it needs "
                            + needed + ", each of another patient; of all patients there are "
                            + there(items.stream()
                                    .filter(asked -> asked.units()
                                            .equals(Set.of(rules.apart().leftOut())))
                                    .toList())
                            + "; lower --n_way, --k_spt or --k_qry, or leave out another group");
        }
        return new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "strict split by " + rules.apart().split().name().toLowerCase(Locale.ROOT),
                "cannot hold " + shape + " tasks on both sides: each side needs " + needed
                        + " of its own patients; there are " + concepts() + " concepts (" + there(items)
                        + "); lower --n_way, --k_spt, --k_qry or --min-class-size"
                        + (rules.apart().split() == Split.PATIENT
                                ? " or shorten --exclude-templates"
                                : ", shorten --exclude-templates, or take --split patient"));
    }

    /** What is asked, with counts, the commonest first. */
    private String there(List<Asked> some) {
        List<String> rows = kinds.stream()
                .map(kind -> AnswerTable.byAttribute(
                        kind,
                        some.stream().filter(asked -> asked.kind() == kind).toList()))
                .flatMap(table -> table.described().stream())
                .toList();
        return rows.isEmpty()
                ? "none"
                : String.join("; ", rows.subList(0, Math.min(ROWS_SHOWN, rows.size())))
                        + (rows.size() > ROWS_SHOWN ? "; and " + (rows.size() - ROWS_SHOWN) + " more" : "");
    }

    private static String need(TaskKind kind, EpisodeShape shape) {
        int n = shape.ways();
        int each = shape.perClass();
        return switch (kind) {
            case VERIFY -> n + " attributes of different concepts with " + each + " yes and " + each + " no";
            case CHOOSE -> n + " pairs of attributes of different concepts with " + each + " of each outcome";
            case QUERY -> Math.max(2, n) + " answers to one question in one wording with " + each + " ECGs";
        };
    }
}
