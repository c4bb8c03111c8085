package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.einthoven.data.qa.QaItem;

/**
 * Who answers what: for everything that can be asked (an attribute, a pair of them, one answer to a question), the ECGs with
 * each outcome. ECGs and patients are numbered in ascending order of their ids, so that the table depends on the items and
 * not on their order. Where questions compare two ECGs, the two together are what is called an ECG here.
 */
final class AnswerTable {
    /** What can be asked. An ECG with items of two outcomes stands in both sets. */
    static final class Row {
        final String attribute;
        final String question;
        final List<String> options;
        final Set<String> names;
        final Set<String> concepts;
        final Set<String> groups;
        private final Map<String, Outcome> outcomes = new LinkedHashMap<>();

        /** The ECGs with one outcome, and what they were asked. */
        private record Outcome(BitSet ecgs, Map<Integer, List<QaItem>> items) {
            int count() {
                return items.values().stream().mapToInt(List::size).sum();
            }
        }

        private Row(String attribute, Asked like) {
            this.attribute = attribute;
            this.question = like.question();
            this.options = like.options();
            this.names = like.names();
            this.concepts = like.concepts();
            this.groups = like.groups();
            like.kind().outcomes().forEach(o -> outcomes.put(o, new Outcome(new BitSet(), new HashMap<>())));
        }

        Set<String> outcomes() {
            return outcomes.keySet();
        }

        private Outcome of(String outcome) {
            return Objects.requireNonNull(outcomes.get(outcome), "every outcome of the kind has its place");
        }

        /** Not to be changed. */
        BitSet ecgs(String outcome) {
            return of(outcome).ecgs;
        }

        /** The questions about ECG number {@code ecg} with that outcome. */
        List<QaItem> items(int ecg, String outcome) {
            return of(outcome).items.getOrDefault(ecg, List.of());
        }

        int count(String outcome) {
            return of(outcome).count();
        }

        private void add(int ecg, Asked asked) {
            Outcome of = of(asked.outcome());
            of.ecgs.set(ecg);
            of.items.computeIfAbsent(ecg, e -> new ArrayList<>(1)).add(asked.item());
        }

        /** Leaves out ECGs with several outcomes; returns how many. */
        private int settle() {
            BitSet once = new BitSet();
            BitSet several = new BitSet();
            for (Outcome o : outcomes.values()) {
                BitSet again = (BitSet) o.ecgs.clone();
                again.and(once);
                several.or(again);
                once.or(o.ecgs);
            }
            for (Outcome o : outcomes.values()) {
                o.ecgs.andNot(several);
                several.stream().forEach(o.items::remove);
            }
            return several.cardinality();
        }
    }

    final TaskKind kind;
    final List<Row> rows;
    private final List<List<Integer>> ecgIds;
    private final List<int[]> patientsOfEcg;
    private final List<String> patients;
    private final int contradictions;

    private AnswerTable(
            TaskKind kind,
            List<Row> rows,
            List<List<Integer>> ecgIds,
            List<int[]> patientsOfEcg,
            List<String> patients,
            int contradictions) {
        this.kind = kind;
        this.rows = List.copyOf(rows);
        this.ecgIds = List.copyOf(ecgIds);
        this.patientsOfEcg = List.copyOf(patientsOfEcg);
        this.patients = List.copyOf(patients);
        this.contradictions = contradictions;
    }

    /** Lead by lead; ECGs with two outcomes of one question are left out of it. What crossed tasks are cut from. */
    static AnswerTable byForm(TaskKind kind, List<Asked> items) {
        AnswerTable all = of(kind, items, Asked::form);
        int contradictions = all.rows.stream().mapToInt(Row::settle).sum();
        return new AnswerTable(kind, all.rows, all.ecgIds, all.patientsOfEcg, all.patients, contradictions);
    }

    /** All leads of an attribute together, both answers allowed. What balanced tasks are cut from. */
    static AnswerTable byAttribute(TaskKind kind, List<Asked> items) {
        return of(kind, items, Asked::attribute);
    }

    private static AnswerTable of(TaskKind kind, List<Asked> items, Function<Asked, String> nameOf) {
        SortedMap<List<Integer>, Set<String>> patientsOf = new TreeMap<>(
                Comparator.comparing((List<Integer> ids) -> ids.get(0)).thenComparing(List::getLast));
        items.forEach(asked -> patientsOf.put(asked.item().ecgIds(), asked.patients()));
        SortedSet<String> names = new TreeSet<>();
        patientsOf.values().forEach(names::addAll);
        List<String> patients = List.copyOf(names);
        Map<List<Integer>, Integer> ecgNumber = new HashMap<>();
        List<int[]> patientsOfEcg = new ArrayList<>();
        patientsOf.forEach((ids, of) -> {
            ecgNumber.put(ids, ecgNumber.size());
            patientsOfEcg.add(of.stream()
                    .sorted()
                    .mapToInt(patient -> Collections.binarySearch(patients, patient))
                    .toArray());
        });
        SortedMap<String, Row> rows = new TreeMap<>();
        for (Asked asked : items) {
            String name = nameOf.apply(asked);
            rows.computeIfAbsent(
                            asked.question().isEmpty() ? name : asked.question() + "\n" + name,
                            key -> new Row(name, asked))
                    .add(
                            Objects.requireNonNull(ecgNumber.get(asked.item().ecgIds()), "every ECG has its number"),
                            asked);
        }
        return new AnswerTable(
                kind, List.copyOf(rows.values()), List.copyOf(patientsOf.keySet()), patientsOfEcg, patients, 0);
    }

    int ecgCount() {
        return ecgIds.size();
    }

    List<Integer> ecgIds(int ecg) {
        return ecgIds.get(ecg);
    }

    int patientCount() {
        return patients.size();
    }

    /** Whose it is, by number: one, or two where two people's ECGs are compared. */
    int[] patientsOf(int ecg) {
        return patientsOfEcg.get(ecg);
    }

    String patientName(int ecg) {
        return Arrays.stream(patientsOf(ecg)).mapToObj(patients::get).collect(Collectors.joining(" and "));
    }

    /** How many (attribute, ECG) pairs had several outcomes and were left out. */
    int contradictions() {
        return contradictions;
    }

    /** How many patients have that outcome. */
    int patientsWith(Row row, String outcome) {
        return (int) row.ecgs(outcome).stream()
                .flatMap(ecg -> Arrays.stream(patientsOf(ecg)))
                .distinct()
                .count();
    }

    /** The ECGs that might have all four outcomes of a choice: those with both of some pair, one alone of another and none of a third. */
    BitSet fourfold() {
        BitSet fourfold = ecgsWith(TaskKind.BOTH);
        fourfold.and(ecgsWith(TaskKind.FIRST, TaskKind.SECOND));
        fourfold.and(ecgsWith(TaskKind.NONE));
        return fourfold;
    }

    /** The ECGs with one of these outcomes of some row. */
    private BitSet ecgsWith(String... outcomes) {
        BitSet some = new BitSet();
        for (String outcome : outcomes) {
            rows.forEach(row -> some.or(row.ecgs(outcome)));
        }
        return some;
    }

    Set<Integer> ecgs() {
        Set<Integer> ids = new TreeSet<>();
        ecgIds.forEach(ids::addAll);
        return ids;
    }

    Set<String> patients() {
        return new TreeSet<>(patients);
    }

    /** All rows in words, those first whose rarest outcome the most patients have. */
    List<String> described() {
        Comparator<Row> rarest = Comparator.comparing(row -> row.outcomes().stream()
                .mapToInt(o -> patientsWith(row, o))
                .min()
                .orElse(0));
        return rows.stream().sorted(rarest.reversed()).map(this::describe).toList();
    }

    /** A line such as {@code static noise: 19 yes (15 patients), 53 no (36 patients)}. */
    String describe(Row row) {
        return row.attribute + ": "
                + row.outcomes().stream()
                        .map(o -> row.count(o) + " " + o + " (" + patientsWith(row, o) + " patients)")
                        .collect(Collectors.joining(", "));
    }
}
