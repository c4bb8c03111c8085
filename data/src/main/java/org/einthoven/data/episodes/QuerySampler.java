package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.GIVEN;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Query tasks: the ways are different answers to the same question in the same wording, equally often each, so the question
 * tells nothing. No patient comes twice in a task, and no ECG that has two of its answers.
 */
final class QuerySampler extends TableSampler {
    QuerySampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
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
        free.andNot(answeredTwice(ways));
        for (int round = 0; round < shape.perClass(); round++) {
            List<Shot> half = round < shape.shots() ? support : query;
            for (int way : Draw.permutation(ways.size(), random)) {
                BitSet pool = (BitSet) ways.get(way).ecgs(GIVEN).clone();
                pool.and(free);
                int ecg = Draw.one(pool, random);
                if (ecg < 0) {
                    return Optional.empty();
                }
                free.andNot(ofSamePatient(ecg));
                half.add(ask(ways, way, ecg, GIVEN, random));
            }
        }
        return Optional.of(
                new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    private static BitSet answeredTwice(List<Row> ways) {
        BitSet once = new BitSet();
        BitSet twice = new BitSet();
        for (Row way : ways) {
            BitSet again = (BitSet) way.ecgs(GIVEN).clone();
            again.and(once);
            twice.or(again);
            once.or(way.ecgs(GIVEN));
        }
        return twice;
    }
}
