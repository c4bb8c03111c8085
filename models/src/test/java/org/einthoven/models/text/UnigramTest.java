package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.einthoven.models.io.Bytes;
import org.einthoven.models.io.Refused;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unigram kind of {@code tokenizer.model}: the cut of the greatest score. */
class UnigramTest {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;
    private static final int UNIGRAM = 1;

    @TempDir
    Path dir;

    private final Bytes pieces = new Bytes();

    private UnigramTest piece(String text, float score, int type) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Bytes p =
                new Bytes().u8(0x0a, utf8.length).raw(utf8).u8(0x15).f32(score).u8(0x18, type);
        pieces.u8(0x0a, p.size()).raw(p.toArray());
        return this;
    }

    /** No space is put in front: field 3 of the normaliser. */
    private Path write() {
        return pieces.u8(0x12, 2, 0x18, UNIGRAM, 0x1a, 4, 0x18, 0, 0x20, 0).in(dir.resolve("tokenizer.model"));
    }

    private Path write(byte[] table) {
        int length = table.length;
        assertTrue(length >= 128 && length < 16_384, "two bytes of varint");
        Bytes normaliser = new Bytes()
                .u8(0x12, length & 0x7f | 0x80, length >>> 7)
                .raw(table)
                .u8(0x18, 0, 0x20, 0);
        int all = normaliser.size();
        return pieces.u8(0x12, 2, 0x18, UNIGRAM, 0x1a, all & 0x7f | 0x80, all >>> 7)
                .raw(normaliser.toArray())
                .in(dir.resolve("tokenizer.model"));
    }

    private static UnigramTest letters(UnigramTest t) {
        return t.piece("<unk>", 0, UNKNOWN)
                .piece("a", -3, NORMAL)
                .piece("b", -4, NORMAL)
                .piece("ab", -6.5f, NORMAL)
                .piece("ba", -5, NORMAL)
                .piece("aba", -20, NORMAL);
    }

    @Test
    void theGreatestSumOfScoresWinsAndNotTheLongestPiece() {
        Tokenizer t = Tokenizers.open(letters(this).write());
        assertArrayEquals(new int[] {1, 4}, t.encode("aba"), "-8 before -9.5, -10 and -20");
        assertArrayEquals(new int[] {3}, t.encode("ab"), "-6.5 before -7");
        assertEquals("aba", t.decode(1, 4));
        assertArrayEquals(new int[0], t.encode(""));
    }

    @Test
    void unusedPiecesAreNotTakenAndUserDefinedOnesAlwaysAre() {
        Tokenizer t = Tokenizers.open(letters(this)
                .piece("bb", 0, UNUSED)
                .piece("abab", 0, USER_DEFINED)
                .write());
        assertArrayEquals(new int[] {2, 2}, t.encode("bb"));
        assertArrayEquals(new int[] {2, 7, 1}, t.encode("bababa"));
    }

    @Test
    void whatIsNoPieceIsSpeltInBytesOrUnknown() {
        assertArrayEquals(
                new int[] {1, 0, 2},
                Tokenizers.open(letters(this).write()).encode("a\u00e9zb"),
                "one unknown for the run");
        for (int b = 0; b < 256; b++) {
            piece("<0x%02X>".formatted(b), 0, BYTE);
        }
        Tokenizer t = Tokenizers.open(write());
        assertArrayEquals(new int[] {1, 6 + 0xc3, 6 + 0xa9, 2}, t.encode("a\u00e9b"));
        assertEquals("a\u00e9b", t.decode(t.encode("a\u00e9b")));
    }

    /** Against all ways to cut short texts, with scores from a seed. */
    @Test
    void equalsTheBestOfAllCuts() {
        RandomGenerator rng = Rng.of(222).split("unigram").stream();
        piece("<unk>", 0, UNKNOWN);
        Map<String, Float> scores = new TreeMap<>();
        for (String p : List.of(
                "a", "b", "c", "ab", "bc", "ca", "abc", "bca", "cab", "abca", "\ud83d\ude00", "c\ud83d\ude00")) {
            float score = -(float) rng.nextDouble(1, 9);
            scores.put(p, score);
            piece(p, score, NORMAL);
        }
        Tokenizer t = Tokenizers.open(write());
        for (int i = 0; i < 200; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = rng.nextInt(1, 10); n > 0; n--) {
                text.append(List.of("a", "b", "c", "\ud83d\ude00").get(rng.nextInt(4)));
            }
            double sum = 0;
            for (int id : t.encode(text.toString())) {
                sum += scores.get(t.piece(id));
            }
            assertEquals(best(text.toString(), scores), sum, 1e-4, "seed 222, " + text);
        }
    }

    private static double best(String text, Map<String, Float> scores) {
        double best = text.isEmpty() ? 0 : Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Float> e : scores.entrySet()) {
            if (text.startsWith(e.getKey())) {
                best = Math.max(
                        best, e.getValue() + best(text.substring(e.getKey().length()), scores));
            }
        }
        return best;
    }

    @Test
    void aMillionLettersTakeOnePass() {
        Tokenizer t = Tokenizers.open(letters(this).write());
        assertEquals(500_001, t.encode("ab".repeat(500_000)).length, "a, then ba again and again, then b");
    }

    // ---------------------------------------------------------------- characters written otherwise

    /** A trie in which the children of each state have 256 units of their own, and the replacements behind it. */
    private static byte[] table(Map<String, String> rules) {
        List<byte[]> words = new ArrayList<>();
        Bytes texts = new Bytes();
        List<Integer> values = new ArrayList<>();
        rules.forEach((from, to) -> {
            words.add(from.getBytes(StandardCharsets.UTF_8));
            values.add(texts.size());
            texts.raw(to.getBytes(StandardCharsets.UTF_8)).u8(0);
        });
        List<String> states = new ArrayList<>(List.of("")); // prefixes, in Latin-1
        for (byte[] w : words) {
            for (int n = 1; n <= w.length; n++) {
                String prefix = new String(w, 0, n, StandardCharsets.ISO_8859_1);
                if (!states.contains(prefix)) {
                    states.add(prefix);
                }
            }
        }
        int[] units = new int[256 * (states.size() + 1)];
        for (int s = 0; s < states.size(); s++) {
            String prefix = states.get(s);
            int letter = prefix.isEmpty() ? 0 : prefix.charAt(prefix.length() - 1);
            int at = prefix.isEmpty()
                    ? 0
                    : 256 * (1 + states.indexOf(prefix.substring(0, prefix.length() - 1))) + letter;
            int base = 256 * (s + 1);
            int word = -1;
            for (int w = 0; w < words.size(); w++) {
                word = new String(words.get(w), StandardCharsets.ISO_8859_1).equals(prefix) ? w : word;
            }
            units[at] |= letter | (at ^ base) << 10 | (word >= 0 ? 1 << 8 : 0);
            if (word >= 0) {
                units[base] = 1 << 31 | values.get(word);
            }
        }
        Bytes all = new Bytes().i32(4 * units.length);
        for (int u : units) {
            all.i32(u);
        }
        return all.raw(texts.toArray()).toArray();
    }

    @Test
    void charactersAreReplacedByTheLongestRule() {
        letters(this).piece("\u2163", -1, USER_DEFINED);
        Tokenizer t = Tokenizers.open(write(table(
                new TreeMap<>(Map.of("\uff41", "a", "\uff42", "b", "\uff41\u0301", "ba", "z", "", "\u2163", "bb")))));
        assertArrayEquals(new int[] {3}, t.encode("\uff41\uff42"), "full-width ab");
        assertArrayEquals(new int[] {4}, t.encode("\uff41\u0301"), "the longer rule");
        assertArrayEquals(new int[] {1, 1}, t.encode("azza"), "z is left out");
        assertArrayEquals(new int[] {6, 2}, t.encode("\u2163\uff42"), "pieces of the user stay as they are");
    }

    @Test
    void brokenTables() throws Exception {
        byte[] table = table(Map.of("\uff41", "a"));
        byte[] long_ = table.clone();
        long_[1] = 0x7f;
        Path trie = letters(this).write(long_);
        Refused.by(trie, () -> Tokenizers.open(trie), "precompiled_charsmap", "trie needs");
        byte[] open = table.clone();
        open[open.length - 1] = 'x'; // the end of the only replacement
        UnigramTest other = new UnigramTest();
        other.dir = dir;
        Path endless = letters(other).write(open);
        Refused.by(endless, () -> Tokenizers.open(endless).encode("\uff41"), "precompiled_charsmap", "no end");
    }
}
