package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.BOTH;
import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.NONE;
import static org.einthoven.data.episodes.TaskKind.SECOND;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Crossed choose tasks: a way is a pair of attributes, and every ECG stands under two pairs with different outcomes.
 *
 * <p>A task is built in K + Q rounds, the first K for the support. In a round every pair is asked once with each of its four
 * outcomes. An ECG that has both of one pair has none of another, and one that has the first of a pair alone has the second
 * of another alone: so each ECG has exactly two of the four attributes it is asked about, and how many findings it shows
 * tells nothing of its answers. No patient comes twice in a task.
 */
final class ChooseSampler extends TableSampler {
    private static final int PAIRINGS = 24;

    ChooseSampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
        if (shape.ways() < 2) {
            throw new IllegalArgumentException("crossing needs two pairs");
        }
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
            List<Shot> half = round < shape.shots() ? support : query;
            if (!round(ways, BOTH, NONE, free, half, random) || !round(ways, FIRST, SECOND, free, half, random)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    /** For every pair an ECG that has {@code outcome} there and {@code other} under the next pair of a random order. */
    private boolean round(
            List<Row> ways, String outcome, String other, BitSet free, List<Shot> into, RandomGenerator random) {
        int n = ways.size();
        for (int pairing = 0; pairing < PAIRINGS; pairing++) {
            int[] next = Draw.derangement(n, random);
            BitSet left = (BitSet) free.clone();
            List<Shot> shots = new ArrayList<>();
            for (int way : Draw.permutation(n, random)) {
                BitSet pool = (BitSet) ways.get(way).ecgs(outcome).clone();
                pool.and(ways.get(next[way]).ecgs(other));
                pool.and(left);
                int ecg = Draw.one(pool, random);
                if (ecg < 0) {
                    break;
                }
                left.andNot(ofSamePatient(ecg));
                shots.add(ask(ways, way, ecg, outcome, random));
                shots.add(ask(ways, next[way], ecg, other, random));
            }
            if (shots.size() == 2 * n) {
                free.and(left);
                into.addAll(shots);
                return true;
            }
        }
        return false;
    }
}
