package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.einthoven.autograd.Params;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.episodes.Concepts;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.qa.QaItem;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that make the data and the language model of the strict table, at a small size. */
class StrictStudyTest {
    @TempDir
    static Path dir;

    private static Path study;

    @BeforeAll
    static void make() throws Exception {
        study = dir.resolve("study");
        SingleFileExample example = SingleFileExample.compiled(
                "study/SyntheticStudy.java", Files.createDirectory(dir.resolve("data")), Tensor.class, QaItem.class);
        example.run(study.toString(), "all", "30");
    }

    private static EcgQa questions(String type) {
        return EcgQaReader.read(study.resolve(type).resolve("questions.json.gz"));
    }

    @Test
    void recordingsAreThereAndAreAskedAbout() {
        for (String type : List.of("verify", "choose", "query")) {
            EcgLibrary library = EcgLibrary.open(study.resolve(type).resolve("records"));
            assertEquals(30, library.ids().size());
            assertEquals(2500, library.read(7).length());
            assertEquals(
                    library.ids(),
                    questions(type).items().stream().map(QaItem::ecgId).collect(Collectors.toSet()));
        }
    }

    @Test
    void verifyAsksForTwoThatAreShownAndThirtyThatAreNot() {
        List<QaItem> items = questions("verify").items();
        assertEquals(30 * 32, items.size());
        assertEquals(2 * 30, items.stream().filter(i -> i.isAnswered("yes")).count());
        Concepts concepts = Concepts.read(study.resolve("verify").resolve("concepts.csv"));
        assertEquals("heart rate", concepts.of("a slow heart rate"));
    }

    /** A recording shows a pair of its family and is asked about all ten: both once, either alone three times, three times none. */
    @Test
    void chooseAsksAboutAllPairsOfAFamily() {
        Concepts concepts = Concepts.read(study.resolve("choose").resolve("concepts.csv"));
        Map<Integer, Map<Integer, Integer>> answersOfEcg = new TreeMap<>();
        Map<Integer, Set<String>> findingsOfEcg = new TreeMap<>();
        for (QaItem item : questions("choose").items()) {
            assertEquals(
                    1,
                    item.attributes().stream()
                            .map(a -> Concepts.group(concepts.of(a)))
                            .distinct()
                            .count());
            int named = item.isAnswered("none") ? 0 : item.answer().size();
            answersOfEcg.computeIfAbsent(item.ecgId(), e -> new TreeMap<>()).merge(named, 1, Integer::sum);
            findingsOfEcg.computeIfAbsent(item.ecgId(), e -> new TreeSet<>()).addAll(item.attributes());
        }
        assertEquals(30, answersOfEcg.size());
        answersOfEcg.forEach((ecg, answers) -> assertEquals(Map.of(0, 3, 1, 6, 2, 1), answers));
        findingsOfEcg.forEach((ecg, findings) -> assertEquals(5, findings.size()));
        assertEquals(3, Set.copyOf(findingsOfEcg.values()).size(), "of 22 families, ten recordings of each");
    }

    @Test
    void theLanguageModelOpensAndReadsTheirWords() throws Exception {
        SingleFileExample example = SingleFileExample.compiled(
                "study/TeachReading.java",
                Files.createDirectory(dir.resolve("llm")),
                Tensor.class,
                Params.class,
                Llama.class,
                QaItem.class);
        String said = example.run(study.toString(), "3", "16");
        assertTrue(said.contains("step 3 of 3"), said);
        try (Llm llm = Llm.open(study.resolve("llm"))) {
            assertEquals(16, llm.config().width());
            assertEquals(1, llm.requireTokenizer().encode(" both").length);
            for (QaItem item : questions("query").items()) {
                assertFalse(llm.requireTokenizer().encode(item.question()).length > 10, item.question());
            }
        }
    }
}
