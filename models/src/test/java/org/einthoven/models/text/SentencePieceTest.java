package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.einthoven.models.io.Bytes;
import org.einthoven.models.io.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTest {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    @TempDir
    Path dir;

    /** A message of one piece. */
    private static void piece(Bytes model, String text, float score, int type) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Bytes p =
                new Bytes().u8(0x0a, utf8.length).raw(utf8).u8(0x15).f32(score).u8(0x18, type);
        model.u8(0x0a, p.size()).raw(p.toArray());
    }

    private static Bytes model() {
        Bytes b = new Bytes();
        piece(b, "<unk>", 0, UNKNOWN);
        piece(b, "<s>", 0, CONTROL);
        piece(b, "</s>", 0, CONTROL);
        piece(b, "a", -3, NORMAL);
        piece(b, "b", -4, NORMAL);
        piece(b, "ab", -1, NORMAL);
        piece(b, "ba", -2, NORMAL);
        piece(b, "\u2581", -5, NORMAL);
        piece(b, "[ecg]", 0, USER_DEFINED);
        return b;
    }

    /** Trainer: BPE; normaliser: {@code extra} removed or kept. */
    private Path write(Bytes model, int modelType, int removeExtra) {
        return model.u8(0x12, 2, 0x18, modelType, 0x1a, 2, 0x20, removeExtra).in(dir.resolve("tokenizer.model"));
    }

    @Test
    void theHighestScoreMergesFirst() {
        Tokenizer t = Tokenizers.open(write(model(), 2, 0));
        assertArrayEquals(new int[] {7, 5, 3}, t.encode("aba"));
        assertArrayEquals(new int[] {1, 7, 3}, t.encodePrompt("a"));
        assertEquals("aba", t.decode(7, 5, 3));
        assertArrayEquals(new int[0], t.encode(""));
    }

    @Test
    void controlTokensInTextArePlainAndUserDefinedOnesAreFound() {
        Tokenizer t = Tokenizers.open(write(model(), 2, 0));
        assertArrayEquals(new int[] {7, 0, 3}, t.encode("<s>a"), "one unknown for the run");
        assertArrayEquals(new int[] {7, 3, 8, 4}, t.encode("a[ecg]b"));
        assertEquals("a", t.decode(1, 7, 3, 2), "control tokens are no text");
    }

    @Test
    void extraSpacesGoWhereTheModelSaysSo() {
        assertArrayEquals(
                new int[] {7, 3, 7, 4}, Tokenizers.open(write(model(), 2, 1)).encode("  a   b "));
        assertArrayEquals(
                new int[] {7, 7, 7, 3}, Tokenizers.open(write(model(), 2, 0)).encode("  a"));
    }

    @Test
    void badModels() throws Exception {
        Path path = write(model(), 3, 0);
        Refused.by(path, () -> Tokenizers.open(path), "model_type", "BPE");
        Path cut = new Bytes().u8(0x0a, 100, 0x0a).in(dir.resolve("cut"));
        Refused.by(cut, () -> Tokenizers.open(cut), "truncated");
        Path wire = new Bytes().raw(model().toArray()).u8(0x0f).in(dir.resolve("wire"));
        Refused.by(wire, () -> Tokenizers.open(wire), "wire type 7");
        Path endless = new Bytes()
                .raw(model().toArray())
                .u8(0x10)
                .raw(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1})
                .in(dir.resolve("endless"));
        Refused.by(endless, () -> Tokenizers.open(endless), "64 bits");
        Bytes nan = model();
        piece(nan, "x", Float.NaN, NORMAL);
        Path score = write(nan, 2, 0);
        Refused.by(score, () -> Tokenizers.open(score), "score");
        Bytes kind = model();
        piece(kind, "x", 0, 9);
        Path type = write(kind, 2, 0);
        Refused.by(type, () -> Tokenizers.open(type), "type", "unknown");
    }
}
