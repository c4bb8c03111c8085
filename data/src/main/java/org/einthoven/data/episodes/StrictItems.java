package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.einthoven.data.PublishedSides;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;

/** The items that strict tasks are cut from, with what each asks for, and what was left out and why. */
final class StrictItems {
    final List<Asked> items;
    final Set<Integer> abnormalEcgs = new HashSet<>();
    final List<String> notes = new ArrayList<>();
    private final StrictRules rules;
    private final AskedReader reader;
    final SortedMap<Integer, String> patientOf = new TreeMap<>();

    /** What divides the patients, where the division is one that was published: it comes with the records or with the questions. */
    final Optional<PublishedSides> published;

    StrictItems(EcgQa qa, StrictRules rules, IntFunction<String> patientOf) {
        this.rules = rules;
        this.reader = new AskedReader(rules);
        this.published = rules.apart().split() == Split.PUBLISHED
                ? Optional.of(qa.lists())
                : rules.apart().folds().map(folds -> folds);
        List<Asked> frequent = frequent(usable(qa, patientOf));
        frequent.stream()
                .filter(asked -> asked.kind() == TaskKind.VERIFY && asked.isRare())
                .filter(asked -> !Concepts.isNormal(asked.attribute()))
                .forEach(asked -> abnormalEcgs.addAll(asked.item().ecgIds()));
        this.items = rules.apart().split() == Split.ATTRIBUTE ? withoutUmbrellas(frequent) : frequent;
    }

    private List<Asked> usable(EcgQa qa, IntFunction<String> patient) {
        List<Asked> usable = new ArrayList<>();
        Map<Integer, Integer> excluded = new TreeMap<>();
        Map<TaskKind, Integer> unclear = new TreeMap<>();
        int unlisted = 0;
        for (QaItem item : qa.items()) {
            if (!rules.types().contains(item.questionType())) {
                continue;
            }
            if (rules.excludedTemplates().contains(item.templateId())) {
                excluded.merge(item.templateId(), 1, Integer::sum);
                continue;
            }
            if (published.filter(sides -> !sides.has(item.ecgIds())).isPresent()) {
                unlisted++;
                continue;
            }
            Set<String> patients = item.ecgIds().stream()
                    .map(ecg -> patientOf.computeIfAbsent(ecg, patient::apply))
                    .collect(Collectors.toUnmodifiableSet());
            reader.read(item, patients)
                    .ifPresentOrElse(
                            usable::add, () -> unclear.merge(TaskKind.of(item.questionType()), 1, Integer::sum));
        }
        excluded.forEach((template, count) ->
                notes.add("template " + template + ": " + count + " items, left out by --exclude-templates"));
        if (unlisted > 0) {
            notes.add(unlisted + " items are about ECGs that "
                    + published.map(PublishedSides::lacking).orElseThrow() + ", left out");
        }
        unclear.forEach((kind, count) -> notes.add(count
                + (kind == TaskKind.VERIFY
                        ? " items answered neither yes nor no, reported apart and never merged"
                        : " items answered otherwise than by one of two attributes, both or none, left out")));
        return usable;
    }

    private List<Asked> frequent(List<Asked> usable) {
        Map<String, Integer> counts = new TreeMap<>();
        usable.forEach(asked -> counts.merge(asked.attribute(), 1, Integer::sum));
        Set<String> rare = new HashSet<>();
        counts.forEach((attribute, count) -> {
            if (count < rules.minClassSize()) {
                rare.add(attribute);
                notes.add(attribute + ": " + count + " items, --min-class-size is " + rules.minClassSize());
            }
        });
        return usable.stream()
                .filter(asked -> !rare.contains(asked.attribute()))
                .toList();
    }

    /**
     * Leaves out attributes whose concept contains others that are there: they would tie all of those together. Where there
     * is too little of all the others for any task, those are left out instead.
     */
    private List<Asked> withoutUmbrellas(List<Asked> frequent) {
        Set<String> concepts = new TreeSet<>();
        frequent.forEach(asked -> concepts.addAll(asked.concepts()));
        Set<String> asking = plentiful(frequent);
        Set<String> dropped = new HashSet<>();
        for (String concept : concepts) {
            Set<String> parts = concepts.stream()
                    .filter(other -> Concepts.contains(concept, other))
                    .collect(Collectors.toSet());
            if (parts.stream().anyMatch(asking::contains)) {
                dropped.add(concept);
            } else {
                dropped.addAll(parts);
            }
        }
        Map<String, Integer> leftOut = new TreeMap<>();
        List<Asked> kept = new ArrayList<>();
        for (Asked asked : frequent) {
            if (asked.concepts().stream().anyMatch(dropped::contains)) {
                leftOut.merge(asked.attribute(), 1, Integer::sum);
            } else {
                kept.add(asked);
            }
        }
        leftOut.forEach((attribute, count) -> notes.add(attribute + ": " + count
                + " items, left out of a split by attribute: it contains other attributes and would tie them together,"
                + " or is a rare part of another"));
        return kept;
    }

    /** The concepts of which some row has each of its outcomes as often as the smallest task needs them. */
    private static Set<String> plentiful(List<Asked> items) {
        Set<String> concepts = new HashSet<>();
        for (TaskKind kind : TaskKind.values()) {
            AnswerTable table = AnswerTable.byAttribute(
                    kind, items.stream().filter(asked -> asked.kind() == kind).toList());
            table.rows.stream()
                    .filter(row -> row.outcomes().stream().allMatch(o -> table.patientsWith(row, o) > 1))
                    .forEach(row -> concepts.addAll(row.concepts));
        }
        return concepts;
    }
}
