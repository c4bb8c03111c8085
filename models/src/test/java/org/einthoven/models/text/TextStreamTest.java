package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TextStreamTest {
    /** Each byte of UTF-8 is a token. */
    private static final Tokenizer BYTES = new Tokenizer() {
        @Override
        public int[] encode(String text) {
            byte[] b = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[b.length];
            for (int i = 0; i < b.length; i++) {
                ids[i] = b[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public byte[] bytes(int id) {
            return new byte[] {(byte) id};
        }

        @Override
        public int vocabularySize() {
            return 256;
        }

        @Override
        public String piece(int id) {
            return Integer.toHexString(id);
        }

        @Override
        public OptionalInt id(String piece) {
            return OptionalInt.of(Integer.parseInt(piece, 16));
        }

        @Override
        public boolean isSpecial(int id) {
            return false;
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.empty();
        }

        @Override
        public boolean addsBos() {
            return false;
        }
    };

    private static List<String> pieces(TextStream stream, String text) {
        List<String> pieces = new ArrayList<>();
        for (int id : BYTES.encode(text)) {
            pieces.add(stream.add(id));
        }
        return pieces;
    }

    @Test
    void charactersComeWhole() {
        TextStream s = new TextStream(BYTES, List.of());
        assertEquals(List.of("a", "", "é", "", "", "€", "", "", "", "😀", "b"), pieces(s, "aé€😀b"));
        assertEquals("", s.end());
    }

    @Test
    void aPartOfACharacterAtTheEndIsReplaced() {
        TextStream s = new TextStream(BYTES, List.of());
        assertEquals("x", s.add('x'));
        assertEquals("", s.add(0xE2));
        assertEquals("", s.add(0x82));
        assertEquals("\uFFFD", s.end());
    }

    @Test
    void bytesThatAreNoTextHoldNothingBack() {
        TextStream s = new TextStream(BYTES, List.of());
        assertEquals("\uFFFD", s.add(0xFF));
        assertEquals("\uFFFD", s.add(0x80));
        assertEquals("", s.add(0xC3));
        assertEquals("\uFFFDa", s.add('a'));
    }

    @Test
    void theTextEndsBeforeAStopString() {
        TextStream s = new TextStream(BYTES, List.of("User:", "\n\n"));
        assertEquals("a Us age", String.join("", pieces(s, "a Us age")));
        assertEquals(List.of("", ""), pieces(s, "Us"), "what may begin a stop string waits");
        assertEquals(List.of("Us", "", ""), pieces(s, "Use").subList(0, 3));
        assertFalse(s.stopped());
        assertEquals(List.of("", ""), pieces(s, "r:"));
        assertTrue(s.stopped());
        assertEquals("", s.add('x') + s.end());
    }

    @Test
    void whatWaitedComesAtTheEnd() {
        TextStream s = new TextStream(BYTES, List.of("\n\n"));
        assertEquals("a", String.join("", pieces(s, "a\n")));
        assertEquals("\n", s.end());
    }

    @Test
    void theFirstStopStringCounts() {
        TextStream s = new TextStream(BYTES, List.of("bcd", "c"));
        assertEquals("ab", String.join("", pieces(s, "abc")));
        assertTrue(s.stopped());
    }

    @Test
    void anEmptyStopStringIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new TextStream(BYTES, List.of("a", "")));
    }
}
