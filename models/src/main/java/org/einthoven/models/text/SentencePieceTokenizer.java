package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;

/**
 * SentencePiece (Kudo and Richardson, arXiv 1808.06226), as in LLaMA 2, in Gemma and in GGUF vocabularies of the kinds
 * {@code llama} and {@code t5}: spaces are written {@code ▁}, one is put in front, and an {@link Algorithm} cuts the text into
 * pieces. Characters without a piece become byte pieces {@code <0xXX>}. Control tokens that are written in a text are plain text;
 * pieces that the user defined are always found.
 */
public final class SentencePieceTokenizer implements Tokenizer {
    /** The kinds of pieces, numbered as in {@code sentencepiece_model.proto} and in GGUF's {@code token_type}. */
    enum Kind {
        UNDEFINED,
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE;

        boolean isText() {
            return this == NORMAL || this == USER_DEFINED || this == UNUSED;
        }
    }

    /** How a text is cut into pieces. */
    enum Algorithm {
        /** The pair whose joint piece has the highest score merges first ({@code bpe_model.cc}). */
        BPE,
        /** The pieces of the greatest sum of scores ({@link UnigramSegmentation}). */
        UNIGRAM
    }

    /**
     * What the model file says.
     *
     * @param pieces piece of each id
     * @param scores score of each id; higher is better
     * @param kinds kind of each id
     * @param characters what is written otherwise before anything else
     * @param addSpacePrefix whether a space is put before the text
     * @param removeExtraSpaces whether runs of spaces become one and those at the ends go
     */
    record Model(
            Algorithm algorithm,
            String[] pieces,
            float[] scores,
            Kind[] kinds,
            Optional<CharacterTable> characters,
            boolean addSpacePrefix,
            boolean removeExtraSpaces,
            OptionalInt unknown,
            OptionalInt bos,
            OptionalInt eos,
            boolean addsBos) {}

    /** Symbols that may merge, and user-defined ones that may not. */
    private static final int FREE = 0;

    private static final int DEFINED = -1;

    private static final byte[] NOTHING = {};
    private static final byte[] UNKNOWN_SURFACE = " \u2047 ".getBytes(StandardCharsets.UTF_8);

    private final String file;
    private final Model model;
    private final Vocabulary vocabulary;
    private final LongestMatch userDefined;
    private final LongestMatch control;
    private final Optional<UnigramSegmentation> unigram;
    private final int @Nullable [] byteIds;
    private final int unknown;

    SentencePieceTokenizer(String file, Model model) {
        this.file = file;
        this.model = model;
        @Nullable String[] text = model.pieces.clone();
        List<String> defined = new ArrayList<>();
        List<String> controls = new ArrayList<>();
        for (int i = 0; i < text.length; i++) {
            if (model.kinds[i] == Kind.USER_DEFINED) {
                defined.add(text[i]);
            }
            if (model.kinds[i] == Kind.CONTROL) {
                controls.add(text[i]);
            }
            if (!model.kinds[i].isText()) {
                text[i] = null;
            }
        }
        this.vocabulary = new Vocabulary(text);
        this.userDefined = new LongestMatch(defined);
        this.control = new LongestMatch(controls);
        this.unigram =
                model.algorithm == Algorithm.UNIGRAM ? Optional.of(new UnigramSegmentation(model)) : Optional.empty();
        this.byteIds = new Vocabulary(onlyBytes(model)).byteIds();
        this.unknown = model.unknown.orElse(-1);
    }

    Model model() {
        return model;
    }

    private static @Nullable String[] onlyBytes(Model model) {
        @Nullable String[] bytes = model.pieces.clone();
        for (int i = 0; i < bytes.length; i++) {
            if (model.kinds[i] != Kind.BYTE) {
                bytes[i] = null;
            }
        }
        return bytes;
    }

    @Override
    public int[] encode(String text) {
        String s = normalised(Text.wellFormed(text));
        Ids ids = new Ids();
        if (unigram.isPresent()) {
            unigram.get().run(s, (id, from, to) -> emit(ids, id, s.substring(from, to)));
        } else {
            merge(s, (_, from, to) -> emit(ids, vocabulary.idOf(s.substring(from, to)), s.substring(from, to)));
        }
        return ids.toArray();
    }

    private void merge(String s, Merging.Sink sink) {
        Merging merging = new Merging((left, right, from, to) -> joint(s, left, right, from, to));
        for (int i = 0; i < s.length(); ) {
            int end = userDefined.isEmpty() ? -1 : userDefined.end(s, i);
            boolean defined = end >= 0;
            int to = defined ? end : i + Character.charCount(s.codePointAt(i));
            merging.add(defined ? DEFINED : FREE, i, to);
            i = to;
        }
        merging.run(sink);
    }

    @Override
    public int[] encodeMarked(String text) {
        Ids ids = new Ids();
        int from = 0;
        for (int i = 0; i <= text.length(); ) {
            int end = i < text.length() ? control.end(text, i) : i;
            if (end < 0) {
                i++;
                continue;
            }
            for (int id : encode(text.substring(from, i))) {
                ids.add(id);
            }
            if (end > i) {
                ids.add(id(text.substring(i, end)).orElseThrow());
            }
            from = end;
            i = Math.max(end, i + 1);
        }
        return ids.toArray();
    }

    private Merging.@Nullable Merged joint(String s, int left, int right, int from, int to) {
        if (left == DEFINED || right == DEFINED || to - from > vocabulary.longest()) {
            return null;
        }
        int id = vocabulary.idOf(s.substring(from, to));
        return id < 0 ? null : new Merging.Merged(-model.scores[id], FREE);
    }

    /** @param id of the symbol, or -1 */
    private void emit(Ids ids, int id, String symbol) {
        int[] spelt = id >= 0 ? null : Vocabulary.spelt(symbol, byteIds);
        if (id >= 0) {
            ids.add(id);
        } else if (spelt != null) {
            for (int b : spelt) {
                ids.add(b);
            }
        } else if (unknown < 0) {
            throw new FormatException(
                    file,
                    FormatException.WHOLE_FILE,
                    "vocabulary",
                    "has no piece for \"" + symbol + "\", not all of its bytes and no unknown token");
        } else if (ids.last() != unknown) {
            ids.add(unknown);
        }
    }

    private String normalised(String text) {
        String s = model.characters.map(t -> t.apply(text, userDefined)).orElse(text);
        if (model.removeExtraSpaces) {
            s = s.replaceAll(" +", " ").replaceAll("^ | $", "");
        }
        if (s.isEmpty()) {
            return s;
        }
        return (model.addSpacePrefix ? " " + s : s).replace(' ', Text.SPACE_MARK);
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= model.pieces.length) {
            return NOTHING;
        }
        String piece = model.pieces[id];
        return switch (model.kinds[id]) {
            case NORMAL, USER_DEFINED, UNUSED, UNDEFINED ->
                piece.replace(Text.SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
            case BYTE -> new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
            case UNKNOWN -> UNKNOWN_SURFACE;
            case CONTROL -> NOTHING;
        };
    }

    /** As {@link Tokenizer#decode}; the space that encoding put in front is taken off, control tokens are no text. */
    @Override
    public String decode(int... ids) {
        String text = continuation(ids);
        return model.addSpacePrefix && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Override
    public int vocabularySize() {
        return model.pieces.length;
    }

    @Override
    public String piece(int id) {
        return model.pieces[id];
    }

    @Override
    public OptionalInt id(String piece) {
        for (int i = 0; i < model.pieces.length; i++) {
            if (model.pieces[i].equals(piece)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 0
                && id < model.kinds.length
                && (model.kinds[id] == Kind.CONTROL || model.kinds[id] == Kind.UNKNOWN);
    }

    @Override
    public OptionalInt bos() {
        return model.bos;
    }

    @Override
    public OptionalInt eos() {
        return model.eos;
    }

    @Override
    public boolean addsBos() {
        return model.addsBos;
    }
}
