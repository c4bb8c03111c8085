package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.NO;
import static org.einthoven.data.episodes.TaskKind.YES;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Crossed verify tasks: neither the question nor the ECG alone tells the answer.
 *
 * <p>A task is built in K + Q rounds, the first K for the support. A round pairs every attribute a with another, s(a), by a
 * random permutation s without a fixed point, and takes an ECG that has a and lacks s(a): it is asked about both. So in
 * every round each attribute is answered yes once and no once, and each ECG yes once and no once: P(yes | question) =
 * P(yes | ECG) = 1/2 exactly, in support and query each. No patient comes twice in a task.
 */
final class CrossedSampler extends TableSampler {
    private static final int PAIRINGS = 24;

    CrossedSampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
        if (shape.ways() < 2) {
            throw new IllegalArgumentException("crossing needs two attributes; one is matched instead");
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
            List<Shot> shots = round(ways, free, random);
            if (shots.isEmpty()) {
                return Optional.empty();
            }
            (round < shape.shots() ? support : query).addAll(shots);
        }
        return Optional.of(
                new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    /** One round, its patients taken from {@code free}; empty when several pairings found no ECG for some pair. */
    private List<Shot> round(List<Row> ways, BitSet free, RandomGenerator random) {
        int n = ways.size();
        for (int pairing = 0; pairing < PAIRINGS; pairing++) {
            int[] other = Draw.derangement(n, random);
            BitSet left = (BitSet) free.clone();
            List<Shot> shots = new ArrayList<>();
            for (int way : Draw.permutation(n, random)) {
                Row has = ways.get(way);
                Row lacks = ways.get(other[way]);
                BitSet pool = (BitSet) has.ecgs(YES).clone();
                pool.and(lacks.ecgs(NO));
                pool.and(left);
                int ecg = Draw.one(pool, random);
                if (ecg < 0) {
                    break;
                }
                left.andNot(ofSamePatient(ecg));
                shots.add(ask(ways, way, ecg, YES, random));
                shots.add(ask(ways, other[way], ecg, NO, random));
            }
            if (shots.size() == 2 * n) {
                free.and(left);
                return shots;
            }
        }
        return List.of();
    }
}
