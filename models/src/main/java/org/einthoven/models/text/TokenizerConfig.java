package org.einthoven.models.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.models.io.StrictJson;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What a {@code tokenizer_config.json} says of the ends of a text; empty where it does not. Without it BOS and EOS are found
 * by the names that they have in the LLaMA, Gemma and GPT families.
 *
 * @param words how a WordPiece tokenizer without a {@code tokenizer.json} cuts a text: without case unless said otherwise
 */
record TokenizerConfig(
        Optional<String> bosToken, Optional<String> eosToken, Optional<Boolean> addsBos, BertWords words) {
    static final TokenizerConfig NONE =
            new TokenizerConfig(Optional.empty(), Optional.empty(), Optional.empty(), BertWords.UNCASED);

    private static final List<String> BOS = List.of("<|begin_of_text|>", "<s>", "<bos>");
    private static final List<String> EOS = List.of("<|end_of_text|>", "</s>", "<eos>", "<|endoftext|>");

    /** The configuration beside a tokenizer's file, {@link #NONE} when there is none. */
    static TokenizerConfig beside(Path tokenizer) {
        Path file = tokenizer.toAbsolutePath().resolveSibling("tokenizer_config.json");
        return Files.isRegularFile(file) ? StrictJson.read(file, "tokenizer_config", p -> read(p, file)) : NONE;
    }

    private static TokenizerConfig read(JsonParser p, Path file) {
        StrictJson.expect(p, JsonToken.START_OBJECT, file.toString(), 0, "tokenizer_config");
        Optional<String> bos = Optional.empty();
        Optional<String> eos = Optional.empty();
        Optional<Boolean> adds = Optional.empty();
        Map<String, Boolean> flags = new HashMap<>();
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "bos_token" -> bos = token(p);
                case "eos_token" -> eos = token(p);
                case "add_bos_token" -> {
                    if (p.currentToken().isBoolean()) {
                        adds = Optional.of(p.getBooleanValue());
                    }
                }
                case "do_lower_case", "strip_accents", "tokenize_chinese_chars" -> {
                    if (p.currentToken().isBoolean()) {
                        flags.put(key, p.getBooleanValue());
                    }
                }
                default -> p.skipChildren();
            }
        }
        boolean lower = flags.getOrDefault("do_lower_case", true);
        return new TokenizerConfig(
                bos,
                eos,
                adds,
                new BertWords(
                        true,
                        flags.getOrDefault("tokenize_chinese_chars", true),
                        flags.getOrDefault("strip_accents", lower),
                        lower));
    }

    /** A string, or an object with the string as {@code content}. */
    private static Optional<String> token(JsonParser p) {
        if (p.currentToken() == JsonToken.VALUE_STRING) {
            return Optional.of(p.getString());
        }
        Optional<String> content = Optional.empty();
        if (p.currentToken() == JsonToken.START_OBJECT) {
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean named = p.currentName().equals("content");
                if (p.nextToken() == JsonToken.VALUE_STRING && named) {
                    content = Optional.of(p.getString());
                }
                p.skipChildren();
            }
        }
        return content;
    }

    /**  special texts and ids of the control tokens */
    OptionalInt bos(Map<String, Integer> special) {
        return find(bosToken, BOS, special);
    }

    OptionalInt eos(Map<String, Integer> special) {
        return find(eosToken, EOS, special);
    }

    private static OptionalInt find(Optional<String> token, List<String> usual, Map<String, Integer> special) {
        List<String> names = token.map(List::of).orElse(usual);
        return names.stream()
                .filter(special::containsKey)
                .mapToInt(special::get)
                .findFirst();
    }
}
