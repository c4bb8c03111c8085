package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.einthoven.models.io.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerJsonTest {
    private static final String VOCAB =
            "{\"<s>\":0,\"<unk>\":1,\"a\":2,\"b\":3,\"c\":4,\"ab\":5,\"abc\":6,\"\u2581\":7,\"\u2581a\":8,"
                    + "\"bc\":9}";
    private static final String ADDED =
            "[{\"id\":0,\"content\":\"<s>\",\"special\":true},{\"id\":10,\"content\":\"<x>\"}]";

    @TempDir
    Path dir;

    private static String json(String vocab, String merges, String more) {
        return "{\"version\":\"1.0\",\"added_tokens\":" + ADDED + "," + more
                + "\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"fuse_unk\":true,\"vocab\":" + vocab
                + ",\"merges\":" + merges
                + "}}";
    }

    private Path write(String json) throws IOException {
        return Files.writeString(dir.resolve("tokenizer.json"), json);
    }

    private Tokenizer open(String merges, String more) throws IOException {
        return Tokenizers.open(write(json(VOCAB, merges, more)));
    }

    private void refused(String json, String... parts) throws Exception {
        Path path = write(json);
        Refused.by(path, () -> Tokenizers.open(path), parts);
    }

    // ---------------------------------------------------------------- behaviour

    @Test
    void theLowestRankMergesFirstAndTheLeftmostOfEqualOnes() throws IOException {
        assertArrayEquals(new int[] {6}, open("[\"a b\",\"ab c\"]", "").encode("abc"));
        assertArrayEquals(
                new int[] {2, 9}, open("[\"b c\",\"a b\",\"ab c\"]", "").encode("abc"));
        assertArrayEquals(new int[] {5, 5, 4}, open("[[\"a\",\"b\"]]", "").encode("ababc"));
    }

    @Test
    void addedTokensAreFoundFirstAndUnknownRunsAreOne() throws IOException {
        Tokenizer t = open("[\"a b\"]", "");
        assertArrayEquals(new int[] {0, 5, 10, 1, 2}, t.encode("<s>ab<x>??a"));
        assertTrue(t.isSpecial(0));
        assertFalse(t.isSpecial(10));
        assertEquals("<s>ab<x>", t.decode(0, 5, 10));
        assertEquals(11, t.vocabularySize());
        assertEquals("", t.decode(999), "an id without a piece adds nothing");
    }

    @Test
    void modelMayComeBeforeWhatItNeedsAndMergesBeforeTheVocabulary() throws IOException {
        String json = "{\"model\":{\"merges\":[\"a b\"],\"vocab\":" + VOCAB + ",\"type\":\"BPE\"},\"added_tokens\":"
                + ADDED + "}";
        assertArrayEquals(new int[] {5, 10}, Tokenizers.open(write(json)).encode("ab<x>"));
    }

    @Test
    void metaspacePutsOneMarkInFront() throws IOException {
        String metaspace =
                "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\"},"
                        + "\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\"},";
        Tokenizer t = open("[\"\u2581 a\"]", metaspace);
        assertArrayEquals(new int[] {8, 3, 8}, t.encode("ab a"));
        assertEquals("ab a", t.decode(8, 3, 8));
        assertEquals(" ab a", t.continuation(8, 3, 8));
    }

    @Test
    void halfASurrogatePairCountsAsTheReplacementCharacter() throws IOException {
        Tokenizer t = open("[]", "");
        assertArrayEquals(t.encode("a\ufffdb"), t.encode("a\ud800b"));
    }

    @Test
    void bosAndEosComeFromTheConfigurationElseFromTheTemplate() throws IOException {
        String template =
                "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\"}},"
                        + "{\"Sequence\":{\"id\":\"A\"}}]},";
        assertFalse(open("[]", "").addsBos());
        Tokenizer t = open("[]", template);
        assertArrayEquals(new int[] {0, 2}, t.encodePrompt("a"));
        assertEquals(OptionalInt.empty(), t.eos());
        Files.writeString(
                dir.resolve("tokenizer_config.json"),
                "{\"add_bos_token\":false,\"eos_token\":{\"content\":\"<s>\",\"x\":[{}]},\"bos_token\":\"<s>\"}");
        Tokenizer configured = Tokenizers.open(dir);
        assertArrayEquals(new int[] {2}, configured.encodePrompt("a"));
        assertEquals(OptionalInt.of(0), configured.eos());
    }

    @Test
    void aSpecialTokenThatThereIsNoneOfIsNamed() throws Exception {
        for (String key : new String[] {"bos_token", "eos_token"}) {
            Files.writeString(dir.resolve("tokenizer_config.json"), "{\"" + key + "\":\"<nowhere>\"}");
            refused(json(VOCAB, "[]", ""), "added_tokens", "<nowhere>", key);
        }
        Files.writeString(dir.resolve("tokenizer_config.json"), "{\"bos_token\":null,\"eos_token\":\"\"}");
        assertArrayEquals(new int[] {2}, open("[]", "").encode("a"), "no name is no error");
    }

    @Test
    void gzipIsReadByContent() throws IOException {
        Path packed = dir.resolve("any-name");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(json(VOCAB, "[\"a b\"]", "").getBytes(StandardCharsets.UTF_8));
        }
        assertArrayEquals(new int[] {5}, Tokenizers.open(packed).encode("ab"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ISOLATED|a,--,b,-",
                "REMOVED|a,b",
                "MERGED_WITH_PREVIOUS|a--,b-",
                "MERGED_WITH_NEXT|a,--b,-",
                "CONTIGUOUS|a,--,b,-"
            })
    void splitBehaviours(PreTokenizer.Behavior behavior, String words) {
        PreTokenizer split = new PreTokenizer.Split(GuardedPattern.own("-+"), behavior, false);
        assertEquals(words, String.join(",", split.words("a--b-", true)));
    }

    // ---------------------------------------------------------------- bad files

    @Test
    void j1DamagedFiles() throws Exception {
        refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0", "not valid JSON");
        refused("[".repeat(100_000), "tokenizer", "neither");
        refused("{\"x\":" + "[".repeat(100_000), "nesting");
        refused(json("{\"a\":0,\"a\":1}", "[]", ""), "uplicate");
        refused("{\"model\":{},\"model\":{}}", "uplicate");
        refused("{}", "model.vocab", "missing");
        Path other = Files.write(dir.resolve("other"), new byte[] {1, 2, 3});
        Refused.by(other, () -> Tokenizers.open(other), "neither");
        Path none = Files.createDirectory(dir.resolve("none"));
        Refused.by(none, () -> Tokenizers.open(none), "no tokenizer.json");
        Path missing = dir.resolve("missing");
        Refused.by(missing, () -> Tokenizers.open(missing), "does not exist");
    }

    @Test
    void j1VocabularyAndMerges() throws Exception {
        refused(json(VOCAB, "[\"a z\"]", ""), "model.merges[0]", "not in the vocabulary");
        refused(json(VOCAB, "[\"a c\"]", ""), "model.merges[0]", "not in the vocabulary");
        refused(json(VOCAB, "[\"ab\"]", ""), "model.merges", "one space");
        refused(json(VOCAB, "[[\"a\"]]", ""), "model.merges", "two strings");
        refused(json("{\"a\":0,\"b\":0}", "[]", ""), "same id 0");
        refused(json("{\"a\":-1}", "[]", ""), "model.vocab");
        refused(json("{\"a\":2147483647}", "[]", ""), "out of all proportion");
        refused(json("{\"a\":1.5}", "[]", ""), "whole number");
        refused(json("{}", "[]", ""), "missing or empty");
    }

    @Test
    void j1PartsThatAreNotRead() throws Exception {
        refused(json(VOCAB, "[]", "\"normalizer\":{\"type\":\"Nmt\"},"), "normalizer.type", "Nmt");
        refused(json(VOCAB, "[]", "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"), "pre_tokenizer.type");
        refused(
                json(
                        VOCAB,
                        "[]",
                        "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"},"),
                "pre_tokenizer.pattern",
                "regular expression");
        refused(json(VOCAB, "[]", "").replace("\"BPE\"", "\"Unigram\""), "model.type", "Unigram");
        refused(json(VOCAB, "[]", "\"normalizer\":[" + "1,".repeat(200_000) + "1],"), "normalizer", "100000 values");
    }

    private static String split(String regex) {
        return "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + regex
                + "\"},\"behavior\":\"Isolated\"},";
    }

    /** Each would take longer than the age of the universe, or more stack than there is. */
    @ParameterizedTest
    @CsvSource({
        "([ab]*a){20}c, 60, without end",
        "(.*a){25}c, 60, without end",
        "(a+)+c, 5000, without end",
        "(a|b)*, 200000, more stack"
    })
    void j1AHostileExpressionIsStoppedOnTheTextThatItIsMadeFor(String regex, int letters, String why) throws Exception {
        Path path = write(json(VOCAB, "[]", split(regex)));
        Tokenizer t = Tokenizers.open(path);
        assertArrayEquals(new int[] {2, 3}, t.encode("ab"));
        String text = "a".repeat(letters) + "b";
        Refused.by(path, () -> t.encode(text), "pre_tokenizer.pattern", "regular expression", why);
    }

    @Test
    void j1AHostileNormaliserAndATooDeepExpression() throws Exception {
        String replace =
                "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(.*a){25}c|^aaa$\"},\"content\":\"b\"},";
        Path path = write(json(VOCAB, "[]", replace));
        Tokenizer t = Tokenizers.open(path);
        assertArrayEquals(new int[] {3}, t.encode("aaa"));
        String text = "a".repeat(60) + "b";
        Refused.by(path, () -> t.encode(text), "normalizer.pattern", "without end");
        refused(
                json(VOCAB, "[]", split("(".repeat(50_000) + ")".repeat(50_000))),
                "pre_tokenizer.pattern",
                "not a regular expression");
    }

    @Test
    void j1CompressedBomb() throws Exception {
        Path packed = dir.resolve("bomb.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("{\"x\":\"".getBytes(StandardCharsets.UTF_8));
            byte[] spaces = new byte[1 << 20];
            Arrays.fill(spaces, (byte) ' ');
            for (int i = 0; i < 110; i++) {
                out.write(spaces);
            }
        }
        Refused.by(packed, () -> Tokenizers.open(packed));
    }
}
