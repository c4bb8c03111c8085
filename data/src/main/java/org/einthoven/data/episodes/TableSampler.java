package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/** What the strict samplers share: a table of answers, the attributes with enough of them, attempts until a task stands. */
abstract sealed class TableSampler implements EpisodeSampler permits CrossedSampler, MatchedSampler, BalancedSampler {
    private static final int ATTEMPTS = 400;
    private static final int TRIALS = 16;

    final AnswerTable table;
    final EpisodeShape shape;
    final List<Row> usable;
    private final String source;
    private final BitSet[] ecgsOfPatient;

    /** @param least patients that an attribute needs with either answer */
    TableSampler(String source, AnswerTable table, EpisodeShape shape, int least) {
        this.source = source;
        this.table = table;
        this.shape = shape;
        this.usable = table.rows.stream()
                .filter(row -> row.count(true) >= shape.perClass() && row.count(false) >= shape.perClass())
                .filter(row -> table.patientsWith(row, true) >= least && table.patientsWith(row, false) >= least)
                .toList();
        this.ecgsOfPatient = new BitSet[table.patientCount()];
        for (int ecg = 0; ecg < table.ecgCount(); ecg++) {
            int patient = table.patientOf(ecg);
            ecgsOfPatient[patient] = ecgsOfPatient[patient] == null ? new BitSet() : ecgsOfPatient[patient];
            ecgsOfPatient[patient].set(ecg);
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

    /** Whether tasks can be built, found out by building some. */
    final boolean feasible() {
        long concepts = usable.stream().map(row -> row.concept).distinct().count();
        Rng trial = Rng.of(0).split("is it feasible");
        for (int i = 0; concepts >= shape.ways() && i < TRIALS; i++) {
            if (build(trial, i).isEmpty()) {
                return false;
            }
        }
        return concepts >= shape.ways();
    }

    /** N attributes of different concepts, none of which implies another; fewer when there are not as many. */
    final List<Row> choose(RandomGenerator random) {
        List<Row> chosen = new ArrayList<>();
        Set<String> concepts = new HashSet<>();
        for (Row row : Draw.shuffled(usable, random)) {
            if (chosen.size() < shape.ways()
                    && !concepts.contains(row.concept)
                    && chosen.stream().noneMatch(other -> implies(row, other) || implies(other, row))) {
                chosen.add(row);
                concepts.add(row.concept);
            }
        }
        return chosen;
    }

    /** Whether no ECG of the data has a and lacks b. */
    boolean implies(Row a, Row b) {
        return !a.yes.intersects(b.no);
    }

    /** All ECGs of the patient whom ECG number {@code ecg} belongs to. */
    final BitSet ofSamePatient(int ecg) {
        return ecgsOfPatient[table.patientOf(ecg)];
    }

    final BitSet everyEcg() {
        BitSet all = new BitSet();
        all.set(0, table.ecgCount());
        return all;
    }

    /** The ECG asked about the attribute, in one of the wordings that are there. */
    final Shot ask(Row row, int way, int ecg, boolean answer, RandomGenerator random) {
        return new Shot(
                Draw.one(row.items(ecg, answer), random), way, row.attribute, row.concept, table.patientName(ecg));
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
        SortedMap<String, String> all = table.concepts();
        all.keySet().retainAll(Set.copyOf(names(usable)));
        return all;
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
