package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.einthoven.tensor.Nullable;

/** Cuts a normalised text into words; byte-pair merging never crosses a cut. */
sealed interface PreTokenizer {
    /** GPT-2's words. */
    String GPT2 = "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /** Llama 3's words: numbers in groups of three. */
    String LLAMA3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** Qwen 2's words: each digit alone. */
    String QWEN2 = LLAMA3.replace("\\p{N}{1,3}", "\\p{N}");

    /** Patterns by the name that GGUF files give in {@code tokenizer.ggml.pre}. */
    Map<String, String> BY_NAME = Map.of(
            "default", GPT2,
            "gpt-2", GPT2,
            "llama3", LLAMA3,
            "llama-v3", LLAMA3,
            "llama-bpe", LLAMA3,
            "qwen2", QWEN2);

    /** The usual name of each pattern, for GGUF files that are written. */
    List<String> NAMES = List.of("llama-bpe", "gpt-2", "qwen2");

    /** The name in {@link #NAMES} of a pre-tokenizer that cuts by one known pattern. */
    static Optional<String> nameOf(PreTokenizer words) {
        return switch (words) {
            case Split s
            when s.behavior == Behavior.ISOLATED && !s.invert ->
                NAMES.stream()
                        .filter(name -> s.pattern.regex().equals(BY_NAME.get(name)))
                        .findFirst();
            case Sequence s -> {
                List<PreTokenizer> steps = s.steps.stream()
                        .filter(step -> !(step instanceof Sequence inner && inner.steps.isEmpty()))
                        .toList();
                yield steps.size() == 1 ? nameOf(steps.getFirst()) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** @param first whether nothing of the text came before this part */
    List<String> words(String text, boolean first);

    /** The text as one word. */
    record Whole() implements PreTokenizer {
        @Override
        public List<String> words(String text, boolean first) {
            return List.of(text);
        }
    }

    /** One after another. */
    record Sequence(List<PreTokenizer> steps) implements PreTokenizer {
        @Override
        public List<String> words(String text, boolean first) {
            List<String> words = List.of(text);
            for (PreTokenizer step : steps) {
                List<String> next = new ArrayList<>();
                for (int i = 0; i < words.size(); i++) {
                    next.addAll(step.words(words.get(i), first && i == 0));
                }
                words = next;
            }
            return words;
        }
    }

    /** What becomes of the text that a pattern matched. */
    enum Behavior {
        ISOLATED,
        REMOVED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS;

        static Optional<Behavior> of(String camelCase) {
            String name = camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
            return Arrays.stream(values()).filter(b -> b.name().equals(name)).findFirst();
        }
    }

    /** Cuts at the matches of a pattern, or, inverted, between them. */
    record Split(GuardedPattern pattern, Behavior behavior, boolean invert) implements PreTokenizer {
        private record Span(int from, int to, boolean match) {}

        @Override
        public List<String> words(String text, boolean first) {
            List<String> words = new ArrayList<>();
            Span open = null;
            for (Span s : spans(text)) {
                if (open != null && joins(open, s)) {
                    open = new Span(open.from, s.to, s.match);
                    continue;
                }
                close(words, text, open);
                open = s;
            }
            close(words, text, open);
            return words;
        }

        private boolean joins(Span open, Span next) {
            return switch (behavior) {
                case ISOLATED, REMOVED -> false;
                case MERGED_WITH_PREVIOUS -> next.match && !open.match;
                case MERGED_WITH_NEXT -> open.match && !next.match;
                case CONTIGUOUS -> next.match == open.match;
            };
        }

        private void close(List<String> words, String text, @Nullable Span span) {
            if (span != null && !(behavior == Behavior.REMOVED && span.match)) {
                words.add(text.substring(span.from, span.to));
            }
        }

        private List<Span> spans(String text) {
            List<Span> spans = new ArrayList<>();
            int[] at = {0};
            pattern.find(text, (from, to) -> {
                if (from > at[0]) {
                    spans.add(new Span(at[0], from, invert));
                }
                spans.add(new Span(from, to, !invert));
                at[0] = to;
            });
            if (at[0] < text.length()) {
                spans.add(new Span(at[0], text.length(), invert));
            }
            return spans;
        }
    }

    /** Puts a space before the text where there is none. */
    record SpacePrefix() implements PreTokenizer {
        @Override
        public List<String> words(String text, boolean first) {
            return List.of(text.startsWith(" ") ? text : " " + text);
        }
    }

    /**
     * Writes spaces as a mark, puts one before the text and cuts before each.
     *
     * @param prefix whether one is put in front of each part, of the first part only, or never
     */
    record Metaspace(char mark, Prefix prefix, boolean split) implements PreTokenizer {
        enum Prefix {
            ALWAYS,
            FIRST,
            NEVER
        }

        @Override
        public List<String> words(String text, boolean first) {
            String s = text.replace(' ', mark);
            boolean add = prefix == Prefix.ALWAYS || prefix == Prefix.FIRST && first;
            if (add && (s.isEmpty() || s.charAt(0) != mark)) {
                s = mark + s;
            }
            return split
                    ? new Split(GuardedPattern.literal(String.valueOf(mark)), Behavior.MERGED_WITH_NEXT, false)
                            .words(s, first)
                    : List.of(s);
        }
    }
}
