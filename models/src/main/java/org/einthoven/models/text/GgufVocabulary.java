package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.GgufMetadata;
import org.einthoven.tensor.FormatException;

/** The tokenizer inside a GGUF file, from its {@code tokenizer.ggml.*} keys. */
final class GgufVocabulary {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MODEL = PREFIX + "model";
    private static final String TOKENS = PREFIX + "tokens";
    private static final String SCORES = PREFIX + "scores";
    private static final String MERGES = PREFIX + "merges";
    private static final String TYPES = PREFIX + "token_type";

    private final String file;
    private final GgufMetadata keys;

    private GgufVocabulary(GgufFile gguf) {
        this.file = gguf.path().toString();
        this.keys = gguf.keys();
    }

    static Tokenizer read(GgufFile gguf) {
        return new GgufVocabulary(gguf).read();
    }

    private Tokenizer read() {
        if (!keys.has(MODEL)) {
            throw keys.bad(MODEL, "this file holds no tokenizer; give one beside it, or use ids");
        }
        return switch (keys.string(MODEL)) {
            case "llama" -> sentencePiece(SentencePieceTokenizer.Algorithm.BPE);
            case "t5" -> sentencePiece(SentencePieceTokenizer.Algorithm.UNIGRAM);
            case "gpt2" -> byteLevel();
            default -> throw keys.bad(MODEL, "tokenizers of the kind \"" + keys.string(MODEL) + "\" are not read");
        };
    }

    private Tokenizer sentencePiece(SentencePieceTokenizer.Algorithm algorithm) {
        String[] pieces = keys.array(TOKENS).strings();
        float[] scores = keys.has(SCORES) ? keys.array(SCORES).floats() : new float[pieces.length];
        sameLength(SCORES, scores.length, pieces.length);
        for (int i = 0; i < scores.length; i++) {
            if (Float.isNaN(scores[i])) {
                throw keys.bad(SCORES, "the score of token " + i + " is not a number");
            }
        }
        return new SentencePieceTokenizer(
                file,
                new SentencePieceTokenizer.Model(
                        algorithm,
                        pieces,
                        scores,
                        kinds(pieces),
                        characters(),
                        keys.flag(PREFIX + "add_space_prefix", true),
                        keys.flag(PREFIX + "remove_extra_whitespaces", false),
                        token("unknown", pieces.length, 0),
                        token("bos", pieces.length, 1),
                        token("eos", pieces.length, 2),
                        keys.flag(PREFIX + "add_bos_token", true)));
    }

    private Optional<CharacterTable> characters() {
        String key = PREFIX + "precompiled_charsmap";
        return keys.has(key)
                ? Optional.of(new CharacterTable(file, key, keys.array(key).bytes()))
                : Optional.empty();
    }

    private Tokenizer byteLevel() {
        String[] pieces = keys.array(TOKENS).strings();
        int[] types = tokenTypes(pieces.length);
        List<AddedTokens.Token> added = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) {
            boolean control = types[i] == SentencePieceTokenizer.Kind.CONTROL.ordinal();
            if ((control || types[i] == SentencePieceTokenizer.Kind.USER_DEFINED.ordinal()) && !pieces[i].isEmpty()) {
                added.add(AddedTokens.Token.plain(i, pieces[i], control));
            }
        }
        String pre = keys.string(PREFIX + "pre", "default");
        String pattern = PreTokenizer.BY_NAME.get(pre);
        if (pattern == null) {
            throw keys.bad(
                    PREFIX + "pre",
                    "\"" + pre + "\" is not read, only " + new TreeSet<>(PreTokenizer.BY_NAME.keySet()));
        }
        boolean llama3 = pattern.equals(PreTokenizer.LLAMA3);
        Vocabulary vocabulary = new Vocabulary(pieces);
        return new BpeTokenizer(
                file,
                vocabulary,
                merges(vocabulary),
                added,
                UnaryOperator.identity(),
                new PreTokenizer.Split(GuardedPattern.own(pattern), PreTokenizer.Behavior.ISOLATED, false),
                new BpeTokenizer.Spelling(true, false, llama3, false, false, false),
                -1,
                new BpeTokenizer.Ends(
                        token("bos", pieces.length, -1),
                        token("eos", pieces.length, -1),
                        keys.flag(PREFIX + "add_bos_token", llama3)));
    }

    private PairRanks merges(Vocabulary vocabulary) {
        String[] lines = keys.array(MERGES).strings();
        PairRanks ranks = new PairRanks(lines.length);
        for (String line : lines) {
            int space = line.indexOf(' ', 1);
            int left = space < 0 ? -1 : vocabulary.idOf(line.substring(0, space));
            int right = space < 0 ? -1 : vocabulary.idOf(line.substring(space + 1));
            int merged =
                    left < 0 || right < 0 ? -1 : vocabulary.idOf(line.substring(0, space) + line.substring(space + 1));
            if (merged < 0) {
                throw keys.bad(MERGES, "\"" + line + "\" does not join two pieces of the vocabulary into a third");
            }
            ranks.add(left, right, merged);
        }
        return ranks;
    }

    private SentencePieceTokenizer.Kind[] kinds(String[] pieces) {
        SentencePieceTokenizer.Kind[] all = SentencePieceTokenizer.Kind.values();
        SentencePieceTokenizer.Kind[] kinds = new SentencePieceTokenizer.Kind[pieces.length];
        int[] types = tokenTypes(pieces.length);
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = all[types[i]];
            if (kinds[i] == SentencePieceTokenizer.Kind.BYTE && !pieces[i].matches("<0x[0-9A-F]{2}>")) {
                throw keys.bad(
                        TYPES, "token " + i + ", \"" + pieces[i] + "\", is of type BYTE, but not of the form <0xFF>");
            }
        }
        return kinds;
    }

    /** {@code token_type} of each token, 0 to 6; all NORMAL where the file does not say. */
    private int[] tokenTypes(int count) {
        int[] types = new int[count];
        Arrays.fill(types, SentencePieceTokenizer.Kind.NORMAL.ordinal());
        if (keys.has(TYPES)) {
            types = keys.array(TYPES).ints();
            sameLength(TYPES, types.length, count);
        }
        for (int i = 0; i < count; i++) {
            if (types[i] < 0 || types[i] >= SentencePieceTokenizer.Kind.values().length) {
                throw keys.bad(TYPES, "token " + i + " has the unknown type " + types[i]);
            }
        }
        return types;
    }

    private OptionalInt token(String name, int count, int otherwise) {
        String key = PREFIX + name + "_token_id";
        if (!keys.has(key) && otherwise < 0) {
            return OptionalInt.empty();
        }
        int id = keys.integer(key, 0, otherwise);
        if (id >= count) {
            throw keys.bad(key, id + " is outside the vocabulary of " + count);
        }
        return OptionalInt.of(id);
    }

    private void sameLength(String key, int length, int tokens) {
        if (length != tokens) {
            throw new FormatException(
                    file, FormatException.WHOLE_FILE, key, "has " + length + " elements for " + tokens + " tokens");
        }
    }
}
