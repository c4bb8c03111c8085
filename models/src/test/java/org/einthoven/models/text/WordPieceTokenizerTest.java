package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTokenizerTest {
    private static final List<String> VOCABULARY = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "sinus", "rhythm", "un", "##aff", "##able", "cafe", ",", ".",
            "-", "$", "心", "電", "##s", "a", "σ", "Ecg", "ecg", "“", "Über", "uber");

    @TempDir
    Path folder;

    private Path vocab;

    @BeforeEach
    void writeVocabulary() throws Exception {
        vocab = folder.resolve("vocab.txt");
        Files.writeString(vocab, String.join("\n", VOCABULARY) + "\n");
    }

    private void cutsInto(String text, String... pieces) {
        Tokenizer t = Tokenizers.open(folder);
        assertEquals(
                List.of(pieces),
                Arrays.stream(t.encode(text)).mapToObj(t::piece).toList(),
                text);
    }

    @Test
    void theLongestPieceFirst() {
        cutsInto("unaffable rhythms", "un", "##aff", "##able", "rhythm", "##s");
        cutsInto("sinus, rhythm.", "sinus", ",", "rhythm", ".");
        cutsInto("", new String[0]);
        cutsInto(" \t\n ", new String[0]);
    }

    @Test
    void aWordThatCannotBeSpeltIsOneUnknownHoweverMuchOfItCould() {
        cutsInto("unaffablex", "[UNK]");
        cutsInto("sinusx rhythm", "[UNK]", "rhythm");
        cutsInto("a".repeat(101), "[UNK]");
    }

    @Test
    void caseAndAccentsGoAndASigmaIsASigma() {
        cutsInto("Café SINUS", "cafe", "sinus");
        cutsInto("ÜBER", "uber");
        cutsInto("Σ", "σ");
        cutsInto("ECG", "ecg");
    }

    @Test
    void punctuationAndChineseCharactersStandAlone() {
        cutsInto("a-a", "a", "-", "a");
        cutsInto("$a", "$", "a");
        cutsInto("“a", "“", "a");
        cutsInto("心電a", "心", "電", "a");
    }

    @Test
    void controlCharactersGoAndEverySpaceIsASpace() {
        cutsInto("si\u0000n\u200bu\u0007s\u00a0rhythm\u2028a\ufffd", "sinus", "rhythm", "a");
    }

    @Test
    void marksInATextCount() {
        cutsInto("a[MASK]a", "a", "[MASK]", "a");
        assertArrayEquals(
                new int[] {2, 5, 3}, ((WordPieceTokenizer) Tokenizers.open(folder)).encodeBetweenMarks("sinus"));
    }

    @Test
    void aConfigurationKeepsCase() throws Exception {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        cutsInto("Ecg ecg Über", "Ecg", "ecg", "Über");
        cutsInto("Sinus", "[UNK]");
    }

    @Test
    void textAndBack() {
        Tokenizer t = Tokenizers.open(vocab);
        assertEquals("unaffable , sinus", t.decode(t.encode("[CLS] Unaffable, sinus [SEP]")));
        assertEquals(VOCABULARY.size(), t.vocabularySize());
        assertTrue(t.isSpecial(2));
    }

    @Test
    void aTokenizerJsonSaysTheSame() throws Exception {
        Tokenizer plain = Tokenizers.open(vocab);
        String pieces = java.util.stream.IntStream.range(0, VOCABULARY.size())
                .mapToObj(i -> "\"" + VOCABULARY.get(i) + "\":" + i)
                .collect(Collectors.joining(","));
        Files.writeString(folder.resolve("tokenizer.json"), json(pieces, "BertPreTokenizer", "##"));
        Tokenizer json = Tokenizers.open(folder.resolve("tokenizer.json"));
        for (String text : List.of("Unaffable, SINUS-rhythms 心電 Café $x", "[CLS] a", "")) {
            assertArrayEquals(plain.encode(text), json.encode(text), text);
        }
    }

    @Test
    void linesMayEndAsOnWindows() throws Exception {
        Files.writeString(vocab, "[UNK]\r\n[CLS]\r\n[SEP]\r\nsinus\r\n");
        assertArrayEquals(
                new int[] {1, 3, 2}, ((WordPieceTokenizer) Tokenizers.open(folder)).encodeBetweenMarks("sinus"));
    }

    @Test
    void aVocabularyWithoutMarksIsRefusedByTheNameOfItsFile() throws Exception {
        Files.writeString(vocab, "[CLS]\n[UNK]");
        WordPieceTokenizer t = (WordPieceTokenizer) Tokenizers.open(folder);
        FormatException e = assertThrows(FormatException.class, () -> t.encodeBetweenMarks(""));
        assertTrue(e.getMessage().contains(vocab + ""), e.getMessage());
        assertTrue(e.getMessage().contains("has no [SEP]"), e.getMessage());
    }

    @Test
    void whatIsNoBertIsRefused() throws Exception {
        Path json = folder.resolve("tokenizer.json");
        Files.writeString(json, json("\"[UNK]\":0", "Whitespace", "##"));
        FormatException e = assertThrows(FormatException.class, () -> Tokenizers.open(json));
        assertTrue(e.getMessage().contains("pre_tokenizer.type"), e.getMessage());
        Files.writeString(json, json("\"a\":0", "BertPreTokenizer", "##"));
        e = assertThrows(FormatException.class, () -> Tokenizers.open(json));
        assertTrue(e.getMessage().contains("[UNK]"), e.getMessage());
        Files.writeString(json, json("\"a\":0", "BertPreTokenizer", "##").replace("WordPiece", "BPE"));
        e = assertThrows(FormatException.class, () -> Tokenizers.open(json));
        assertTrue(e.getMessage().contains("continuing_subword_prefix"), e.getMessage());
    }

    private static String json(String vocabulary, String words, String prefix) {
        return """
                {"added_tokens": [{"id": 2, "content": "[CLS]", "special": true}],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                                "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "%s"},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "%s",
                           "max_input_chars_per_word": 100, "vocab": {%s}}}
                """.formatted(words, prefix, vocabulary).replace(
                "[{\"id\": 2, \"content\": \"[CLS]\", \"special\": true}]",
                vocabulary.contains("[CLS]") ? "[{\"id\": 2, \"content\": \"[CLS]\", \"special\": true}]" : "[]");
    }
}
