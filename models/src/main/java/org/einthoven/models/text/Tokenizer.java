package org.einthoven.models.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Text to token ids and back. Immutable and safe for many threads. Half a surrogate pair, which is no text, counts as
 * U+FFFD.
 */
public interface Tokenizer {
    /** Ids of a text, without BOS and EOS. */
    int[] encode(String text);

    /** Ids of a prompt: as {@link #encode}, after BOS where the tokenizer's configuration adds it. */
    default int[] encodePrompt(String text) {
        int[] ids = encode(text);
        if (!addsBos() || bos().isEmpty()) {
            return ids;
        }
        int[] withBos = new int[ids.length + 1];
        withBos[0] = bos().getAsInt();
        System.arraycopy(ids, 0, withBos, 1, ids.length);
        return withBos;
    }

    /** Ids of a text in which control tokens are written out, such as a rendered chat: they count as tokens. No BOS is added. */
    default int[] encodeMarked(String text) {
        return encode(text);
    }

    /**
     * What a token adds to the text, as UTF-8; a token may hold part of a character. Ids that have no piece, as of rows that
     * only pad an embedding, add nothing.
     */
    byte[] bytes(int id);

    /** The text of a whole sequence: the inverse of {@link #encode}. Bytes that are no UTF-8 become U+FFFD. */
    default String decode(int... ids) {
        return continuation(ids);
    }

    /** The text that tokens add after others: all bytes joined, a leading space kept. */
    default String continuation(int... ids) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int id : ids) {
            text.writeBytes(bytes(id));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    int vocabularySize();

    /** The token as the vocabulary writes it, e.g. {@code "▁the"}; empty where an id has none. */
    String piece(int id);

    /** Id of a token as the vocabulary writes it. */
    OptionalInt id(String piece);

    /** Whether a token is a control token, such as BOS, and no text. */
    boolean isSpecial(int id);

    /** Beginning of sequence. */
    OptionalInt bos();

    /** End of sequence: the token after which generation stops. */
    OptionalInt eos();

    /** Whether the configuration puts BOS before a prompt. */
    boolean addsBos();
}
