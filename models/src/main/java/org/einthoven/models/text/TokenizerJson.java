package org.einthoven.models.text;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * Reads a {@code tokenizer.json} of Hugging Face's tokenizers, of the model kinds BPE and WordPiece. Vocabulary and merges are
 * streamed.
 */
final class TokenizerJson {
    /** A vocabulary may leave out this many times as many ids as it has, and some more. */
    private static final int MAX_GAPS = 4;

    private static final int GAPS_FREE = 100_000;

    private final String file;
    private final List<AddedTokens.Token> added = new ArrayList<>();
    private final List<String> vocabularyPieces = new ArrayList<>();
    private int[] vocabularyIds = new int[1024];
    private final List<String> merges = new ArrayList<>();
    private JsonSection normalizer;
    private JsonSection preTokenizer;
    private JsonSection postProcessor;
    private JsonSection decoder;
    private boolean byteFallback;
    private boolean ignoreMerges;
    private boolean fuseUnknown;
    private boolean wordPiece;
    private String continuing = "";
    private int longestWord = WordPieceTokenizer.LONGEST_WORD;
    private Optional<String> unknown = Optional.empty();

    private TokenizerJson(String file) {
        this.file = file;
        this.normalizer = JsonSection.absent(file, "normalizer");
        this.preTokenizer = JsonSection.absent(file, "pre_tokenizer");
        this.postProcessor = JsonSection.absent(file, "post_processor");
        this.decoder = JsonSection.absent(file, "decoder");
    }

    /** @param config what a {@code tokenizer_config.json} beside it says */
    static Tokenizer read(Path path, InputStream in, TokenizerConfig config) {
        TokenizerJson reader = new TokenizerJson(path.toString());
        return StrictJson.read(reader.file, 0, "tokenizer", in, p -> {
            reader.root(p);
            return reader.build(config);
        });
    }

    // ---------------------------------------------------------------- the file

    private void root(JsonParser p) {
        StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "tokenizer");
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "added_tokens" -> addedTokens(p);
                case "normalizer" -> normalizer = section(p, key);
                case "pre_tokenizer" -> preTokenizer = section(p, key);
                case "post_processor" -> postProcessor = section(p, key);
                case "decoder" -> decoder = section(p, key);
                case "model" -> model(p);
                default -> p.skipChildren();
            }
        }
    }

    private JsonSection section(JsonParser p, String key) {
        return new JsonSection(file, key, StrictJson.smallTree(p, file, key));
    }

    private void addedTokens(JsonParser p) {
        StrictJson.expect(p, JsonToken.START_ARRAY, file, 0, "added_tokens");
        while (p.nextToken() != JsonToken.END_ARRAY) {
            JsonSection t = section(p, "added_tokens[" + added.size() + "]");
            JsonNode id = t.node().path("id");
            if (!id.canConvertToInt() || !id.isIntegralNumber() || id.asInt() < 0) {
                throw t.bad("id", "must be a whole number of 0 or more");
            }
            String content = t.string("content");
            if (content.isEmpty()) {
                throw t.bad("content", "is empty");
            }
            added.add(new AddedTokens.Token(
                    id.asInt(),
                    content,
                    t.flag("special", false),
                    t.flag("normalized", false),
                    t.flag("lstrip", false),
                    t.flag("rstrip", false),
                    t.flag("single_word", false)));
        }
    }

    private void model(JsonParser p) {
        StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "model");
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "type" -> {
                    wordPiece = "WordPiece".equals(p.getString());
                    if (!wordPiece && !"BPE".equals(p.getString())) {
                        throw bad(p, "model.type", "\"" + p.getString() + "\" is not read, only BPE and WordPiece");
                    }
                }
                case "vocab" -> vocabulary(p);
                case "merges" -> merges(p);
                case "unk_token" ->
                    unknown =
                            p.currentToken() == JsonToken.VALUE_STRING ? Optional.of(p.getString()) : Optional.empty();
                case "byte_fallback" -> byteFallback = p.currentToken() == JsonToken.VALUE_TRUE;
                case "ignore_merges" -> ignoreMerges = p.currentToken() == JsonToken.VALUE_TRUE;
                case "fuse_unk" -> fuseUnknown = p.currentToken() == JsonToken.VALUE_TRUE;
                case "max_input_chars_per_word" -> {
                    StrictJson.expect(p, JsonToken.VALUE_NUMBER_INT, file, 0, "model." + key);
                    longestWord = (int) Math.clamp(p.getLongValue(), 0, Integer.MAX_VALUE);
                }
                case "continuing_subword_prefix" ->
                    continuing = p.currentToken() == JsonToken.VALUE_STRING ? p.getString() : "";
                case "end_of_word_suffix" -> {
                    if (p.currentToken() == JsonToken.VALUE_STRING
                            && !p.getString().isEmpty()) {
                        throw bad(p, "model." + key, "\"" + p.getString() + "\" is not read, only none");
                    }
                }
                default -> p.skipChildren();
            }
        }
    }

    private void vocabulary(JsonParser p) {
        StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "model.vocab");
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String piece = p.currentName();
            p.nextToken();
            StrictJson.expect(p, JsonToken.VALUE_NUMBER_INT, file, 0, "model.vocab");
            long id = p.getLongValue();
            if (id < 0 || id > Integer.MAX_VALUE) {
                throw bad(p, "model.vocab", "the id " + id + " of \"" + piece + "\" is outside 0 to 2^31 - 1");
            }
            if (vocabularyPieces.size() == vocabularyIds.length) {
                vocabularyIds = Arrays.copyOf(vocabularyIds, 2 * vocabularyIds.length);
            }
            vocabularyIds[vocabularyPieces.size()] = (int) id;
            vocabularyPieces.add(piece);
        }
    }

    /** Merges are {@code "left right"} or, in newer files, {@code ["left", "right"]}. */
    private void merges(JsonParser p) {
        StrictJson.expect(p, JsonToken.START_ARRAY, file, 0, "model.merges");
        while (p.nextToken() != JsonToken.END_ARRAY) {
            String left;
            String right;
            if (p.currentToken() == JsonToken.START_ARRAY) {
                left = p.nextStringValue();
                right = p.nextStringValue();
                if (p.nextToken() != JsonToken.END_ARRAY || left == null || right == null) {
                    throw bad(p, "model.merges", "each merge must have two strings");
                }
            } else {
                StrictJson.expect(p, JsonToken.VALUE_STRING, file, 0, "model.merges");
                String both = p.getString();
                int space = both.indexOf(' ');
                if (space < 0 || both.indexOf(' ', space + 1) >= 0) {
                    throw bad(p, "model.merges", "\"" + both + "\" must be two pieces with one space between");
                }
                left = both.substring(0, space);
                right = both.substring(space + 1);
            }
            merges.add(left);
            merges.add(right);
        }
    }

    private FormatException bad(JsonParser p, String field, String problem) {
        return new FormatException(file, StrictJson.at(p), field, problem);
    }

    private FormatException bad(String field, String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, field, problem);
    }

    // ---------------------------------------------------------------- the tokenizer

    private Tokenizer build(TokenizerConfig config) {
        Vocabulary vocabulary = vocabulary();
        if (wordPiece) {
            return wordPiece(vocabulary);
        }
        if (!continuing.isEmpty()) {
            throw bad("model.continuing_subword_prefix", "\"" + continuing + "\" is not read for BPE, only none");
        }
        boolean byteLevel = has(preTokenizer, "ByteLevel", "pretokenizers") || has(decoder, "ByteLevel", "decoders");
        boolean metaspace = has(preTokenizer, "Metaspace", "pretokenizers");
        BpeTokenizer.Spelling spelling = new BpeTokenizer.Spelling(
                byteLevel,
                byteFallback,
                ignoreMerges,
                fuseUnknown,
                !byteLevel,
                has(decoder, "Strip", "decoders") || metaspace && has(decoder, "Metaspace", "decoders"));
        return new BpeTokenizer(
                file,
                vocabulary,
                ranks(vocabulary),
                added,
                Normalizers.read(normalizer),
                preTokenizer(preTokenizer),
                spelling,
                unknown.map(vocabulary::idOf).orElse(-1),
                ends(config, vocabulary));
    }

    /** Only with BERT's own normaliser and cutting into words, without which no published file comes. */
    private Tokenizer wordPiece(Vocabulary vocabulary) {
        mustBe(normalizer, "BertNormalizer");
        mustBe(preTokenizer, "BertPreTokenizer");
        return new WordPieceTokenizer(
                file,
                vocabulary,
                added,
                BertWords.read(normalizer),
                continuing,
                longestWord,
                unknown.orElse(WordPieceTokenizer.UNKNOWN));
    }

    private void mustBe(JsonSection part, String type) {
        if (part.isAbsent() || !part.type().equals(type)) {
            throw bad(part.path() + ".type", "of a WordPiece model must be \"" + type + "\"; no other is read");
        }
    }

    private Vocabulary vocabulary() {
        if (vocabularyPieces.isEmpty()) {
            throw bad("model.vocab", "is missing or empty");
        }
        int last = added.stream().mapToInt(AddedTokens.Token::id).max().orElse(0);
        for (int i = 0; i < vocabularyPieces.size(); i++) {
            last = Math.max(last, vocabularyIds[i]);
        }
        if (last > GAPS_FREE + (long) MAX_GAPS * (vocabularyPieces.size() + added.size())) {
            throw bad(
                    "model.vocab",
                    "the id " + last + " is out of all proportion to " + vocabularyPieces.size() + " pieces");
        }
        @Nullable String[] pieces = new String[last + 1];
        for (int i = 0; i < vocabularyPieces.size(); i++) {
            place(pieces, vocabularyIds[i], vocabularyPieces.get(i));
        }
        added.forEach(t -> place(pieces, t.id(), t.content()));
        return new Vocabulary(pieces);
    }

    private void place(@Nullable String[] pieces, int id, String piece) {
        if (pieces[id] != null && !pieces[id].equals(piece)) {
            throw bad("model.vocab", "\"" + pieces[id] + "\" and \"" + piece + "\" have the same id " + id);
        }
        pieces[id] = piece;
    }

    private PairRanks ranks(Vocabulary vocabulary) {
        PairRanks ranks = new PairRanks(merges.size() / 2);
        for (int i = 0; i < merges.size(); i += 2) {
            String left = merges.get(i);
            String right = merges.get(i + 1);
            int merged = vocabulary.idOf(left + right);
            if (vocabulary.idOf(left) < 0 || vocabulary.idOf(right) < 0 || merged < 0) {
                throw bad(
                        "model.merges[" + i / 2 + "]",
                        "\"" + left + "\" and \"" + right + "\" or what they become is not in the vocabulary");
            }
            ranks.add(vocabulary.idOf(left), vocabulary.idOf(right), merged);
        }
        return ranks;
    }

    private static PreTokenizer preTokenizer(JsonSection s) {
        if (s.isAbsent()) {
            return new PreTokenizer.Whole();
        }
        return switch (s.type()) {
            case "Sequence" ->
                new PreTokenizer.Sequence(s.list("pretokenizers").stream()
                        .map(TokenizerJson::preTokenizer)
                        .toList());
            case "Split" ->
                new PreTokenizer.Split(
                        s.pattern("pattern"),
                        PreTokenizer.Behavior.of(s.string("behavior"))
                                .orElseThrow(() -> s.bad("behavior", "\"" + s.string("behavior") + "\" is not read")),
                        s.flag("invert", false));
            case "ByteLevel" -> byteLevel(s);
            case "Digits" ->
                new PreTokenizer.Split(
                        GuardedPattern.own(s.flag("individual_digits", false) ? "\\p{N}" : "\\p{N}+"),
                        PreTokenizer.Behavior.ISOLATED,
                        false);
            case "Metaspace" -> metaspace(s);
            default -> throw s.notRead();
        };
    }

    private static PreTokenizer byteLevel(JsonSection s) {
        List<PreTokenizer> steps = new ArrayList<>();
        if (s.flag("add_prefix_space", false)) {
            steps.add(new PreTokenizer.SpacePrefix());
        }
        if (s.flag("use_regex", true)) {
            steps.add(new PreTokenizer.Split(
                    GuardedPattern.own(PreTokenizer.GPT2), PreTokenizer.Behavior.ISOLATED, false));
        }
        return new PreTokenizer.Sequence(steps);
    }

    private static PreTokenizer metaspace(JsonSection s) {
        String mark = s.string("replacement");
        String scheme = s.string("prepend_scheme", s.flag("add_prefix_space", true) ? "always" : "never");
        if (mark.length() != 1 || !List.of("always", "first", "never").contains(scheme)) {
            throw s.bad("prepend_scheme", "\"" + scheme + "\" with \"" + mark + "\" is not read");
        }
        return new PreTokenizer.Metaspace(
                mark.charAt(0),
                PreTokenizer.Metaspace.Prefix.valueOf(scheme.toUpperCase(Locale.ROOT)),
                s.flag("split", true));
    }

    private static boolean has(JsonSection s, String type, String steps) {
        if (s.isAbsent()) {
            return false;
        }
        return type.equals(s.type())
                || s.type().equals("Sequence") && s.list(steps).stream().anyMatch(step -> has(step, type, steps));
    }

    /**
     * The configuration's tokens; without it, BOS is what the template puts first, EOS by its usual names.
     *
     * @throws FormatException when the configuration names a token that there is none of
     */
    private BpeTokenizer.Ends ends(TokenizerConfig config, Vocabulary vocabulary) {
        known("bos_token", config.bosToken(), vocabulary);
        known("eos_token", config.eosToken(), vocabulary);
        Map<String, Integer> special = new HashMap<>();
        added.stream().filter(AddedTokens.Token::special).forEach(t -> special.putIfAbsent(t.content(), t.id()));
        Optional<String> first = firstOfTemplate(postProcessor);
        OptionalInt bos = new TokenizerConfig(
                        config.bosToken().or(() -> first), Optional.empty(), Optional.empty(), config.words())
                .bos(special);
        return new BpeTokenizer.Ends(bos, config.eos(special), config.addsBos().orElse(first.isPresent()));
    }

    private void known(String key, Optional<String> token, Vocabulary vocabulary) {
        token.filter(t -> !t.isEmpty() && vocabulary.idOf(t) < 0).ifPresent(t -> {
            throw bad(
                    "added_tokens",
                    "has no \"" + t + "\", which tokenizer_config.json beside it names as its " + key
                            + "; correct the name, or add the token");
        });
    }

    private static Optional<String> firstOfTemplate(JsonSection s) {
        if (s.isAbsent()) {
            return Optional.empty();
        }
        return switch (s.type()) {
            case "TemplateProcessing" ->
                s.list("single").stream()
                        .limit(1)
                        .map(first -> first.child("SpecialToken"))
                        .filter(special -> !special.isAbsent())
                        .map(special -> special.string("id"))
                        .findFirst();
            case "Sequence" ->
                s.list("processors").stream()
                        .map(TokenizerJson::firstOfTemplate)
                        .flatMap(Optional::stream)
                        .findFirst();
            default -> Optional.empty();
        };
    }
}
