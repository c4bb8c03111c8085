package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.einthoven.tensor.FormatException;

/**
 * WordPiece, the tokens of BERT (Devlin et al., arXiv 1810.04805): a text is cleaned and cut into words and single marks of
 * punctuation by {@link BertWords}, and of each word the longest piece of the vocabulary is taken from the left again and
 * again; pieces inside a word are written {@code ##ing}. A word that cannot be spelt so, or that is overlong, is one
 * {@code [UNK]}.
 */
public final class WordPieceTokenizer implements Tokenizer {
    /** Characters of the longest word that is spelt, unless the file says otherwise. */
    static final int LONGEST_WORD = 100;

    /** How a piece that goes on inside a word begins, unless the file says otherwise. */
    static final String CONTINUING = "##";

    static final String UNKNOWN = "[UNK]";
    private static final String BEGIN = "[CLS]";
    private static final String END = "[SEP]";

    private final String file;
    private final Vocabulary vocabulary;
    private final AddedTokens added;
    private final BertWords words;
    private final String continuing;
    private final int longestWord;
    private final int unknown;

    /**
     * @param file for errors
     * @param special tokens that are found in a text as they are written
     * @param unknown the piece that stands for what cannot be spelt
     * @throws FormatException when the vocabulary lacks the unknown token
     */
    WordPieceTokenizer(
            String file,
            Vocabulary vocabulary,
            List<AddedTokens.Token> special,
            BertWords words,
            String continuing,
            int longestWord,
            String unknown) {
        this.file = file;
        this.vocabulary = vocabulary;
        this.added = new AddedTokens(special, words::clean);
        this.words = words;
        this.continuing = continuing;
        this.longestWord = longestWord;
        this.unknown = vocabulary.idOf(unknown);
        if (this.unknown < 0) {
            throw new FormatException(
                    file,
                    FormatException.WHOLE_FILE,
                    "vocabulary",
                    "has no " + unknown + ", which stands for words that cannot be spelt; is it a BERT vocabulary?");
        }
    }

    /** Of a {@code vocab.txt}: one piece a line, its id the number of the line, from 0. Control tokens are {@code [NAMES]}. */
    static WordPieceTokenizer ofVocabulary(String file, byte[] text, BertWords words) {
        String[] pieces = new String(text, StandardCharsets.UTF_8).split("\r?\n", -1);
        int size = pieces.length > 0 && pieces[pieces.length - 1].isEmpty() ? pieces.length - 1 : pieces.length;
        String[] all = Arrays.copyOf(pieces, size);
        List<AddedTokens.Token> special = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            if (List.of(UNKNOWN, BEGIN, END, "[PAD]", "[MASK]").contains(all[id])) {
                special.add(AddedTokens.Token.plain(id, all[id], true));
            }
        }
        return new WordPieceTokenizer(file, new Vocabulary(all), special, words, CONTINUING, LONGEST_WORD, UNKNOWN);
    }

    /** Whether a text file is a {@code vocab.txt}: one of its lines is {@code [UNK]}. */
    static boolean isVocabulary(byte[] text) {
        return new String(text, StandardCharsets.ISO_8859_1).lines().anyMatch(UNKNOWN::equals);
    }

    @Override
    public int[] encode(String text) {
        Ids ids = new Ids();
        for (AddedTokens.Part part : added.split(Text.wellFormed(text))) {
            if (part.id() >= 0) {
                ids.add(part.id());
            } else {
                words.words(part.text()).forEach(word -> spell(ids, word));
            }
        }
        return ids.toArray();
    }

    /** The longest piece first; all or nothing. */
    private void spell(Ids ids, String word) {
        if (word.codePointCount(0, word.length()) > longestWord) {
            ids.add(unknown);
            return;
        }
        List<Integer> pieces = new ArrayList<>();
        for (int from = 0; from < word.length(); ) {
            int to = word.length();
            int id = -1;
            while (to > from && (id = pieceId(word, from, to)) < 0) {
                to = word.offsetByCodePoints(to, -1);
            }
            if (id < 0) {
                ids.add(unknown);
                return;
            }
            pieces.add(id);
            from = to;
        }
        pieces.forEach(ids::add);
    }

    private int pieceId(String word, int from, int to) {
        String part = word.substring(from, to);
        return vocabulary.idOf(from == 0 ? part : continuing + part);
    }

    /**
     * {@code [CLS] text [SEP]}, as BERT reads one text.
     *
     * @throws FormatException when the vocabulary lacks one of the two
     */
    public int[] encodeBetweenMarks(String text) {
        int[] ids = encode(text);
        int[] marked = new int[ids.length + 2];
        marked[0] = mark(BEGIN);
        System.arraycopy(ids, 0, marked, 1, ids.length);
        marked[ids.length + 1] = mark(END);
        return marked;
    }

    private int mark(String piece) {
        return id(piece)
                .orElseThrow(() -> new FormatException(
                        file,
                        FormatException.WHOLE_FILE,
                        "vocabulary",
                        "has no " + piece + "; BERT reads texts between [CLS] and [SEP]"));
    }

    /** A piece as text: a word after a space, a continuation without its mark. Case and accents are not found again. */
    @Override
    public byte[] bytes(int id) {
        String piece = vocabulary.piece(id);
        if (piece == null || isSpecial(id)) {
            return new byte[0];
        }
        String text = piece.startsWith(continuing) ? piece.substring(continuing.length()) : " " + piece;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Words with one space between, which is not always how they stood. */
    @Override
    public String decode(int... ids) {
        return continuation(ids).strip();
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
        AddedTokens.Token t = added.get(id);
        return t != null && t.special();
    }

    /** {@code [CLS]}. */
    @Override
    public OptionalInt bos() {
        return id(BEGIN);
    }

    /** {@code [SEP]}. */
    @Override
    public OptionalInt eos() {
        return id(END);
    }

    @Override
    public boolean addsBos() {
        return true;
    }
}
