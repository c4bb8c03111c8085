package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;

/** The yes/no items that strict tasks are cut from, with what each asks for, and what was left out. */
final class StrictItems {
    /** ECG-QA names the lead in the wording only. */
    private static final Pattern LEAD =
            Pattern.compile("\\blead (I|II|III|aVR|aVL|aVF|V[1-6])\\b", Pattern.CASE_INSENSITIVE);

    final List<QaItem> items;
    final List<String> notes = new ArrayList<>();
    private final StrictRules rules;
    private final IntFunction<String> patientOf;
    private final Map<String, String> conceptOf = new HashMap<>();

    StrictItems(EcgQa qa, StrictRules rules, IntFunction<String> patientOf) {
        this.rules = rules;
        this.patientOf = patientOf;
        this.items = frequent(usable(qa));
    }

    private List<QaItem> usable(EcgQa qa) {
        List<QaItem> usable = new ArrayList<>();
        Map<Integer, Integer> excluded = new TreeMap<>();
        int unsure = 0;
        for (QaItem item : qa.items()) {
            if (item.questionType() != QuestionType.SINGLE_VERIFY) {
                continue;
            }
            if (rules.excludedTemplates().contains(item.templateId())) {
                excluded.merge(item.templateId(), 1, Integer::sum);
            } else if (item.isAnswered("yes") || item.isAnswered("no")) {
                usable.add(item);
            } else {
                unsure++;
            }
        }
        excluded.forEach((template, count) ->
                notes.add("template " + template + ": " + count + " items, left out by --exclude-templates"));
        if (unsure > 0) {
            notes.add(unsure + " items answered neither yes nor no, reported apart and never merged");
        }
        return usable;
    }

    private List<QaItem> frequent(List<QaItem> usable) {
        Map<String, Integer> counts = new TreeMap<>();
        usable.forEach(item -> counts.merge(attribute(item), 1, Integer::sum));
        Set<String> rare = new HashSet<>();
        counts.forEach((attribute, count) -> {
            if (count < rules.minClassSize()) {
                rare.add(attribute);
                notes.add(attribute + ": " + count + " items, --min-class-size is " + rules.minClassSize());
            }
        });
        return usable.stream().filter(item -> !rare.contains(attribute(item))).toList();
    }

    /** Leaves out attributes whose concept contains others that are there: they would tie all of those together. */
    List<QaItem> withoutUmbrellas() {
        Set<String> concepts = new TreeSet<>();
        items.forEach(item -> concepts.add(concept(attribute(item))));
        Map<String, Integer> umbrellas = new TreeMap<>();
        List<QaItem> kept = new ArrayList<>();
        for (QaItem item : items) {
            String concept = concept(attribute(item));
            if (concepts.stream().anyMatch(other -> Concepts.contains(concept, other))) {
                umbrellas.merge(attribute(item), 1, Integer::sum);
            } else {
                kept.add(item);
            }
        }
        umbrellas.forEach((attribute, count) -> notes.add(attribute + ": " + count
                + " items, left out of a split by attribute: it contains other attributes and would tie them together"));
        return kept;
    }

    /** What the item asks for, whatever the lead. */
    String attribute(QaItem item) {
        return String.join(" + ", item.attributes());
    }

    /** What the item asks for, with the lead where the wording names one. */
    String form(QaItem item) {
        Matcher lead = LEAD.matcher(item.question());
        return attribute(item) + (lead.find() ? " in lead " + lead.group(1) : "");
    }

    String concept(String attribute) {
        return conceptOf.computeIfAbsent(attribute, rules.concepts()::of);
    }

    /** The group an item belongs to in the split that is asked for. */
    String unit(QaItem item) {
        return switch (rules.split()) {
            case ATTRIBUTE -> concept(attribute(item));
            case KEY -> item.templateId() + "_" + attribute(item);
            case TEMPLATE -> Integer.toString(item.templateId());
            case PATIENT -> "";
        };
    }

    String patient(QaItem item) {
        return patientOf.apply(item.ecgId());
    }

    /** Lead by lead, ECGs with contradicting answers left out: what crossed tasks are cut from. */
    AnswerTable byForm(List<QaItem> from, Predicate<QaItem> which) {
        return AnswerTable.of(from.stream().filter(which).toList(), this::form, this::concept, patientOf, true);
    }

    /** All leads together: what balanced tasks are cut from. */
    AnswerTable byAttribute(List<QaItem> from, Predicate<QaItem> which) {
        return AnswerTable.of(from.stream().filter(which).toList(), this::attribute, this::concept, patientOf, false);
    }

    /** Ids of the ECGs with a finding that is not normal. */
    Set<Integer> abnormalEcgs() {
        Set<Integer> ids = new HashSet<>();
        items.stream()
                .filter(item -> item.isAnswered("yes") && !Concepts.isNormal(attribute(item)))
                .forEach(item -> ids.add(item.ecgId()));
        return ids;
    }
}
