package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.einthoven.models.io.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real vocabularies, ids that other implementations gave. */
class TokenizerGoldensTest {
    private static JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file.toFile());
    }

    private static int[] ids(JsonNode list) {
        return JsonMapper.shared().convertValue(list, int[].class);
    }

    @ParameterizedTest
    @CsvSource({
        "llama2, 1, 2, 32000",
        "llama3_1, 128000, 128001, 128256",
        "gemma2, 2, 1, 256000",
        "gemma3, 2, 1, 262145"
    })
    void everyStringOfEveryFamily(String family, int bos, int eos, int size) {
        Tokenizer tokenizer = Tokenizers.open(Shared.data("tokenizers/" + family));
        assertEquals(OptionalInt.of(bos), tokenizer.bos());
        assertEquals(OptionalInt.of(eos), tokenizer.eos());
        assertEquals(size, tokenizer.vocabularySize());
        assertTrue(tokenizer.addsBos() && tokenizer.isSpecial(bos));
        JsonNode cases = json(Shared.data("tokenizers/goldens-visible.json")).get("cases");
        assertTrue(cases.size() > 200);
        for (JsonNode c : cases) {
            String text = c.get("text").asString();
            int[] ids = tokenizer.encode(text);
            assertArrayEquals(ids(c.get(family)), ids, () -> "string " + c.get("id") + ": " + c.get("text"));
            // SentencePiece's mark itself comes back as a space: the one thing that these vocabularies cannot say.
            String expected = family.equals("llama3_1") ? text : text.replace(Text.SPACE_MARK, ' ');
            assertEquals(expected, tokenizer.decode(ids), () -> "string " + c.get("id") + " decoded");
        }
    }

    @ParameterizedTest
    @CsvSource({"llama3_1, llama-bpe", "llama.cpp/ggml-vocab-llama-spm.gguf, llama-spm", "llama2, llama-spm"})
    void stringsOfLlamaCpp(String tokenizer, String strings) throws IOException {
        Tokenizer t = Tokenizers.open(Shared.data("tokenizers/" + tokenizer));
        Path inputs = Shared.data("tokenizers/llama.cpp/ggml-vocab-" + strings + ".gguf.inp");
        String[] texts = Files.readString(inputs).split("\n__ggml_vocab_test__\n", -1);
        String[] expected = Files.readString(inputs.resolveSibling("ggml-vocab-" + strings + ".gguf.out"))
                .split("\n", -1);
        for (int i = 0; i < texts.length; i++) {
            int[] ids = Arrays.stream(expected[i].strip().split(" "))
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertArrayEquals(ids, t.encode(texts[i]), "\"" + texts[i] + "\"");
        }
    }

    @Test
    void theVocabularyInsideAGguf() {
        Tokenizer t = Tokenizers.open(Shared.data("llm/stories260K-gguf/stories260K-f32.gguf"));
        JsonNode runs = json(Shared.data("llm/stories260K-golden.json")).get("greedy");
        for (JsonNode run : runs) {
            assertArrayEquals(
                    ids(run.get("prompt_ids")), t.encodePrompt(run.get("prompt").asString()));
            assertEquals(run.get("text").asString(), t.decode(ids(run.get("ids"))));
        }
    }

    @Test
    void longTextsTakeNearlyLinearTime() {
        Tokenizer t = Tokenizers.open(Shared.data("tokenizers/llama2"));
        String text = "a".repeat(200_000);
        assertEquals(text, t.decode(t.encode(text)));
    }
}
