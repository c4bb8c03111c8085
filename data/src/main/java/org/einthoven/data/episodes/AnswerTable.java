package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.einthoven.data.qa.QaItem;

/**
 * Who answers what: for every attribute, the ECGs for which the answer is yes and those for which it is no. ECGs and patients
 * are numbered in ascending order of their ids, so that the table depends on the items and not on their order.
 */
final class AnswerTable {
    /** One attribute's row. An ECG with items of both answers stands in both sets. */
    static final class Row {
        final String attribute;
        final String concept;
        final BitSet yes = new BitSet();
        final BitSet no = new BitSet();
        private final Map<Integer, List<QaItem>> yesItems = new HashMap<>();
        private final Map<Integer, List<QaItem>> noItems = new HashMap<>();

        Row(String attribute, String concept) {
            this.attribute = attribute;
            this.concept = concept;
        }

        BitSet ecgs(boolean answer) {
            return answer ? yes : no;
        }

        /** The questions about ECG number {@code ecg} with that answer. */
        List<QaItem> items(int ecg, boolean answer) {
            return (answer ? yesItems : noItems).getOrDefault(ecg, List.of());
        }

        int count(boolean answer) {
            return (answer ? yesItems : noItems)
                    .values().stream().mapToInt(List::size).sum();
        }

        private void add(int ecg, QaItem item) {
            boolean answer = item.isAnswered("yes");
            ecgs(answer).set(ecg);
            (answer ? yesItems : noItems)
                    .computeIfAbsent(ecg, e -> new ArrayList<>())
                    .add(item);
        }

        /** Leaves out ECGs with both answers; returns how many. */
        private int settle() {
            BitSet both = (BitSet) yes.clone();
            both.and(no);
            both.stream().forEach(ecg -> {
                yes.clear(ecg);
                no.clear(ecg);
                yesItems.remove(ecg);
                noItems.remove(ecg);
            });
            return both.cardinality();
        }
    }

    final List<Row> rows;
    private final int[] ecgIds;
    private final int[] patientOfEcg;
    private final List<String> patients;
    private final int contradictions;

    private AnswerTable(List<Row> rows, int[] ecgIds, int[] patientOfEcg, List<String> patients, int contradictions) {
        this.rows = List.copyOf(rows);
        this.ecgIds = ecgIds;
        this.patientOfEcg = patientOfEcg;
        this.patients = List.copyOf(patients);
        this.contradictions = contradictions;
    }

    /** Lead by lead; ECGs with both answers to one question are left out of it. What crossed tasks are cut from. */
    static AnswerTable byForm(List<Asked> items) {
        AnswerTable all = of(items, Asked::form);
        int contradictions = all.rows.stream().mapToInt(Row::settle).sum();
        return new AnswerTable(all.rows, all.ecgIds, all.patientOfEcg, all.patients, contradictions);
    }

    /** All leads of an attribute together, both answers allowed. What balanced tasks are cut from. */
    static AnswerTable byAttribute(List<Asked> items) {
        return of(items, Asked::attribute);
    }

    private static AnswerTable of(List<Asked> items, Function<Asked, String> rowOf) {
        SortedMap<Integer, String> patientOf = new TreeMap<>();
        items.forEach(asked -> patientOf.put(asked.item().ecgId(), asked.patient()));
        List<String> patients = List.copyOf(new TreeSet<>(patientOf.values()));
        Map<Integer, Integer> ecgNumber = new HashMap<>();
        int[] ecgIds = new int[patientOf.size()];
        int[] patientOfEcg = new int[patientOf.size()];
        patientOf.forEach((id, patient) -> {
            int number = ecgNumber.size();
            ecgNumber.put(id, number);
            ecgIds[number] = id;
            patientOfEcg[number] = Collections.binarySearch(patients, patient);
        });
        SortedMap<String, Row> rows = new TreeMap<>();
        for (Asked asked : items) {
            rows.computeIfAbsent(rowOf.apply(asked), name -> new Row(name, asked.concept()))
                    .add(ecgNumber.get(asked.item().ecgId()), asked.item());
        }
        return new AnswerTable(List.copyOf(rows.values()), ecgIds, patientOfEcg, patients, 0);
    }

    int ecgCount() {
        return ecgIds.length;
    }

    int ecgId(int ecg) {
        return ecgIds[ecg];
    }

    int patientCount() {
        return patients.size();
    }

    int patientOf(int ecg) {
        return patientOfEcg[ecg];
    }

    String patientName(int ecg) {
        return patients.get(patientOfEcg[ecg]);
    }

    /** How many (attribute, ECG) pairs had both answers and were left out. */
    int contradictions() {
        return contradictions;
    }

    /** How many patients have that answer to that attribute. */
    int patientsWith(Row row, boolean answer) {
        return (int) row.ecgs(answer).stream().map(this::patientOf).distinct().count();
    }

    Set<Integer> ecgs() {
        Set<Integer> ids = new TreeSet<>();
        for (int id : ecgIds) {
            ids.add(id);
        }
        return ids;
    }

    Set<String> patients() {
        return new TreeSet<>(patients);
    }

    SortedMap<String, String> concepts() {
        SortedMap<String, String> concepts = new TreeMap<>();
        rows.forEach(row -> concepts.put(row.attribute, row.concept));
        return concepts;
    }

    /** A line such as {@code static noise: 19 yes (15 patients), 53 no (36 patients)}. */
    String describe(Row row) {
        return row.attribute + ": " + row.count(true) + " yes (" + patientsWith(row, true) + " patients), "
                + row.count(false) + " no (" + patientsWith(row, false) + " patients)";
    }
}
