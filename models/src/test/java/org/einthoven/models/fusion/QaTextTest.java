package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.einthoven.models.text.Tokenizer;
import org.junit.jupiter.api.Test;

class QaTextTest {
    private static final int BOS = 256;
    private static final int EOS = 257;

    /** One token a byte, BOS in front. */
    private static class Bytes implements Tokenizer {
        @Override
        public int[] encode(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[utf8.length];
            Arrays.setAll(ids, i -> utf8[i] & 0xff);
            return ids;
        }

        @Override
        public byte[] bytes(int id) {
            return id < BOS ? new byte[] {(byte) id} : new byte[0];
        }

        @Override
        public int vocabularySize() {
            return 258;
        }

        @Override
        public String piece(int id) {
            return String.valueOf((char) id);
        }

        @Override
        public OptionalInt id(String piece) {
            return piece.length() == 1 ? OptionalInt.of(piece.charAt(0)) : OptionalInt.empty();
        }

        @Override
        public boolean isSpecial(int id) {
            return id >= BOS;
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.of(BOS);
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.of(EOS);
        }

        @Override
        public boolean addsBos() {
            return true;
        }
    }

    private static final Tokenizer BYTES = new Bytes();

    @Test
    void theReferencesThreePrompts() {
        String q = "Does this ECG show Atrial Fibrillation?";
        assertEquals(
                "Question: does this ecg show atrial fibrillation?Answer: ", seed(1).answer(seed(1).question(q)) + " ");
        assertEquals("does this ecg show atrial fibrillation?", seed(2).answer(seed(2).question(q)));
        assertEquals(
                "does this ecg show atrial fibrillation?the answer can be both, none or in question.",
                seed(3).answer(seed(3).question(q)));
        assertEquals(BOS, seed(1).question(q)[0]);
        assertThrows(IllegalArgumentException.class, () -> SeedText.Prompt.number(4));
    }

    @Test
    void theReferencesAnswersBeginWithBosAndAreJoined() {
        QaTokens t = seed(2).tokens("q", List.of("Lead I", "Lead II"));
        assertEquals(BOS, t.answer()[0]);
        assertEquals("lead i, lead ii", seed(2).answer(t.answer()));
    }

    @Test
    void aPlainAnswerContinuesTheQuestionAndEnds() {
        PlainText text = new PlainText(BYTES);
        QaTokens t = text.tokens("Is it wide?", List.of("yes"));
        assertEquals("Question: Is it wide? Answer:", text.answer(t.question()));
        assertArrayEquals(new int[] {' ', 'y', 'e', 's', EOS}, t.answer());
        assertEquals("yes", text.answer(t.answer()));
    }

    /** Of the seed's answers the BOS in front is no text; neither is a control token that was said in its place. */
    @Test
    void aSeedAnswerIsReadWithoutControlTokens() {
        Tokenizer spelling = new Bytes() {
            @Override
            public byte[] bytes(int id) {
                return id < BOS ? super.bytes(id) : "<control>".getBytes(StandardCharsets.UTF_8);
            }
        };
        SeedText text = new SeedText(spelling, SeedText.Prompt.BARE);
        int[] yes = text.tokens("flutter?", List.of("Yes")).answer();
        assertEquals("<control>yes", spelling.decode(yes));
        assertEquals("yes", text.answer(yes));
    }

    private static SeedText seed(int prompt) {
        return new SeedText(BYTES, SeedText.Prompt.number(prompt));
    }
}
