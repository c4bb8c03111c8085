package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.einthoven.data.episodes.AnswerTable.Row;
import org.einthoven.data.qa.QaItem;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/** What the strict samplers share: a table of answers, the rows with enough of them, attempts until a task stands. */
abstract sealed class TableSampler implements StrictSampler
        permits CrossedSampler, ChooseSampler, MatchedSampler, QuerySampler, BalancedSampler {
    private static final int ATTEMPTS = 400;
    private static final int TRIALS = 16;

    final AnswerTable table;
    final EpisodeShape shape;
    final List<Row> usable;
    private final List<List<Row>> questions;
    private final Map<String, String> groups;
    private final long concepts;
    private final String source;
    private final BitSet[] ecgsOfPatient;

    /** @param least patients that a row needs with each outcome */
    TableSampler(String source, AnswerTable table, EpisodeShape shape, int least) {
        this.source = source;
        this.table = table;
        this.shape = shape;
        this.usable = table.rows.stream()
                .filter(row -> row.outcomes().stream().allMatch(o -> row.count(o) >= shape.perClass()))
                .filter(row -> row.outcomes().stream().allMatch(o -> table.patientsWith(row, o) >= least))
                .toList();
        this.questions = usable.stream()
                .collect(Collectors.groupingBy(row -> row.question, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .filter(rows -> rows.size() >= shape.ways())
                .toList();
        this.groups =
                ConnectedConcepts.of(usable.stream().map(row -> row.groups).toList());
        this.concepts =
                usable.stream().flatMap(row -> row.concepts.stream()).distinct().count();
        this.ecgsOfPatient = new BitSet[table.patientCount()];
        for (int ecg = 0; ecg < table.ecgCount(); ecg++) {
            for (int patient : table.patientsOf(ecg)) {
                ecgsOfPatient[patient] = ecgsOfPatient[patient] == null ? new BitSet() : ecgsOfPatient[patient];
                ecgsOfPatient[patient].set(ecg);
            }
        }
    }

    /** One attempt at task {@code index}; empty when the draws led nowhere. */
    abstract Optional<Episode> attempt(long index, RandomGenerator random);

    private Optional<Episode> build(Rng rng, long index) {
        Rng key = rng.split(index);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Episode> episode = attempt(index, key.split(attempt).stream());
            if (episode.isPresent()) {
                return episode;
            }
        }
        return Optional.empty();
    }

    @Override
    public final Episode sample(Rng rng, long index) {
        return build(rng, index)
                .orElseThrow(() -> new FormatException(
                        source,
                        FormatException.WHOLE_FILE,
                        "episodes",
                        "no strict " + shape + " task number " + index + " was found in " + ATTEMPTS
                                + " attempts; lower --n_way, --k_spt or --k_qry"));
    }

    @Override
    public final boolean feasible() {
        if (questions.isEmpty() || concepts < neededConcepts()) {
            return false;
        }
        Rng trial = Rng.of(0).split("is it feasible");
        for (int i = 0; i < TRIALS; i++) {
            if (build(trial, i).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Concepts below which no task is tried. */
    int neededConcepts() {
        return table.kind.concepts(shape.ways());
    }

    /** N rows that may stand in one task, of one question where tasks are about one; fewer when there are not as many. */
    final List<Row> choose(RandomGenerator random) {
        if (questions.isEmpty()) {
            return List.of();
        }
        List<Row> from = questions.size() == 1 ? questions.get(0) : Draw.one(questions, random);
        List<Row> chosen = new ArrayList<>();
        for (Row row : Draw.shuffled(from, random)) {
            if (chosen.size() < shape.ways() && chosen.stream().allMatch(other -> mayMeet(row, other))) {
                chosen.add(row);
            }
        }
        return chosen;
    }

    private boolean mayMeet(Row a, Row b) {
        boolean apart = table.kind == TaskKind.QUERY
                ? Collections.disjoint(a.names, b.names)
                : Collections.disjoint(a.concepts, b.concepts);
        return apart && !implies(a, b) && !implies(b, a);
    }

    /** Whether no ECG of the data has a and lacks b. */
    boolean implies(Row a, Row b) {
        return table.kind == TaskKind.VERIFY && !a.ecgs(TaskKind.YES).intersects(b.ecgs(TaskKind.NO));
    }

    /** All ECGs of the patients whom ECG number {@code ecg} belongs to. */
    final BitSet ofSamePatient(int ecg) {
        int[] patients = table.patientsOf(ecg);
        if (patients.length == 1) {
            return ecgsOfPatient[patients[0]];
        }
        BitSet all = new BitSet();
        for (int patient : patients) {
            all.or(ecgsOfPatient[patient]);
        }
        return all;
    }

    final BitSet everyEcg() {
        BitSet all = new BitSet();
        all.set(0, table.ecgCount());
        return all;
    }

    /** The ECG asked for the way's row, with that outcome, in one of the wordings that are there. */
    final Shot ask(List<Row> ways, int way, int ecg, String outcome, RandomGenerator random) {
        return shot(ways, way, Draw.one(ways.get(way).items(ecg, outcome), random), ecg);
    }

    final Shot shot(List<Row> ways, int way, QaItem item, int ecg) {
        Row row = ways.get(way);
        List<String> options = row.options.isEmpty() ? names(ways) : row.options;
        return new Shot(item, way, row.attribute, group(row), table.patientName(ecg), options);
    }

    /** What intervals resample: the row's concept, or group of them, with all that are tied to it by rows of several. */
    private String group(Row row) {
        return Objects.requireNonNull(groups.get(row.groups.iterator().next()), "every row has its group");
    }

    static List<String> names(List<Row> ways) {
        return ways.stream().map(row -> row.attribute).toList();
    }

    @Override
    public final EpisodeShape shape() {
        return shape;
    }

    @Override
    public final SortedMap<String, String> concepts() {
        SortedMap<String, String> all = new TreeMap<>();
        usable.forEach(row -> all.put(row.attribute, group(row)));
        return all;
    }

    @Override
    public final int contradictions() {
        return table.contradictions();
    }

    @Override
    public final List<String> unusable() {
        return table.rows.stream()
                .filter(row -> !usable.contains(row))
                .map(table::describe)
                .toList();
    }

    @Override
    public final String described() {
        return table.rows.stream().map(table::describe).collect(Collectors.joining("; "));
    }

    @Override
    public final Set<Integer> ecgs() {
        return table.ecgs();
    }

    @Override
    public final Set<String> patients() {
        return table.patients();
    }
}
