package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Nullable;

/**
 * GPT-2's printable stand-ins for the 256 bytes, in which byte-level vocabularies are written: a byte that is visible in
 * Latin-1 is itself, the others are the characters from U+0100 on (Radford et al. 2019, {@code bytes_to_unicode}).
 */
final class ByteLetters {
    private static final char[] LETTERS = new char[256];
    private static final int[] BYTES = new int[512];

    static {
        Arrays.fill(BYTES, -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            LETTERS[b] = (char) (visible ? b : next++);
            BYTES[LETTERS[b]] = b;
        }
    }

    private ByteLetters() {}

    /** The letters of bytes 0 to 255. */
    static List<String> all() {
        return new String(LETTERS).chars().mapToObj(Character::toString).toList();
    }

    /** The UTF-8 bytes of a text as letters. */
    static String encode(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        char[] letters = new char[utf8.length];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = LETTERS[utf8[i] & 0xff];
        }
        return new String(letters);
    }

    /** The bytes that letters stand for; null when a character is no such letter. */
    static byte @Nullable [] decode(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = letters.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return null;
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
