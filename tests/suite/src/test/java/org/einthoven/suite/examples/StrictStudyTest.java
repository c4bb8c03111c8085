package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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

    @Test
    void chooseHasEveryOutcomeAndPairsAreConcepts() {
        Set<Integer> answers =
                questions("choose").items().stream().map(i -> i.answer().size()).collect(Collectors.toSet());
        assertTrue(answers.contains(1) && answers.contains(2), answers.toString());
        Concepts concepts = Concepts.read(study.resolve("choose").resolve("concepts.csv"));
        for (QaItem item : questions("choose").items()) {
            String pair = concepts.of(item.attributes().get(0));
            assertTrue(pair.startsWith("pair "), pair);
            assertEquals(pair, concepts.of(item.attributes().get(1)));
        }
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
