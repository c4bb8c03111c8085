package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.einthoven.models.io.GgufKeys;
import org.einthoven.models.text.SentencePieceTokenizer.Algorithm;
import org.einthoven.models.text.SentencePieceTokenizer.Kind;

/** What {@link GgufVocabulary} reads, written: the {@code tokenizer.ggml.*} keys of a tokenizer. */
public final class GgufTokenizer {
    /** The key of a model's chat template. */
    public static final String CHAT_TEMPLATE = "tokenizer.chat_template";

    /** The kind of tokenizer that llama.cpp asks a file without one to say. */
    public static final String NONE = "no_vocab";

    private static final String PREFIX = "tokenizer.ggml.";

    private final GgufKeys keys;
    private final int rows;
    private final String[] pieces;
    private final int[] types;

    private GgufTokenizer(GgufKeys keys, int rows) {
        this.keys = keys;
        this.rows = rows;
        this.pieces = new String[rows];
        this.types = new int[rows];
        Arrays.fill(types, Kind.UNUSED.ordinal());
        for (int i = 0; i < rows; i++) {
            pieces[i] = "[PAD" + i + "]"; // rows of the embedding that no token has
        }
    }

    /**
     * Adds the keys of a tokenizer.
     *
     * @param rows of the embedding: the file has as many tokens
     * @return why there are none, where GGUF has no way to say such a tokenizer
     */
    public static Optional<String> describe(Optional<Tokenizer> tokenizer, int rows, GgufKeys keys) {
        GgufTokenizer gguf = new GgufTokenizer(keys, rows);
        keys.string(PREFIX + "model", NONE);
        return switch (tokenizer.orElse(null)) {
            case null -> Optional.of("the folder has no tokenizer, so the file has none");
            case SentencePieceTokenizer t -> gguf.sentencePiece(t.model());
            case BpeTokenizer t -> gguf.byteLevel(t);
            default -> Optional.of("a tokenizer of this kind cannot be written; the file has none");
        };
    }

    private Optional<String> sentencePiece(SentencePieceTokenizer.Model model) {
        float[] scores = new float[rows];
        for (int i = 0; i < Math.min(rows, model.pieces().length); i++) {
            pieces[i] = model.pieces()[i];
            scores[i] = model.scores()[i];
            types[i] = model.kinds()[i].ordinal();
        }
        if (model.characters().isPresent()) {
            return Optional.of("the tokenizer has a table of characters, which is not written; the file has none");
        }
        keys.string(PREFIX + "model", model.algorithm() == Algorithm.BPE ? "llama" : "t5");
        keys.string(PREFIX + "pre", "default");
        keys.strings(PREFIX + "tokens", pieces);
        keys.floats(PREFIX + "scores", scores);
        keys.ints(PREFIX + "token_type", types);
        model.unknown().ifPresent(id -> keys.u32(PREFIX + "unknown_token_id", id));
        keys.bool(PREFIX + "add_space_prefix", model.addSpacePrefix());
        keys.bool(PREFIX + "remove_extra_whitespaces", model.removeExtraSpaces());
        return Optional.empty();
    }

    private Optional<String> byteLevel(BpeTokenizer tokenizer) {
        Optional<String> pre = tokenizer.isByteLevel() ? PreTokenizer.nameOf(tokenizer.words()) : Optional.empty();
        if (pre.isEmpty()) {
            return Optional.of("this tokenizer.json is none of the byte-level kinds " + PreTokenizer.NAMES
                    + " that can be written, so the file has no tokenizer; put tokenizer.model beside it where the"
                    + " model has one, and take tokenizer.json away");
        }
        for (int i = 0; i < Math.min(rows, tokenizer.vocabularySize()); i++) {
            String piece = tokenizer.piece(i);
            if (!piece.isEmpty()) {
                pieces[i] = piece;
                types[i] = tokenizer.kind(i).ordinal();
            }
        }
        List<String> merges = new ArrayList<>();
        tokenizer.merges().forEach((left, right) -> merges.add(tokenizer.piece(left) + " " + tokenizer.piece(right)));
        keys.string(PREFIX + "model", "gpt2");
        keys.string(PREFIX + "pre", pre.get());
        keys.strings(PREFIX + "tokens", pieces);
        keys.ints(PREFIX + "token_type", types);
        keys.strings(PREFIX + "merges", merges.toArray(String[]::new));
        return Optional.empty();
    }

    /**
     * Adds the tokens that begin and end a text. GGUF has keys for the end of a text, of a turn and of a message; of more ends
     * the first three are written.
     *
     * @param ends of the model; that of the tokenizer comes first
     */
    public static void ends(Optional<Tokenizer> tokenizer, OptionalInt modelsBos, Set<Integer> ends, GgufKeys keys) {
        OptionalInt bos =
                tokenizer.map(Tokenizer::bos).filter(OptionalInt::isPresent).orElse(modelsBos);
        bos.ifPresent(id -> keys.u32(PREFIX + "bos_token_id", id));
        tokenizer.ifPresent(t -> keys.bool(PREFIX + "add_bos_token", t.addsBos()));
        List<Integer> all = new ArrayList<>(ends);
        tokenizer.map(Tokenizer::eos).orElse(OptionalInt.empty()).ifPresent(id -> {
            all.remove((Integer) id);
            all.addFirst(id);
        });
        List<String> names = List.of("eos_token_id", "eot_token_id", "eom_token_id");
        for (int i = 0; i < Math.min(all.size(), names.size()); i++) {
            keys.u32(PREFIX + names.get(i), all.get(i));
        }
    }
}
