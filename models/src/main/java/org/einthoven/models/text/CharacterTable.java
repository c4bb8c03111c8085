package org.einthoven.models.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;

/**
 * Which characters SentencePiece writes otherwise, such as full-width letters: the longest match of a table wins
 * ({@code precompiled_charsmap}, {@code normalizer.cc}). The table is a little-endian u32, the bytes of a trie; the trie, a
 * double array of u32 as darts-clone has it, from UTF-8 to offsets; and at these offsets UTF-8 that ends with a zero byte.
 */
final class CharacterTable {
    private final String file;
    private final String field;
    private final int[] trie;
    private final byte[] replacements;

    /**
     * @param field what errors call it
     * @throws FormatException when the trie is longer than the table
     */
    CharacterTable(String file, String field, byte[] table) {
        this.file = file;
        this.field = field;
        ByteBuffer in = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        long bytes = table.length < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
        if (bytes <= 0 || bytes % 4 != 0 || bytes > in.remaining()) {
            throw bad("its trie needs " + bytes + " bytes of the " + table.length + " that the table has");
        }
        trie = new int[(int) bytes / 4];
        in.asIntBuffer().get(trie);
        in.position(4 + (int) bytes);
        replacements = new byte[in.remaining()];
        in.get(replacements);
    }

    /** The text as the model was trained to see it; spans that {@code kept} finds stay. */
    String apply(String text, LongestMatch kept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0, at = 0; i < text.length(); ) {
            int keptTo = kept.isEmpty() ? -1 : kept.end(text, i);
            int[] match = keptTo >= 0 ? null : longest(utf8, at);
            int bytes = match == null
                    ? length(text, i, keptTo >= 0 ? keptTo : i + Character.charCount(text.codePointAt(i)))
                    : match[0];
            if (match == null) {
                out.write(utf8, at, bytes);
            } else {
                write(match[1], out);
            }
            int end = at + bytes;
            while (at < end) { // the same way in UTF-16
                int letter = text.codePointAt(i);
                i += Character.charCount(letter);
                at += bytesOf(letter);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int length(String text, int from, int to) {
        return text.substring(from, to).getBytes(StandardCharsets.UTF_8).length;
    }

    private static int bytesOf(int letter) {
        return letter < 0x80 ? 1 : letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;
    }

    /** Length and value of the longest word of the trie that begins here and ends with a character; null when there is none. */
    private int @Nullable [] longest(byte[] text, int from) {
        int[] found = null;
        int node = offset(unit(0));
        for (int i = from; i < text.length; i++) {
            int letter = text[i] & 0xff;
            node ^= letter;
            int unit = node < trie.length ? unit(node) : 0;
            if (node >= trie.length || (unit & 0x800000ff) != letter) {
                break;
            }
            node ^= offset(unit);
            boolean isWord = (unit >>> 8 & 1) == 1;
            boolean wholeCharacter = i + 1 == text.length || (text[i + 1] & 0xc0) != 0x80;
            if (isWord && wholeCharacter) {
                found = new int[] {i + 1 - from, unit(node) & Integer.MAX_VALUE};
            }
        }
        return found;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
    }

    private int unit(int node) {
        if (node < 0 || node >= trie.length) {
            throw bad("its trie points to unit " + node + " of " + trie.length);
        }
        return trie[node];
    }

    private void write(int from, ByteArrayOutputStream out) {
        int end = from;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        if (end >= replacements.length) {
            throw bad("a replacement at byte " + from + " of " + replacements.length + " has no end");
        }
        out.write(replacements, from, end - from);
    }

    private FormatException bad(String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, field, problem);
    }
}
