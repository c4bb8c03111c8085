package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.NO;
import static org.einthoven.data.episodes.TaskKind.YES;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Verify tasks on one attribute (N = 1), which cannot be crossed: every ECG with the attribute is matched with one that lacks
 * it and is as normal or abnormal otherwise, so that "is anything abnormal?" does not tell the answer. No patient comes twice.
 */
final class MatchedSampler extends TableSampler {
    private final BitSet abnormal;

    /** @param abnormalEcgs ids of the ECGs with any finding of the whole data set that is not normal */
    MatchedSampler(String source, AnswerTable table, Set<Integer> abnormalEcgs, EpisodeShape shape) {
        super(source, table, shape, shape.perClass());
        this.abnormal = new BitSet();
        for (int ecg = 0; ecg < table.ecgCount(); ecg++) {
            abnormal.set(ecg, table.ecgIds(ecg).stream().anyMatch(abnormalEcgs::contains));
        }
    }

    @Override
    Optional<Episode> attempt(long index, RandomGenerator random) {
        List<Row> ways = choose(random);
        if (ways.isEmpty()) {
            return Optional.empty();
        }
        Row way = ways.get(0);
        BitSet free = everyEcg();
        List<Shot> support = new ArrayList<>();
        List<Shot> query = new ArrayList<>();
        for (int pair = 0; pair < shape.perClass(); pair++) {
            List<Shot> half = pair < shape.shots() ? support : query;
            BitSet has = (BitSet) way.ecgs(YES).clone();
            has.and(free);
            int yes = Draw.one(has, random);
            if (yes < 0) {
                return Optional.empty();
            }
            free.andNot(ofSamePatient(yes));
            BitSet lacks = (BitSet) way.ecgs(NO).clone();
            lacks.and(free);
            if (abnormal.get(yes)) {
                lacks.and(abnormal);
            } else {
                lacks.andNot(abnormal);
            }
            int no = Draw.one(lacks, random);
            if (no < 0) {
                return Optional.empty();
            }
            free.andNot(ofSamePatient(no));
            half.add(ask(ways, 0, yes, YES, random));
            half.add(ask(ways, 0, no, NO, random));
        }
        return Optional.of(
                new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }
}
