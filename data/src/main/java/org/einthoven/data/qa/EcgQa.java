package org.einthoven.data.qa;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.einthoven.data.EcgLists;
import org.einthoven.tensor.FormatException;

/**
 * A set of questions.
 *
 * @param source where they come from, for error texts
 * @param warnings what a reader should know
 * @param listFolder with the lists of ECGs that ECG-QA divides its questions by; empty where there are none beside them
 */
public record EcgQa(String source, List<QaItem> items, List<String> warnings, Optional<Path> listFolder) {
    public EcgQa {
        items = List.copyOf(items);
        warnings = List.copyOf(warnings);
    }

    /** Questions that no lists of ECGs come with. */
    public EcgQa(String source, List<QaItem> items, List<String> warnings) {
        this(source, items, warnings, Optional.empty());
    }

    /**
     * The division that ECG-QA is published with.
     *
     * @throws FormatException when no lists of ECGs are beside these questions, or they are malformed
     */
    public EcgLists lists() {
        return EcgLists.read(listFolder.orElseThrow(() -> new FormatException(
                source,
                FormatException.WHOLE_FILE,
                "published lists",
                "there is no train_ecgs.tsv, valid_ecgs.tsv or test_ecgs.tsv beside these questions or above, as ECG-QA"
                        + " publishes them; copy them there, or take --split patient")));
    }

    /** Only the questions all of whose ECGs satisfy {@code there}, such as being on this disk. */
    public EcgQa about(IntPredicate there) {
        return new EcgQa(
                source,
                items.stream()
                        .filter(item -> item.ecgIds().stream().allMatch(there::test))
                        .toList(),
                warnings,
                listFolder);
    }

    /** How many items there are of each question type, by its published name. */
    public Map<String, Integer> countsByType() {
        Map<String, Integer> counts = new TreeMap<>();
        items.forEach(item -> counts.merge(item.questionType().label(), 1, Integer::sum));
        return counts;
    }
}
