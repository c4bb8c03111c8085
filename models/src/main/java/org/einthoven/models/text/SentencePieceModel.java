package org.einthoven.models.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.models.text.SentencePieceTokenizer.Algorithm;
import org.einthoven.models.text.SentencePieceTokenizer.Kind;
import org.einthoven.tensor.FormatException;

/**
 * Reads a {@code tokenizer.model} of SentencePiece: the few fields of the protocol buffer {@code sentencepiece_model.proto} that
 * encoding needs.
 */
final class SentencePieceModel {
    /** Values of {@code model_type}. */
    private static final int UNIGRAM = 1;

    private static final int BPE = 2;

    /** One field of a message: a number, or bytes from {@code from} to {@code to}. */
    private record Field(int number, long value, int from, int to) {}

    /** Takes the fields of a message. */
    @FunctionalInterface
    private interface Fields {
        void take(Field field);
    }

    private final String file;
    private final ByteBuffer in;
    private final List<String> pieces = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    private final List<Kind> kinds = new ArrayList<>();
    private int modelType = UNIGRAM;
    private int unknown = 0;
    private int bos = 1;
    private int eos = 2;
    private Optional<CharacterTable> characters = Optional.empty();
    private boolean spacePrefix = true;
    private boolean removeExtraSpaces = true;

    private SentencePieceModel(String file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Tokenizer read(String file, byte[] bytes, TokenizerConfig config) {
        SentencePieceModel reader = new SentencePieceModel(file, bytes);
        reader.message(0, bytes.length, reader::root);
        return reader.build(config);
    }

    private void root(Field f) {
        switch (f.number) {
            case 1 -> piece(f);
            case 2 -> message(f.from, f.to, this::trainer);
            case 3 -> message(f.from, f.to, this::normalizer);
            default -> {}
        }
    }

    private void piece(Field message) {
        int index = pieces.size();
        pieces.add("");
        scores.add(0f);
        kinds.add(Kind.NORMAL);
        message(message.from, message.to, f -> {
            switch (f.number) {
                case 1 -> pieces.set(index, utf8(f));
                case 2 -> scores.set(index, score(f));
                case 3 -> kinds.set(index, kind(f));
                default -> {}
            }
        });
        if (pieces.get(index).isEmpty()) {
            throw bad(message.from, "piece " + index, "is empty");
        }
        if (kinds.get(index) == Kind.BYTE && !pieces.get(index).matches("<0x[0-9A-F]{2}>")) {
            throw bad(
                    message.from,
                    "piece " + index,
                    "\"" + pieces.get(index) + "\" is of type BYTE, but not of the form <0xFF>");
        }
    }

    private float score(Field f) {
        float score = Float.intBitsToFloat((int) f.value);
        if (Float.isNaN(score)) {
            throw bad(f.from, "score", "of piece " + (pieces.size() - 1) + " is not a number");
        }
        return score;
    }

    private Kind kind(Field f) {
        if (f.value < 1 || f.value >= Kind.values().length) {
            throw bad(f.from, "type", f.value + " of piece " + (pieces.size() - 1) + " is unknown");
        }
        return Kind.values()[(int) f.value];
    }

    private void trainer(Field f) {
        switch (f.number) {
            case 3 -> modelType = (int) f.value;
            case 40 -> unknown = (int) f.value;
            case 41 -> bos = (int) f.value;
            case 42 -> eos = (int) f.value;
            case 24 -> {
                if (f.value != 0) {
                    throw bad(f.from, "treat_whitespace_as_suffix", "is set, which is not read");
                }
            }
            default -> {}
        }
    }

    private void normalizer(Field f) {
        switch (f.number) {
            case 2 -> {
                if (f.to > f.from) {
                    byte[] table = new byte[f.to - f.from];
                    in.get(f.from, table);
                    characters = Optional.of(new CharacterTable(file, "precompiled_charsmap", table));
                }
            }
            case 3 -> spacePrefix = f.value != 0;
            case 4 -> removeExtraSpaces = f.value != 0;
            case 5 -> {
                if (f.value == 0) {
                    throw bad(f.from, "escape_whitespaces", "is off, which is not read");
                }
            }
            default -> {}
        }
    }

    private Tokenizer build(TokenizerConfig config) {
        if (pieces.isEmpty()) {
            throw bad(0, "pieces", "there are none; this is no SentencePiece model");
        }
        if (modelType != BPE && modelType != UNIGRAM) {
            throw bad(0, "model_type", modelType + " is not read, only 1 (unigram) and 2 (BPE)");
        }
        float[] score = new float[scores.size()];
        for (int i = 0; i < score.length; i++) {
            score[i] = scores.get(i);
        }
        OptionalInt bosId = named(config.bosToken(), bos);
        return new SentencePieceTokenizer(
                file,
                new SentencePieceTokenizer.Model(
                        modelType == BPE ? Algorithm.BPE : Algorithm.UNIGRAM,
                        pieces.toArray(String[]::new),
                        score,
                        kinds.toArray(Kind[]::new),
                        characters,
                        spacePrefix,
                        removeExtraSpaces,
                        id(unknown),
                        bosId,
                        named(config.eosToken(), eos),
                        config.addsBos().orElse(bosId.isPresent())));
    }

    private OptionalInt named(Optional<String> piece, int otherwise) {
        int i = piece.map(pieces::indexOf).orElse(-1);
        return i >= 0 ? OptionalInt.of(i) : id(otherwise);
    }

    private OptionalInt id(int id) {
        return id >= 0 && id < pieces.size() ? OptionalInt.of(id) : OptionalInt.empty();
    }

    // ---------------------------------------------------------------- protocol buffers

    private void message(int from, int to, Fields fields) {
        int at = from;
        while (at < to) {
            in.position(at);
            long tag = varint(to);
            int number = (int) (tag >>> 3);
            int start = in.position();
            Field f =
                    switch ((int) (tag & 7)) {
                        case 0 -> new Field(number, varint(to), start, in.position());
                        case 1 -> new Field(number, fits(8, to) ? in.getLong() : 0, start, start + 8);
                        case 5 -> new Field(number, fits(4, to) ? in.getInt() : 0, start, start + 4);
                        case 2 -> {
                            long length = varint(to);
                            fits(length, to);
                            yield new Field(number, 0, in.position(), in.position() + (int) length);
                        }
                        default ->
                            throw bad(
                                    at,
                                    "field " + number,
                                    "has the wire type " + (tag & 7) + "; this is no SentencePiece model");
                    };
            at = f.to;
            fields.take(f);
        }
    }

    private long varint(int to) {
        long x = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            fits(1, to);
            byte b = in.get();
            x |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return x;
            }
        }
        throw bad(in.position(), "number", "is longer than 64 bits");
    }

    private boolean fits(long length, int to) {
        if (length < 0 || length > to - in.position()) {
            throw bad(
                    in.position(),
                    "field",
                    "needs " + Long.toUnsignedString(length) + " bytes where " + (to - in.position())
                            + " are left; the file is truncated or no SentencePiece model");
        }
        return true;
    }

    private String utf8(Field f) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(in.slice(f.from, f.to - f.from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file, f.from, "piece", "is not UTF-8", e);
        }
    }

    private FormatException bad(int offset, String field, String problem) {
        return new FormatException(file, offset, field, problem);
    }
}
