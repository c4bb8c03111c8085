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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;

/** The yes/no items that strict tasks are cut from, with what each asks for, and what was left out and why. */
final class StrictItems {
    /** ECG-QA names the lead in the wording only. */
    private static final Pattern LEAD =
            Pattern.compile("\\blead (I|II|III|aVR|aVL|aVF|V[1-6])\\b", Pattern.CASE_INSENSITIVE);

    final List<Asked> items;
    final Set<Integer> abnormalEcgs = new HashSet<>();
    final List<String> notes = new ArrayList<>();
    private final StrictRules rules;
    private final Map<String, String> conceptOf = new HashMap<>();
    private final Map<String, String> leadOf = new HashMap<>();
    private final Map<Integer, String> patientOf = new HashMap<>();

    StrictItems(EcgQa qa, StrictRules rules, IntFunction<String> patientOf) {
        this.rules = rules;
        List<Asked> frequent = frequent(usable(qa, patientOf));
        frequent.stream()
                .filter(asked -> asked.isYes() && !Concepts.isNormal(asked.attribute()))
                .forEach(asked -> abnormalEcgs.add(asked.item().ecgId()));
        this.items = rules.split() == Split.ATTRIBUTE ? withoutUmbrellas(frequent) : frequent;
    }

    private List<Asked> usable(EcgQa qa, IntFunction<String> patient) {
        List<Asked> usable = new ArrayList<>();
        Map<Integer, Integer> excluded = new TreeMap<>();
        int unsure = 0;
        for (QaItem item : qa.items()) {
            if (item.questionType() != QuestionType.SINGLE_VERIFY) {
                continue;
            }
            if (rules.excludedTemplates().contains(item.templateId())) {
                excluded.merge(item.templateId(), 1, Integer::sum);
            } else if (item.isAnswered("yes") || item.isAnswered("no")) {
                usable.add(asked(item, patientOf.computeIfAbsent(item.ecgId(), patient::apply)));
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

    private Asked asked(QaItem item, String patient) {
        String attribute =
                item.attributes().size() == 1 ? item.attributes().get(0) : String.join(" + ", item.attributes());
        String concept = conceptOf.computeIfAbsent(attribute, rules.concepts()::of);
        String unit =
                switch (rules.split()) {
                    case ATTRIBUTE -> concept;
                    case KEY -> item.templateId() + "_" + attribute;
                    case TEMPLATE -> Integer.toString(item.templateId());
                    case PATIENT -> "";
                };
        String lead = leadOf.computeIfAbsent(item.question(), StrictItems::lead);
        return new Asked(item, attribute, lead.isEmpty() ? attribute : attribute + lead, concept, unit, patient);
    }

    private static String lead(String question) {
        Matcher lead = LEAD.matcher(question);
        return lead.find() ? " in lead " + lead.group(1) : "";
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

    /** Leaves out attributes whose concept contains others that are there: they would tie all of those together. */
    private List<Asked> withoutUmbrellas(List<Asked> frequent) {
        Set<String> concepts = new TreeSet<>();
        frequent.forEach(asked -> concepts.add(asked.concept()));
        Set<String> umbrellas = new HashSet<>(concepts);
        umbrellas.removeIf(concept -> concepts.stream().noneMatch(other -> Concepts.contains(concept, other)));
        Map<String, Integer> leftOut = new TreeMap<>();
        List<Asked> kept = new ArrayList<>();
        for (Asked asked : frequent) {
            if (umbrellas.contains(asked.concept())) {
                leftOut.merge(asked.attribute(), 1, Integer::sum);
            } else {
                kept.add(asked);
            }
        }
        leftOut.forEach(
                (attribute, count) -> notes.add(
                        attribute + ": " + count
                                + " items, left out of a split by attribute: it contains other attributes and would tie them together"));
        return kept;
    }
}
