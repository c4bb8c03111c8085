package org.einthoven.cli.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.nn.Losses;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingExercisesTest {
    private static final int SIZE = 200;

    @TempDir
    static Path dir;

    private static Tokenizer tokenizer;
    private static ReadingExercises exercises;

    @BeforeAll
    static void learnTheWords() throws Exception {
        tokenizer = Tokenizers.open(Files.writeString(dir.resolve("tokenizer.json"), Vocabulary.tokenizerJson()));
        // The phrase ends the question, so that a test can find it there.
        exercises = new ReadingExercises(tokenizer, Vocabulary.phrases(), List.of("is this in the list: %s"));
    }

    private static int token(String text) {
        int[] ids = tokenizer.encode(text);
        assertEquals(1, ids.length, text);
        return ids[0];
    }

    /** The label where the answer is predicted. */
    private static int answer(ReadingExercises.Batch b, int row) {
        return b.labels().toInts()[row * b.labels().dim(1) + b.answerAt()[row]];
    }

    @Test
    void aboutHalfOfTheAnswersAreYes() {
        int yes = 0;
        for (int i = 0; i < 10; i++) {
            ReadingExercises.Batch b = exercises.draw(Rng.of(1).split(i), SIZE, 1);
            for (int row = 0; row < SIZE; row++) {
                int label = answer(b, row);
                assertTrue(label == token(" yes") || label == token(" no"), tokenizer.piece(label));
                yes += label == token(" yes") ? 1 : 0;
            }
        }
        double share = yes / (10.0 * SIZE);
        assertEquals(0.5, share, 4 * 0.5 / Math.sqrt(10.0 * SIZE), "seed 1");
    }

    /** With one phrase a list is short enough to be all there, so the answer can be read off the tokens. */
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4})
    void theAnswerIsYesExactlyWhenThePhraseIsListed(long seed) {
        ReadingExercises.Batch b = exercises.draw(Rng.of(seed), SIZE, 0);
        int slots = b.listed().dim(1);
        for (int row = 0; row < SIZE; row++) {
            List<Integer> listed = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                boolean counts = false;
                for (int s = 0; s < ReadingExercises.SLOTS; s++) {
                    counts |= b.share().get(row, s, i) > 0;
                }
                if (counts) {
                    listed.add((int) b.listed().get(row, i));
                }
            }
            assertFalse(listed.isEmpty());
            int questionEnds = b.answerAt()[row] - ReadingExercises.SLOTS + 1;
            int[] question = new int[questionEnds];
            for (int i = 0; i < questionEnds; i++) {
                question[i] = (int) b.text().get(row, i);
            }
            String asked = tokenizer.decode(question).replace("Question:", "").replaceAll("(?i) answer:$", "");
            String list =
                    tokenizer.decode(listed.stream().mapToInt(Integer::intValue).toArray());
            boolean same = asked.substring(asked.indexOf("list:") + 5).strip().equals(list.strip());
            assertEquals(same ? token(" yes") : token(" no"), answer(b, row), asked + " | " + list);
        }
    }

    @Test
    void whatIsLearntIsTheTextAndNothingOfThePrefixOrThePadding() {
        ReadingExercises.Batch b = exercises.draw(Rng.of(5), SIZE, 1);
        int t = b.text().dim(1);
        for (int row = 0; row < SIZE; row++) {
            int end = b.answerAt()[row] - ReadingExercises.SLOTS + 3; // question, answer, end of text
            for (int i = 0; i < ReadingExercises.SLOTS + t; i++) {
                int next = i - ReadingExercises.SLOTS + 1;
                int label = (int) b.labels().get(row, i);
                assertEquals(
                        next >= 0 && next < end ? (int) b.text().get(row, next) : Losses.IGNORE,
                        label,
                        "row " + row + ", place " + i);
            }
            assertEquals(tokenizer.eos().orElseThrow(), (int) b.text().get(row, end - 1));
        }
    }

    @Test
    void listsAreNotKnownByHeart() {
        Set<String> asked = new TreeSet<>();
        ReadingExercises.Batch b = exercises.draw(Rng.of(6), SIZE, 1);
        for (int row = 0; row < SIZE; row++) {
            int[] ids = b.text().select(0, row).toInts();
            asked.add(tokenizer.decode(ids));
        }
        asked.removeIf(q -> Vocabulary.phrases().stream().anyMatch(q::contains));
        assertTrue(asked.size() > SIZE / 10, "mixtures of words: " + asked.size());
    }

    @Test
    void theSameSeedGivesTheSameExercises() {
        ReadingExercises.Batch a = exercises.draw(Rng.of(7), 8, 0.5);
        ReadingExercises.Batch b = exercises.draw(Rng.of(7), 8, 0.5);
        assertArrayEquals(a.text().toInts(), b.text().toInts());
        assertArrayEquals(a.share().toDoubles(), b.share().toDoubles());
    }

    @Test
    void aModelThatIsTrainedOnThemLosesLess() {
        Llama model = new Llama(LanguageModelMaker.config(tokenizer));
        Params start = model.init(Rng.of(8).split("weights"));
        Params trained = LanguageModelMaker.train(model, exercises, Rng.of(8), 12, line -> {});
        ReadingExercises.Batch b = exercises.draw(Rng.of(9), 32, 0);
        double before = exercises.read(model, start, b, Rng.of(10)).loss().item();
        double after = exercises.read(model, trained, b, Rng.of(10)).loss().item();
        assertTrue(after < before, before + " to " + after);
    }
}
