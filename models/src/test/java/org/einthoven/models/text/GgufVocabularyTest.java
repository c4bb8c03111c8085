package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.models.io.Bytes;
import org.einthoven.models.io.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufVocabularyTest {
    @TempDir
    Path dir;

    private static void string(Bytes b, String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        b.i64(utf8.length).raw(utf8);
    }

    /** A GGUF file of {@code tokenizer.ggml.*} keys: strings, whole numbers, flags, and lists of strings or numbers. */
    private Path gguf(Map<String, Object> keys) {
        Bytes b = new Bytes().text("GGUF").i32(3).i64(0).i64(keys.size());
        keys.forEach((key, value) -> {
            string(b, "tokenizer.ggml." + key);
            switch (value) {
                case String s -> string(b.i32(8), s);
                case Integer i -> b.i32(4).i32(i);
                case Boolean f -> b.i32(7).u8(f ? 1 : 0);
                case String[] list -> {
                    b.i32(9).i32(8).i64(list.length);
                    for (String s : list) {
                        string(b, s);
                    }
                }
                case int[] list -> {
                    b.i32(9).i32(5).i64(list.length);
                    for (int i : list) {
                        b.i32(i);
                    }
                }
                case byte[] list -> b.i32(9).i32(0).i64(list.length).raw(list);
                case float[] list -> {
                    b.i32(9).i32(6).i64(list.length);
                    for (float f : list) {
                        b.f32(f);
                    }
                }
                default -> throw new IllegalArgumentException(key);
            }
        });
        return b.in(dir.resolve("v.gguf"));
    }

    private static Map<String, Object> byteLevel() {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(letter(b)));
        }
        tokens.addAll(List.of("he", "\u0120he", "<|eot|>"));
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[types.length - 1] = 3;
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("model", "gpt2");
        keys.put("pre", "llama-bpe");
        keys.put("tokens", tokens.toArray(String[]::new));
        keys.put("token_type", types);
        keys.put("merges", new String[] {"h e", "\u0120 he"});
        keys.put("bos_token_id", 258);
        return keys;
    }

    /** The letter of a byte, found through decoding. */
    private static char letter(int b) {
        for (char c = 0; c < 512; c++) {
            byte[] decoded = ByteLetters.decode(String.valueOf(c));
            if (decoded != null && (decoded[0] & 0xff) == b) {
                return c;
            }
        }
        throw new AssertionError(b);
    }

    private void refused(String key, Object value, String... parts) throws Exception {
        Map<String, Object> keys = byteLevel();
        keys.put(key, value);
        Path path = gguf(keys);
        Refused.by(path, () -> Tokenizers.open(path), parts);
    }

    @Test
    void byteLevelVocabulary() {
        Tokenizer t = Tokenizers.open(gguf(byteLevel()));
        assertArrayEquals(new int[] {256, 257, 258, 'x'}, t.encode("he he<|eot|>x"));
        assertArrayEquals(new int[] {258, 256}, t.encodePrompt("he"));
        assertTrue(t.isSpecial(258));
        String text = "h\u00e9llo \ud83e\udec0 he\n\n12345";
        assertEquals(text, t.decode(t.encode(text)));
    }

    @Test
    void wrongKeysAreNamed() throws Exception {
        refused("model", "wordpiece", "tokenizer.ggml.model", "wordpiece");
        refused("pre", "unheard-of", "tokenizer.ggml.pre", "unheard-of", "llama-bpe");
        refused("tokens", new int[] {1, 2}, "tokenizer.ggml.tokens", "STRING");
        refused("token_type", new int[] {1}, "tokenizer.ggml.token_type", "1 elements for 259 tokens");
        refused("token_type", new int[259 - 1], "tokenizer.ggml.token_type", "258 elements");
        refused("merges", new String[] {"h z z"}, "tokenizer.ggml.merges");
        refused("bos_token_id", 259, "tokenizer.ggml.bos_token_id", "outside the vocabulary");
        Path none = gguf(Map.of());
        Refused.by(none, () -> Tokenizers.open(none), "no tokenizer");
    }

    @Test
    void sentencePieceVocabulary() throws Exception {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("model", "llama");
        keys.put("tokens", new String[] {"<unk>", "<s>", "</s>", "\u2581", "a", "\u2581a"});
        keys.put("scores", new float[] {0, 0, 0, -3, -2, -1});
        keys.put("token_type", new int[] {2, 3, 3, 1, 1, 1});
        keys.put("add_space_prefix", false);
        keys.put("add_bos_token", false);
        Tokenizer t = Tokenizers.open(gguf(keys));
        assertArrayEquals(new int[] {4, 5, 0}, t.encode("a a?"));
        assertFalse(t.addsBos());
        keys.put("scores", new float[] {0, 0, 0, Float.NaN, -2, -1});
        Path nan = gguf(keys);
        Refused.by(nan, () -> Tokenizers.open(nan), "tokenizer.ggml.scores", "token 3");
        keys.put("scores", new float[] {0});
        Path few = gguf(keys);
        Refused.by(few, () -> Tokenizers.open(few), "tokenizer.ggml.scores", "1 elements for 6 tokens");
    }

    @Test
    void unigramVocabulary() throws Exception {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("model", "t5");
        keys.put("tokens", new String[] {"<unk>", "<s>", "</s>", "a", "b", "ab", "ba"});
        keys.put("scores", new float[] {0, 0, 0, -3, -4, -6.5f, -5});
        keys.put("token_type", new int[] {2, 3, 3, 1, 1, 1, 1});
        keys.put("add_space_prefix", false);
        Tokenizer t = Tokenizers.open(gguf(keys));
        assertArrayEquals(new int[] {3, 6}, t.encode("aba"), "the cut of the best sum");
        keys.put("precompiled_charsmap", new byte[] {8, 0, 0, 0, 0});
        Path table = gguf(keys);
        Refused.by(table, () -> Tokenizers.open(table), "precompiled_charsmap", "trie needs 8 bytes");
    }
}
