package org.einthoven.data.qa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The classes that the reference cuts its tasks from (rows 12 to 14 of its protocol): items under keys such as
 * {@code 27_static noise_yes}, in the order they are met.
 *
 * @param classes by key
 * @param dropped one line for each key, template or answer that was left out, with the reason
 */
public record TaskClasses(Map<String, TaskClass> classes, List<String> dropped) {

    /**
     * One class.
     *
     * @param groups its items; by question id where rare question ids are filtered out, otherwise all in one
     */
    public record TaskClass(String key, List<List<QaItem>> groups) {
        /** Items in all groups. */
        public int size() {
            return groups.stream().mapToInt(List::size).sum();
        }
    }

    /** Sorts the items of {@code qa} into classes by {@code rules}. */
    public static TaskClasses of(EcgQa qa, ClassRules rules) {
        Map<String, List<QaItem>> byKey = new LinkedHashMap<>();
        Map<Integer, Integer> excluded = new TreeMap<>();
        int unsure = 0;
        for (QaItem item : qa.items()) {
            if (item.questionType() != rules.type()) {
                continue;
            }
            if (rules.excludedTemplates().contains(item.templateId())) {
                excluded.merge(item.templateId(), 1, Integer::sum);
                continue;
            }
            List<String> keys = keys(item);
            unsure += keys.isEmpty() ? 1 : 0;
            for (String key : keys) {
                byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(normalised(item));
            }
        }
        List<String> dropped = new ArrayList<>();
        excluded.forEach((template, items) ->
                dropped.add("template " + template + ": " + items + " items, left out by --exclude-templates"));
        if (unsure > 0) {
            dropped.add(unsure + " items answered neither yes nor no, reported apart and never merged");
        }
        Map<String, TaskClass> classes = new LinkedHashMap<>();
        byKey.forEach((key, items) -> {
            List<List<QaItem>> groups =
                    rules.minQuestionSize() == 0 ? List.of(items) : frequent(items, rules.minQuestionSize());
            if (items.size() < rules.minClassSize()) {
                dropped.add(key + ": " + items.size() + " items, --min-class-size is " + rules.minClassSize());
            } else if (groups.isEmpty()) {
                dropped.add(key + ": no question id with " + rules.minQuestionSize() + " items (--min-question-size)");
            } else {
                classes.put(key, new TaskClass(key, groups));
            }
        });
        return new TaskClasses(classes, dropped);
    }

    /** The classes of several question types together; their keys differ, since their templates do. */
    public static TaskClasses ofAll(EcgQa qa, List<ClassRules> rules) {
        Map<String, TaskClass> classes = new LinkedHashMap<>();
        List<String> dropped = new ArrayList<>();
        for (ClassRules some : rules) {
            TaskClasses of = of(qa, some);
            classes.putAll(of.classes);
            dropped.addAll(of.dropped);
        }
        return new TaskClasses(classes, dropped);
    }

    /** The class keys of an item (row 13): none for a verify item answered otherwise than yes or no. */
    static List<String> keys(QaItem item) {
        String attributes = String.join("_", item.attributes().stream().sorted().toList());
        String template = item.templateId() + "_";
        return switch (item.questionType()) {
            case SINGLE_VERIFY ->
                item.isAnswered("yes") || item.isAnswered("no")
                        ? List.of(template + attributes + "_" + item.answer().get(0))
                        : List.of();
            case SINGLE_CHOOSE ->
                switch (item.answer().size()) {
                    case 1 ->
                        item.isAnswered("none")
                                ? item.attributes().stream()
                                        .map(a -> template + a + "_none")
                                        .toList()
                                : List.of(template + item.answer().get(0) + "_"
                                        + item.answer().get(0));
                    case 2 -> List.of(template + attributes + "_both");
                    default -> List.of();
                };
            case SINGLE_QUERY -> List.of(template + attributes + "_" + item.answerText());
            default -> List.of();
        };
    }

    /** The answer as the reference's model is to say it: two chosen ones are "both", several queried ones one text. */
    private static QaItem normalised(QaItem item) {
        if (item.answer().size() < 2) {
            return item;
        }
        return item.withAnswer(item.questionType() == QuestionType.SINGLE_CHOOSE ? "both" : item.answerText());
    }

    private static List<List<QaItem>> frequent(List<QaItem> items, int least) {
        Map<Integer, List<QaItem>> byQuestion = new LinkedHashMap<>();
        items.forEach(item -> byQuestion
                .computeIfAbsent(item.questionId(), q -> new ArrayList<>())
                .add(item));
        return byQuestion.values().stream()
                .filter(group -> group.size() >= least)
                .toList();
    }
}
