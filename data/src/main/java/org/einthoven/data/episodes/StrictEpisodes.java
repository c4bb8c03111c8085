package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/**
 * Plans strict tasks: which groups and which patients go to the test side, and whether tasks can be crossed there.
 * Groups and patients are drawn at random among the divisions that leave both sides enough.
 */
public final class StrictEpisodes {
    /** The field of the failure that says that a group is asked about too rarely. */
    public static final String TOO_FEW = "too few items";

    private static final int ROWS_SHOWN = 8;

    private final EcgQa qa;
    private final StrictRules rules;
    private final StrictItems all;
    private final List<Asked> items;
    private final Divisions divisions;
    private final List<TaskKind> kinds;
    private final Map<List<Object>, Optional<StrictSampler>> trainSides = new HashMap<>();

    private StrictEpisodes(EcgQa qa, StrictRules rules, IntFunction<String> patientOf, Rng rng) {
        this.qa = qa;
        this.rules = rules;
        this.all = new StrictItems(qa, rules, patientOf);
        this.items = all.items;
        this.kinds =
                rules.types().stream().map(TaskKind::of).distinct().sorted().toList();
        this.divisions = new Divisions(rules, all, rng);
    }

    /**
     * @param patientOf the patient of an ECG
     * @throws FormatException when there is too little data, saying what is there, what is needed and what to lower; its
     *     field is {@link #TOO_FEW} where one group is left out and is asked about too rarely
     * @throws FormatException when a published division is to divide the patients and one of them stands on two sides, or ECG-QA's
     *     lists are to and are not beside the questions, or malformed
     * @throws FormatException when a group is to be left out that nothing is asked about, naming those that there are
     */
    public static EpisodePlan plan(EcgQa qa, StrictRules rules, IntFunction<String> patientOf, Rng rng) {
        Rng split = rng.split("strict split");
        StrictEpisodes strict = new StrictEpisodes(qa, rules, patientOf, split);
        return strict.plan().orElseThrow(() -> {
            boolean holdsWithout = rules.apart().validation()
                    && new StrictEpisodes(qa, rules.withoutValidation(), patientOf, split)
                            .plan()
                            .isPresent();
            return holdsWithout ? strict.tooLittleForValidation() : strict.tooLittle();
        });
    }

    /** Whether questions of these types, so many to a task, are crossed so that an ECG has all four outcomes of a choice. */
    public static boolean choosesFourfold(Set<QuestionType> types, int ways) {
        return types.stream().anyMatch(t -> TaskKind.of(t) == TaskKind.CHOOSE) && ways >= ChooseSampler.LEAST_WAYS;
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

    /** Empty when there is too little data. */
    private Optional<EpisodePlan> plan() {
        EpisodeShape shape = rules.shape();
        if (isLeavingOut() && !divisions.units().contains(rules.apart().leftOut())) {
            throw noSuchGroup();
        }
        if (shape.ways() < leastWays() || concepts() < neededConcepts(shape.ways(), true)) {
            return Optional.empty();
        }
        boolean crossable = shape.ways() > 1 || kinds.equals(List.of(TaskKind.VERIFY));
        Optional<EpisodePlan> asAsked = find(shape, crossable);
        if (isLeavingOut()) { // runs on one group after another are compared, so each is as asked for or is not
            return asAsked;
        }
        return asAsked.or(() -> find(shape, false)).or(() -> smaller(shape).stream()
                .map(test -> find(test, false))
                .flatMap(Optional::stream)
                .findFirst());
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
        int testUnits = neededConcepts(test.ways(), crossed);
        int trainUnits = neededConcepts(rules.shape().ways(), crossed);
        for (int i = 0; i < divisions.count(); i++) {
            Optional<Division> division = divisions.get(i, testUnits, trainUnits);
            if (division.isEmpty()) {
                return Optional.empty();
            }
            Division d = division.get();
            Optional<StrictSampler> train =
                    trainSides.computeIfAbsent(List.of(test.ways(), i, crossed), key -> Optional.of(
                                    sampler(rules.shape(), crossed, d::isForTraining))
                            .filter(StrictSampler::feasible));
            if (train.isEmpty()) {
                continue;
            }
            StrictSampler testSide = sampler(test, crossed, d::isForTest);
            Optional<StrictSampler> validation = validation(test, crossed, d);
            if (testSide.feasible() && validation.isPresent() == rules.apart().validation()) {
                return Optional.of(plan(d, train.get(), testSide, validation, crossed));
            }
        }
        return Optional.empty();
    }

    private Optional<StrictSampler> validation(EpisodeShape shape, boolean crossed, Division d) {
        return rules.apart().validation()
                ? Optional.of(sampler(shape, crossed, d::isForValidation)).filter(StrictSampler::feasible)
                : Optional.empty();
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
            case CHOOSE ->
                shape.ways() < ChooseSampler.LEAST_WAYS
                        ? new CrossedSampler(qa.source(), table, shape)
                        : new ChooseSampler(qa.source(), table, shape);
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

    /** Pairs of a task may have attributes in common where {@link ChooseSampler} crosses them, and nowhere else. */
    private int neededConcepts(int ways, boolean crossed) {
        boolean shared = crossed && ways >= ChooseSampler.LEAST_WAYS;
        return kinds.stream()
                .mapToInt(
                        kind -> kind == TaskKind.CHOOSE && shared ? ChooseSampler.concepts(ways) : kind.concepts(ways))
                .max()
                .orElseThrow();
    }

    private EpisodePlan plan(
            Division d, StrictSampler train, StrictSampler test, Optional<StrictSampler> validation, boolean crossed) {
        List<String> notes = new ArrayList<>(all.notes);
        Optional<EpisodeSampler> seen = Optional.empty();
        if (isLeavingOut()) {
            notes.add("left out of training: " + rules.apart().leftOut()
                    + ", with all that is asked about it; half of the patients are for test");
        } else if (all.published.isPresent()) {
            notes.add(
                    "patients by " + all.published.get().explained(rules.apart().validation())
                            + "; what is asked about is the same on all sides");
        } else if (rules.apart().split() == Split.ATTRIBUTE || rules.apart().split() == Split.GROUP) {
            StrictSampler onTrained = sampler(train.shape(), crossed, d::isSeen);
            seen = onTrained.feasible() ? Optional.of(onTrained) : Optional.empty();
        }
        if (!crossed) {
            notes.add("these items cannot be crossed (too few ECGs have one outcome of one and another of another"
                    + choices() + "): answers"
                    + " are balanced per attribute, and support and query have different patients, but the ECG alone can"
                    + " tell the answer; blind controls are reported and chance is not asserted");
        } else if (train.contradictions() + test.contradictions() > 0) {
            notes.add(train.contradictions() + test.contradictions()
                    + " pairs of ECG and attribute are answered both one way and another and were left out");
        }
        if (crossed && asksHalf(test.shape())) {
            notes.add("single-choose tasks of fewer than " + ChooseSampler.LEAST_WAYS
                    + " ways ask an ECG under two pairs, not under four: who sees from the ECG alone which two outcomes those are"
                    + " is right half of the time, so question_blind may lie above chance; take --n_way "
                    + ChooseSampler.LEAST_WAYS + " or more to rule that out");
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

    /** Whether crossed tasks leave out two of the four outcomes of each ECG. */
    private boolean asksHalf(EpisodeShape shape) {
        return kinds.contains(TaskKind.CHOOSE) && shape.ways() < ChooseSampler.LEAST_WAYS;
    }

    /** How many ECGs there are that might have all four outcomes; nothing where that is not asked for. */
    private String choices() {
        if (!kinds.contains(TaskKind.CHOOSE) || asksHalf(rules.shape())) {
            return "";
        }
        AnswerTable table = AnswerTable.byForm(
                TaskKind.CHOOSE,
                items.stream().filter(asked -> asked.kind() == TaskKind.CHOOSE).toList());
        return "; of " + table.ecgCount() + " ECGs that are asked to choose "
                + table.fourfold().cardinality()
                + " show both of some pair, one alone of another and none of a third, and a task takes "
                + rules.shape().ways() * rules.shape().perClass() + " whose pairs fit together";
    }

    private FormatException noSuchGroup() {
        return new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "--leave-out " + rules.apart().leftOut(),
                "is no group of attributes that is asked about here; there are "
                        + String.join(", ", divisions.units()));
    }

    private FormatException tooLittle() {
        EpisodeShape shape = rules.shape();
        String needed = needed();
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

    private FormatException tooLittleForValidation() {
        return new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "--validation",
                "training and test hold " + rules.shape()
                        + " tasks, but not with as much set apart for meta-validation,"
                        + " which needs " + needed() + " of its own patients; there are " + there(items)
                        + "; run without --validation, or lower --n_way, --k_spt or --k_qry");
    }

    private String needed() {
        return kinds.stream().map(kind -> need(kind, rules.shape())).collect(Collectors.joining(", and "));
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
            case CHOOSE -> n + " pairs of attributes with " + each + " of each outcome";
            case QUERY -> Math.max(2, n) + " answers to one question in one wording with " + each + " ECGs";
        };
    }
}
