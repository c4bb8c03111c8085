package org.einthoven.data.qa;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A set of questions.
 *
 * @param source where they come from, for error texts
 * @param warnings what a reader should know
 */
public record EcgQa(String source, List<QaItem> items, List<String> warnings) {
    public EcgQa {
        items = List.copyOf(items);
        warnings = List.copyOf(warnings);
    }

    /** Only the questions all of whose ECGs satisfy {@code there}, such as being on this disk. */
    public EcgQa about(IntPredicate there) {
        return new EcgQa(
                source,
                items.stream()
                        .filter(item -> item.ecgIds().stream().allMatch(there::test))
                        .toList(),
                warnings);
    }

    /** How many items there are of each question type, by its published name. */
    public Map<String, Integer> countsByType() {
        Map<String, Integer> counts = new TreeMap<>();
        items.forEach(item -> counts.merge(item.questionType().label(), 1, Integer::sum));
        return counts;
    }
}
