package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BpeTrainerTest {
    /** Two special tokens and one for each byte. */
    private static final int WITHOUT_MERGES = 258;

    @TempDir
    Path dir;

    private Tokenizer trained(int limit, String... texts) throws IOException {
        BpeTrainer trainer = new BpeTrainer();
        for (String text : texts) {
            trainer.add(text);
        }
        return Tokenizers.open(
                Files.writeString(dir.resolve("tokenizer.json"), trainer.tokenizerJson(limit, "<bos>", "<eos>")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sinus rhythm", " q waves?", "unseen words, 12.5 mV", "\u00e9\u4e2d\ud83d\ude00", "\n \t", ""})
    void whatIsWrittenIsReadBackInLowerCase(String text) throws IOException {
        Tokenizer t = trained(20, "sinus rhythm with deep q waves", "sinus bradycardia");
        assertEquals(text.toLowerCase(Locale.ROOT), t.decode(t.encode(text)));
    }

    @Test
    void withRoomEnoughEveryWordOfTheTextBecomesOneToken() throws IOException {
        Tokenizer t = trained(1000, "sinus rhythm", " q waves");
        assertEquals(2, t.encode("sinus rhythm").length);
        assertEquals(2, t.encode(" q waves").length);
        assertTrue(t.vocabularySize() < WITHOUT_MERGES + 1000);
    }

    @Test
    void withoutMergesEveryByteIsAToken() throws IOException {
        Tokenizer t = trained(0, "sinus rhythm");
        assertEquals(WITHOUT_MERGES, t.vocabularySize());
        assertEquals("sinus".length(), t.encode("sinus").length);
    }

    @Test
    void theMostFrequentPairIsMergedFirstAndTiesGoByText() throws IOException {
        assertArrayEquals(new String[] {"bc", "d"}, pieces(trained(1, "bcd", "bc"), "bcd")); // bc twice, cd once
        assertArrayEquals(new String[] {"bc", "d"}, pieces(trained(1, "bcd"), "bcd")); // both once
    }

    private static String[] pieces(Tokenizer t, String text) {
        return Arrays.stream(t.encode(text)).mapToObj(t::piece).toArray(String[]::new);
    }

    @Test
    void theSpecialTokensComeFirstAndNoneIsPutBeforeAText() throws IOException {
        Tokenizer t = trained(5, "sinus");
        assertEquals(0, t.id("<bos>").orElseThrow());
        assertEquals(1, t.id("<eos>").orElseThrow());
        assertTrue(t.isSpecial(0) && t.isSpecial(1));
    }

    @Test
    void oneTextGivesOneVocabulary() {
        String once = new BpeTrainer().add("sinus rhythm").add("axis").tokenizerJson(9, "<bos>", "<eos>");
        assertEquals(once, new BpeTrainer().add("sinus rhythm").add("axis").tokenizerJson(9, "<bos>", "<eos>"));
    }
}
