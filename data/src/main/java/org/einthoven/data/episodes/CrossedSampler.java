package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.BOTH;
import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.NO;
import static org.einthoven.data.episodes.TaskKind.NONE;
import static org.einthoven.data.episodes.TaskKind.SECOND;
import static org.einthoven.data.episodes.TaskKind.YES;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Tasks in which every ECG is asked about twice, so that neither the question nor the ECG alone tells the answer.
 *
 * <p>A task is built in K + Q rounds, the first K for the support. A round pairs every way a with another, s(a), by a random
 * permutation s without a fixed point, and takes an ECG with one outcome under a and another under s(a): it is asked about
 * both. No patient comes twice in a task.
 *
 * <ul>
 *   <li>Verify: the ECG has a and lacks s(a). In every round each attribute is answered yes once and no once, and each ECG yes
 *       once and no once: P(yes | question) = P(yes | ECG) = 1/2 exactly, in support and query each.
 *   <li>Choose, of two or three pairs: an ECG that has both of one pair has none of another, and one that has the first of a
 *       pair alone has the second of another alone. So every pair is asked once with each of its four outcomes, and each ECG has
 *       exactly two of the four attributes it is asked about: how many findings it shows tells nothing of its answers. But
 *       which of the two kinds it is does: who sees that is right half of the time. With four pairs and more
 *       {@link ChooseSampler} shuts that door.
 * </ul>
 */
final class CrossedSampler extends TableSampler {
    private static final int PAIRINGS = 24;

    private final List<Crossing> crossings;

    /** What an ECG says under a way, and what under the next. */
    private record Crossing(String outcome, String next) {}

    CrossedSampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
        if (shape.ways() < 2) {
            throw new IllegalArgumentException("crossing needs two ways");
        }
        this.crossings = switch (table.kind) {
            case VERIFY -> List.of(new Crossing(YES, NO));
            case CHOOSE -> List.of(new Crossing(BOTH, NONE), new Crossing(FIRST, SECOND));
            case QUERY ->
                throw new IllegalArgumentException("an ECG has one answer to a query: there is nothing to cross");
        };
    }

    @Override
    Optional<Episode> attempt(long index, RandomGenerator random) {
        List<Row> ways = choose(random);
        if (ways.size() < shape.ways()) {
            return Optional.empty();
        }
        List<Shot> support = new ArrayList<>();
        List<Shot> query = new ArrayList<>();
        BitSet free = everyEcg();
        for (int round = 0; round < shape.perClass(); round++) {
            for (Crossing crossing : crossings) {
                List<Shot> shots = crossed(ways, crossing, free, random);
                if (shots.isEmpty()) {
                    return Optional.empty();
                }
                (round < shape.shots() ? support : query).addAll(shots);
            }
        }
        return Optional.of(
                new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    /** An ECG for every way, its patients taken from {@code free}; empty when several pairings found none for some way. */
    private List<Shot> crossed(List<Row> ways, Crossing crossing, BitSet free, RandomGenerator random) {
        int n = ways.size();
        for (int pairing = 0; pairing < PAIRINGS; pairing++) {
            int[] next = Draw.derangement(n, random);
            BitSet left = (BitSet) free.clone();
            List<Shot> shots = new ArrayList<>();
            for (int way : Draw.permutation(n, random)) {
                BitSet pool = (BitSet) ways.get(way).ecgs(crossing.outcome()).clone();
                pool.and(ways.get(next[way]).ecgs(crossing.next()));
                pool.and(left);
                int ecg = Draw.one(pool, random);
                if (ecg < 0) {
                    break;
                }
                left.andNot(ofSamePatient(ecg));
                shots.add(ask(ways, way, ecg, crossing.outcome(), random));
                shots.add(ask(ways, next[way], ecg, crossing.next(), random));
            }
            if (shots.size() == 2 * n) {
                free.and(left);
                return shots;
            }
        }
        return List.of();
    }
}
