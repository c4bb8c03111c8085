package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.BOTH;
import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.SECOND;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Choose tasks of four pairs and more, crossed: every ECG is asked under four pairs of its task, and its outcomes are first,
 * second, both and none, once each, in four different answers. It is what crossed verify tasks do with yes and no.
 *
 * <p>A task is built in K + Q rounds ({@link CrossedRound}), the first K for the support. In a round every pair is asked once
 * with each outcome. So P(outcome | pair) = P(outcome | ECG) = 1/4 exactly, in support and query each, and whoever sees the ECG
 * alone, and says an outcome or an attribute, is right once in four. No patient comes twice in a task.
 *
 * <p>Pairs may have attributes in common, so that two findings are enough: of the ring A or B, B or C, C or D, D or E, E or A an
 * ECG with A and B shows both, the first, none, none and the second, and is asked for one of the two nones.
 */
final class ChooseSampler extends TableSampler {
    /** With fewer an ECG cannot have each outcome under a pair of its own. */
    static final int LEAST_WAYS = TaskKind.CHOOSE.outcomes().size();

    /** About one in six ends with as many pairs as are wanted, where all pairs of five attributes are asked about. */
    private static final int GROWTHS = 24;

    /** None where fewer ECGs than a task takes might have all four outcomes, so that none is looked for in vain. */
    private final List<OfferedPair> offers;

    ChooseSampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
        this.offers = table.fourfold().cardinality() < shape.ways() * shape.perClass()
                ? List.of()
                : usable.stream()
                        .flatMap(row -> Stream.of(new OfferedPair(row, false), new OfferedPair(row, true)))
                        .toList();
    }

    /** Concepts that a side with tasks of so many ways is given at least: pairs of a ring are as many as its attributes. */
    static int concepts(int ways) {
        return ways;
    }

    @Override
    int neededConcepts() {
        return concepts(shape.ways());
    }

    @Override
    Optional<Episode> attempt(long index, RandomGenerator random) {
        List<OfferedPair> ways = ways(random);
        if (ways.isEmpty()) {
            return Optional.empty();
        }
        List<Row> rows = ways.stream().map(OfferedPair::row).toList();
        List<Shot> support = new ArrayList<>();
        List<Shot> query = new ArrayList<>();
        BitSet free = everyEcg();
        for (int number = 0; number < shape.perClass(); number++) {
            CrossedRound round = new CrossedRound(ways, free, this::ofSamePatient, random);
            if (!round.find()) {
                return Optional.empty();
            }
            free = round.free();
            List<Shot> half = number < shape.shots() ? support : query;
            for (int column = 0; column < ways.size(); column++) {
                for (int row = 0; row < CrossedRound.OUTCOMES.size(); row++) {
                    int way = round.way(column, row);
                    OfferedPair pair = ways.get(way);
                    String outcome = pair.inTable(CrossedRound.OUTCOMES.get(row));
                    half.add(ask(rows, way, round.ecg(column), outcome, random).withOptions(pair.options()));
                }
            }
        }
        return Optional.of(
                new Episode(index, names(rows), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    private List<OfferedPair> ways(RandomGenerator random) {
        List<OfferedPair> ways = List.of();
        for (int growth = 0; growth < GROWTHS && ways.isEmpty() && !offers.isEmpty(); growth++) {
            ways = grown(random);
        }
        return ways;
    }

    /**
     * N pairs that rounds may be found of; empty when the draws led to others. Of hundreds of pairs N drawn blindly hardly ever
     * fit, so each pair brings what it needs: an ECG that shows both of it must show the first alone of some pair and the
     * second alone of another, which are looked for among the pairs that are there, and then among all.
     */
    private List<OfferedPair> grown(RandomGenerator random) {
        List<OfferedPair> ways = new ArrayList<>();
        for (int way = 0; way < shape.ways(); way++) {
            if (way == ways.size() && !add(ways, any -> true, random)) {
                return List.of();
            }
            int ecg = Draw.one(ways.get(way).ecgs(BOTH), random);
            if (!completed(ways, ecg, random) || ways.size() > shape.ways()) {
                return List.of();
            }
        }
        return ways;
    }

    /** Whether the ECG now shows the first alone of one of {@code ways} and the second alone, another attribute, of another. */
    private boolean completed(List<OfferedPair> ways, int ecg, RandomGenerator random) {
        Set<String> answered = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (String outcome : List.of(FIRST, SECOND)) {
            one(ways, pair -> isAnswered(pair, ecg, outcome, answered), random)
                    .ifPresentOrElse(pair -> answered.add(pair.answer(outcome)), () -> missing.add(outcome));
        }
        for (String outcome : missing) {
            if (!add(ways, pair -> isAnswered(pair, ecg, outcome, answered), random)) {
                return false;
            }
            answered.add(ways.getLast().answer(outcome));
        }
        return true;
    }

    private static boolean isAnswered(OfferedPair pair, int ecg, String outcome, Set<String> others) {
        return pair.ecgs(outcome).get(ecg) && !others.contains(pair.answer(outcome));
    }

    /** Adds one of all pairs that may stand beside {@code ways}, if there is such. */
    private boolean add(List<OfferedPair> ways, Predicate<OfferedPair> wanted, RandomGenerator random) {
        Predicate<OfferedPair> fitting = pair -> ways.stream().allMatch(pair::mayMeet);
        return one(offers, wanted.and(fitting), random).map(ways::add).orElse(false);
    }

    private static Optional<OfferedPair> one(
            List<OfferedPair> pairs, Predicate<OfferedPair> wanted, RandomGenerator random) {
        List<OfferedPair> found = pairs.stream().filter(wanted).toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(Draw.one(found, random));
    }
}
