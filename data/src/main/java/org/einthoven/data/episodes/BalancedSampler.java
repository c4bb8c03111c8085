package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * Tasks from items that cannot be crossed, such as ECG-QA's published ones. What can be balanced is: every way has each of its
 * outcomes (yes and no, say) K times in the support, Q times in the query; support and query have no patient in common; no item comes
 * twice. What cannot: an ECG may be asked one question only, so the ECG alone can tell the answer, and a patient may come
 * twice in one half where there are too few. Blind controls are reported, but chance is not asserted.
 */
final class BalancedSampler extends TableSampler {
    /** An attribute needs a patient in either half. */
    private static final int LEAST_PATIENTS = 2;

    BalancedSampler(String source, AnswerTable table, EpisodeShape shape) {
        super(source, table, shape, LEAST_PATIENTS);
    }

    /** Items contradict each other here (a lead has the noise, another lacks it), so nothing can be said to be implied. */
    @Override
    boolean implies(Row a, Row b) {
        return false;
    }

    @Override
    Optional<Episode> attempt(long index, RandomGenerator random) {
        List<Row> ways = choose(random);
        if (ways.size() < shape.ways()) {
            return Optional.empty();
        }
        BitSet patients = halfOfThePatients(random);
        List<Shot> support = half(ways, ecgs(patients, true), shape.shots(), random);
        List<Shot> query = support.isEmpty() ? List.of() : half(ways, ecgs(patients, false), shape.queries(), random);
        return query.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Episode(index, names(ways), Draw.shuffled(support, random), Draw.shuffled(query, random)));
    }

    /** A random share K / (K + Q) of the patients. */
    private BitSet halfOfThePatients(RandomGenerator random) {
        BitSet patients = new BitSet();
        for (int patient = 0; patient < table.patientCount(); patient++) {
            patients.set(patient, random.nextInt(shape.perClass()) < shape.shots());
        }
        return patients;
    }

    /** The ECGs all of whose patients are among {@code patients}, or none of whose are. */
    private BitSet ecgs(BitSet patients, boolean among) {
        BitSet ecgs = new BitSet();
        for (int ecg = 0; ecg < table.ecgCount(); ecg++) {
            ecgs.set(ecg, Arrays.stream(table.patientsOf(ecg)).allMatch(p -> patients.get(p) == among));
        }
        return ecgs;
    }

    /** {@code count} items of every attribute and answer about these ECGs, from different patients as far as they go. */
    private List<Shot> half(List<Row> ways, BitSet ecgs, int count, RandomGenerator random) {
        List<Shot> shots = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            for (String outcome : ways.get(way).outcomes()) {
                List<Shot> chosen = choose(ways, way, outcome, ecgs, count, random);
                if (chosen.size() < count) {
                    return List.of();
                }
                shots.addAll(chosen);
            }
        }
        return shots;
    }

    private List<Shot> choose(List<Row> ways, int way, String outcome, BitSet ecgs, int count, RandomGenerator random) {
        List<Shot> all = new ArrayList<>();
        ecgs.stream()
                .forEach(ecg -> ways.get(way).items(ecg, outcome).forEach(item -> all.add(shot(ways, way, item, ecg))));
        List<Shot> chosen = new ArrayList<>();
        List<Shot> spare = new ArrayList<>();
        Set<String> patients = new HashSet<>();
        for (Shot shot : Draw.shuffled(all, random)) {
            (patients.add(shot.patient()) ? chosen : spare).add(shot);
        }
        chosen.addAll(spare);
        return chosen.subList(0, Math.min(count, chosen.size()));
    }
}
