package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.BOTH;
import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.GIVEN;
import static org.einthoven.data.episodes.TaskKind.NO;
import static org.einthoven.data.episodes.TaskKind.NONE;
import static org.einthoven.data.episodes.TaskKind.SECOND;
import static org.einthoven.data.episodes.TaskKind.YES;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.einthoven.data.qa.QaItem;

/** Reads off an item what it asks for, and which outcome its answer is. */
final class AskedReader {
    /** ECG-QA names the lead in the wording only. */
    private static final Pattern LEAD =
            Pattern.compile("\\blead (I|II|III|aVR|aVL|aVF|V[1-6])\\b", Pattern.CASE_INSENSITIVE);

    private final StrictRules rules;
    private final Map<String, String> conceptOf = new HashMap<>();
    private final Map<String, String> leadOf = new HashMap<>();

    /** What a thing asked for is made of, kept once for all items that ask for it. */
    private record Subject(
            String attribute,
            String form,
            String question,
            List<String> options,
            Set<String> names,
            Set<String> concepts,
            Set<String> units,
            Set<String> groups) {}

    private final Map<Subject, Subject> subjects = new HashMap<>();

    AskedReader(StrictRules rules) {
        this.rules = rules;
    }

    /** Empty when the answer is no outcome: "not sure", say. */
    Optional<Asked> read(QaItem item, Set<String> patients) {
        return switch (TaskKind.of(item.questionType())) {
            case VERIFY -> verify(item, patients);
            case CHOOSE -> choose(item, patients);
            case QUERY -> Optional.of(query(item, patients));
        };
    }

    private Optional<Asked> verify(QaItem item, Set<String> patients) {
        if (!item.isAnswered(YES) && !item.isAnswered(NO)) {
            return Optional.empty();
        }
        String attribute = item.subject();
        Subject subject = subject(
                item,
                attribute,
                attribute + lead(item),
                "",
                List.of(YES, NO),
                Set.of(attribute),
                Set.of(concept(attribute)));
        return Optional.of(asked(item, TaskKind.VERIFY, subject, item.answer().get(0), patients));
    }

    private Optional<Asked> choose(QaItem item, Set<String> patients) {
        List<String> pair = List.copyOf(new TreeSet<>(item.attributes()));
        if (pair.size() != 2) {
            return Optional.empty();
        }
        Set<String> answer = Set.copyOf(item.answer());
        String outcome;
        if (answer.equals(Set.of(NONE))) {
            outcome = NONE;
        } else if (answer.equals(Set.copyOf(pair)) || answer.equals(Set.of(BOTH))) {
            outcome = BOTH;
        } else if (answer.equals(Set.of(pair.get(0)))) {
            outcome = FIRST;
        } else if (answer.equals(Set.of(pair.get(1)))) {
            outcome = SECOND;
        } else {
            return Optional.empty();
        }
        String attribute = pair.get(0) + " or " + pair.get(1);
        Subject subject = subject(
                item,
                attribute,
                attribute + lead(item),
                "",
                List.of(pair.get(0), pair.get(1), BOTH, NONE),
                Set.copyOf(pair),
                concepts(pair));
        return Optional.of(asked(
                outcome.equals(BOTH) ? item.withAnswer(BOTH) : item, TaskKind.CHOOSE, subject, outcome, patients));
    }

    private Asked query(QaItem item, Set<String> patients) {
        List<String> answers = List.copyOf(new TreeSet<>(item.answer()));
        List<String> concepts = answers.stream()
                .map(answer -> item.attributes().stream()
                        .filter(a -> a.startsWith(answer + " of ")) // a range of something
                        .findFirst()
                        .orElse(answer))
                .toList();
        String attribute = String.join(", ", answers);
        Subject subject = subject(
                item,
                attribute,
                attribute,
                item.templateId() + " " + item.question(),
                List.of(),
                Set.copyOf(answers),
                concepts(concepts));
        return asked(answers.size() > 1 ? item.withAnswer(attribute) : item, TaskKind.QUERY, subject, GIVEN, patients);
    }

    private static Asked asked(QaItem item, TaskKind kind, Subject of, String outcome, Set<String> patients) {
        return new Asked(
                item,
                kind,
                of.attribute,
                of.form,
                of.question,
                outcome,
                of.options,
                of.names,
                of.concepts,
                of.units,
                of.groups,
                patients);
    }

    private Subject subject(
            QaItem item,
            String attribute,
            String form,
            String question,
            List<String> options,
            Set<String> names,
            Set<String> concepts) {
        Set<String> groups = rules.apart().split() == Split.GROUP
                ? concepts.stream().map(Concepts::group).collect(Collectors.toUnmodifiableSet())
                : concepts;
        Set<String> units =
                switch (rules.apart().split()) {
                    case ATTRIBUTE -> concepts;
                    case GROUP -> groups;
                    case KEY -> Set.of(item.templateId() + "_" + attribute);
                    case TEMPLATE -> Set.of(Integer.toString(item.templateId()));
                    case PATIENT, STRAT_FOLD, PUBLISHED -> Set.of();
                };
        Subject subject = new Subject(attribute, form, question, options, names, concepts, units, groups);
        return subjects.computeIfAbsent(subject, s -> s);
    }

    private Set<String> concepts(List<String> names) {
        Set<String> concepts = new TreeSet<>();
        names.forEach(name -> concepts.add(concept(name)));
        return concepts;
    }

    private String concept(String name) {
        return conceptOf.computeIfAbsent(name, rules.concepts()::of);
    }

    private String lead(QaItem item) {
        return leadOf.computeIfAbsent(item.question(), question -> {
            Matcher lead = LEAD.matcher(question);
            return lead.find() ? " in lead " + lead.group(1) : "";
        });
    }
}
