package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.einthoven.tensor.Nullable;

/**
 * Tokens that are found in a text before anything else, such as {@code <|eot_id|>}: the leftmost, of several there the
 * longest. Those marked {@code normalized} are found in the normalised text, all others in the text as it is.
 */
final class AddedTokens {
    /**
     * @param special whether it is a control token
     * @param leftSpace whether it takes the white space on its left
     * @param rightSpace whether it takes the white space on its right
     * @param singleWord whether it counts only between characters that are no letters, digits or underscores
     */
    record Token(
            int id,
            String content,
            boolean special,
            boolean normalized,
            boolean leftSpace,
            boolean rightSpace,
            boolean singleWord) {
        static Token plain(int id, String content, boolean special) {
            return new Token(id, content, special, false, false, false, false);
        }
    }

    /** A stretch of text, or a token when {@code id >= 0}. */
    record Part(String text, int id) {}

    private final Map<Integer, Token> byId = new HashMap<>();
    private final Map<String, Token> raw = new HashMap<>();
    private final Map<String, Token> normalized = new HashMap<>();
    private final LongestMatch rawMatch;
    private final LongestMatch normalizedMatch;
    private final UnaryOperator<String> normalizer;

    AddedTokens(List<Token> tokens, UnaryOperator<String> normalizer) {
        this.normalizer = normalizer;
        for (Token t : tokens) {
            byId.put(t.id, t);
            if (t.normalized) {
                normalized.putIfAbsent(normalizer.apply(t.content), t);
            } else {
                raw.putIfAbsent(t.content, t);
            }
        }
        this.rawMatch = new LongestMatch(raw.keySet());
        this.normalizedMatch = new LongestMatch(normalized.keySet());
    }

    /** Null when the id is no added token. */
    @Nullable
    Token get(int id) {
        return byId.get(id);
    }

    /** The text as tokens and normalised stretches between them, in order; none is empty. */
    List<Part> split(String text) {
        List<Part> parts = new ArrayList<>();
        for (Part p : cut(text, rawMatch, raw)) {
            if (p.id >= 0) {
                parts.add(p);
            } else {
                parts.addAll(cut(normalizer.apply(p.text), normalizedMatch, normalized));
            }
        }
        return parts;
    }

    private static List<Part> cut(String text, LongestMatch match, Map<String, Token> tokens) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); ) {
            int end = match.isEmpty() ? -1 : match.end(text, i);
            Token t = end < 0 ? null : tokens.get(text.substring(i, end));
            if (t == null || t.singleWord && !standsAlone(text, i, end)) {
                i++;
                continue;
            }
            int start = i;
            while (t.leftSpace && start > from && Character.isWhitespace(text.charAt(start - 1))) {
                start--;
            }
            while (t.rightSpace && end < text.length() && Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            if (start > from) {
                parts.add(new Part(text.substring(from, start), -1));
            }
            parts.add(new Part(t.content, t.id));
            from = end;
            i = end;
        }
        if (from < text.length()) {
            parts.add(new Part(text.substring(from), -1));
        }
        return parts;
    }

    private static boolean standsAlone(String text, int from, int to) {
        return (from == 0 || !isWord(text.codePointBefore(from)))
                && (to == text.length() || !isWord(text.codePointAt(to)));
    }

    private static boolean isWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || codePoint == '_';
    }
}
