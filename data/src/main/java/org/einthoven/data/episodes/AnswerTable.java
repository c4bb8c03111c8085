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
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
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
            return (answer ? yesItems : noItems).values().stream().mapToInt(List::size).sum();
        }

        private void add(int ecg, QaItem item) {
            boolean answer = item.isAnswered("yes");
            ecgs(answer).set(ecg);
            (answer ? yesItems : noItems).computeIfAbsent(ecg, e -> new ArrayList<>()).add(item);
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

    /**
     * @param items single-verify items answered yes or no
     * @param attributeOf what an item asks for
     * @param conceptOf the concept of an attribute
     * @param settled whether ECGs with both answers to one attribute are left out of it
     */
    static AnswerTable of(
            List<QaItem> items,
            Function<QaItem, String> attributeOf,
            UnaryOperator<String> conceptOf,
            IntFunction<String> patientOf,
            boolean settled) {
        int[] ecgIds = items.stream().mapToInt(QaItem::ecgId).sorted().distinct().toArray();
        Map<Integer, Integer> ecgNumber = new HashMap<>();
        Set<String> patientSet = new TreeSet<>();
        for (int i = 0; i < ecgIds.length; i++) {
            ecgNumber.put(ecgIds[i], i);
            patientSet.add(patientOf.apply(ecgIds[i]));
        }
        List<String> patients = List.copyOf(patientSet);
        int[] patientOfEcg = new int[ecgIds.length];
        for (int i = 0; i < ecgIds.length; i++) {
            patientOfEcg[i] = Collections.binarySearch(patients, patientOf.apply(ecgIds[i]));
        }
        SortedMap<String, Row> rows = new TreeMap<>();
        for (QaItem item : items) {
            rows.computeIfAbsent(attributeOf.apply(item), a -> new Row(a, conceptOf.apply(a)))
                    .add(ecgNumber.get(item.ecgId()), item);
        }
        int contradictions = 0;
        if (settled) {
            for (Row row : rows.values()) {
                contradictions += row.settle();
            }
        }
        return new AnswerTable(List.copyOf(rows.values()), ecgIds, patientOfEcg, patients, contradictions);
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
