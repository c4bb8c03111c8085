package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;

/**
 * Byte-pair encoding by ranked merges, as {@code tokenizer.json} of Hugging Face describes it: added tokens are found first,
 * the text between is normalised and cut into words, and in each word the adjacent pair of the lowest rank merges until none
 * is left. Words are spelt in byte letters (Llama 3, GPT-2) or in characters, with byte pieces {@code <0xXX>} for those that
 * the vocabulary lacks (Gemma, Llama 2).
 */
public final class BpeTokenizer implements Tokenizer {
    /**
     * How text and pieces relate.
     *
     * @param byteLevel whether pieces are written in {@link ByteLetters}
     * @param byteFallback whether characters without a piece become byte pieces
     * @param wholeWords whether a word that is a piece is taken as it is, whatever the merges would give
     * @param fuseUnknown whether a run of unknown characters is one unknown token
     * @param spaceMark whether pieces write a space as U+2581
     * @param dropsFirstSpace whether decoding takes off one leading space
     */
    record Spelling(
            boolean byteLevel,
            boolean byteFallback,
            boolean wholeWords,
            boolean fuseUnknown,
            boolean spaceMark,
            boolean dropsFirstSpace) {}

    /** The control tokens around a text. */
    record Ends(OptionalInt bos, OptionalInt eos, boolean addsBos) {}

    private static final byte[] NOTHING = {};

    private final String file;
    private final Vocabulary vocabulary;
    private final PairRanks merges;
    private final AddedTokens added;
    private final PreTokenizer words;
    private final Spelling spelling;
    private final int unknown;
    private final Ends ends;
    private final int @Nullable [] byteIds;

    /** @param unknown id of the unknown token, or -1 */
    BpeTokenizer(
            String file,
            Vocabulary vocabulary,
            PairRanks merges,
            List<AddedTokens.Token> added,
            UnaryOperator<String> normalizer,
            PreTokenizer words,
            Spelling spelling,
            int unknown,
            Ends ends) {
        this.file = file;
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.added = new AddedTokens(added, normalizer);
        this.words = words;
        this.spelling = spelling;
        this.unknown = unknown;
        this.ends = ends;
        this.byteIds = spelling.byteFallback ? vocabulary.byteIds() : null;
    }

    @Override
    public int[] encode(String text) {
        Ids ids = new Ids();
        boolean first = true;
        for (AddedTokens.Part part : added.split(Text.wellFormed(text))) {
            if (part.id() >= 0) {
                ids.add(part.id());
            } else {
                words.words(part.text(), first).forEach(word -> word(ids, word));
            }
            first = false;
        }
        return ids.toArray();
    }

    private void word(Ids ids, String word) {
        String s = spelling.byteLevel ? ByteLetters.encode(word) : word;
        int whole = spelling.wholeWords ? vocabulary.idOf(s) : -1;
        if (whole >= 0) {
            ids.add(whole);
            return;
        }
        Merging merging = new Merging((left, right, _, _) -> merges.merge(left, right));
        for (int i = 0; i < s.length(); ) {
            int end = i + Character.charCount(s.codePointAt(i));
            symbols(merging, s, i, end);
            i = end;
        }
        merging.run((id, _, _) -> {
            if (id != unknown || !spelling.fuseUnknown || ids.last() != unknown) {
                ids.add(id);
            }
        });
    }

    /** A character as its piece, as its bytes, or as unknown. */
    private void symbols(Merging merging, String s, int from, int to) {
        String character = s.substring(from, to);
        int id = vocabulary.idOf(character);
        int[] spelt = id >= 0 ? null : Vocabulary.spelt(character, byteIds);
        if (id >= 0) {
            merging.add(id, from, to);
        } else if (spelt != null) {
            for (int b : spelt) {
                merging.add(b, from, to);
            }
        } else if (unknown >= 0) {
            merging.add(unknown, from, to);
        } else {
            throw new FormatException(
                    file,
                    FormatException.WHOLE_FILE,
                    "vocabulary",
                    "has no piece for \"" + character
                            + "\" (U+%04X) and no unknown token".formatted(character.codePointAt(0)));
        }
    }

    /** As {@link Tokenizer#bytes}; an added token is its own text, control tokens included. */
    @Override
    public byte[] bytes(int id) {
        String piece = vocabulary.piece(id);
        if (piece == null) {
            return NOTHING;
        }
        if (spelling.byteLevel && added.get(id) == null) {
            byte[] bytes = ByteLetters.decode(piece);
            return bytes == null ? piece.getBytes(StandardCharsets.UTF_8) : bytes;
        }
        if (byteIds != null && piece.length() == 6 && piece.startsWith("<0x") && byteIds[hex(piece)] == id) {
            return new byte[] {(byte) hex(piece)};
        }
        return (spelling.spaceMark ? piece.replace(Text.SPACE_MARK, ' ') : piece).getBytes(StandardCharsets.UTF_8);
    }

    boolean isByteLevel() {
        return spelling.byteLevel;
    }

    PreTokenizer words() {
        return words;
    }

    PairRanks merges() {
        return merges;
    }

    /** What a piece is, in the terms of SentencePiece and of GGUF. */
    SentencePieceTokenizer.Kind kind(int id) {
        AddedTokens.Token token = added.get(id);
        return token == null
                ? SentencePieceTokenizer.Kind.NORMAL
                : token.special() ? SentencePieceTokenizer.Kind.CONTROL : SentencePieceTokenizer.Kind.USER_DEFINED;
    }

    private static int hex(String piece) {
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? 0 : 16 * high + low;
    }

    @Override
    public String decode(int... ids) {
        String text = continuation(ids);
        return spelling.dropsFirstSpace && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public String piece(int id) {
        String piece = vocabulary.piece(id);
        return piece == null ? "" : piece;
    }

    @Override
    public OptionalInt id(String piece) {
        return vocabulary.id(piece);
    }

    @Override
    public boolean isSpecial(int id) {
        AddedTokens.Token token = added.get(id);
        return token != null && token.special();
    }

    @Override
    public OptionalInt bos() {
        return ends.bos;
    }

    @Override
    public OptionalInt eos() {
        return ends.eos;
    }

    @Override
    public boolean addsBos() {
        return ends.addsBos;
    }
}
