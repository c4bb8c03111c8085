package org.einthoven.models.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.einthoven.tensor.FormatException;

/**
 * A regular expression that a file brings along, such as {@code (a+)+b}: it may go back and forth in a text without end, or so
 * deep that the stack does not hold it. So it looks at each character {@link #LOOKS} times at most, on average, and is refused
 * where it wants more.
 */
final class GuardedPattern {
    /** The patterns of published tokenizers look at a character 10 to 40 times. */
    private static final long LOOKS = 1000;

    /** For texts of a few characters, and lookahead beyond their end. */
    private static final long FREE_LOOKS = 100_000;

    private final Pattern pattern;
    private final String file;
    private final String field;

    private GuardedPattern(Pattern pattern, String file, String field) {
        this.pattern = pattern;
        this.file = file;
        this.field = field;
    }

    /**
     * @param field of the file, for errors
     * @throws FormatException when it is no regular expression that is read
     */
    static GuardedPattern of(String regex, String file, String field) {
        try {
            return new GuardedPattern(compiled(regex), file, field);
        } catch (PatternSyntaxException e) {
            throw new FormatException(
                    file,
                    FormatException.WHOLE_FILE,
                    field,
                    "is not a regular expression that is read: " + e.getDescription());
        }
    }

    /** Matches this text and nothing else. */
    static GuardedPattern literal(String text) {
        return own(Pattern.quote(text));
    }

    /** One of ours, which needs no file for errors. */
    static GuardedPattern own(String regex) {
        return new GuardedPattern(compiled(regex), "tokenizer", "pattern");
    }

    /** {@code \s}, {@code \w} and the like mean Unicode's classes, as in the engine that these patterns were written for. */
    private static Pattern compiled(String regex) {
        return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    }

    String regex() {
        return pattern.pattern();
    }

    /** Takes the span of a match. */
    @FunctionalInterface
    interface Found {
        void span(int from, int to);
    }

    /** All matches from the left, none of which overlaps another; empty ones are left out. */
    void find(String text, Found found) {
        guarded(text, m -> {
            while (m.find()) {
                if (m.end() > m.start()) {
                    found.span(m.start(), m.end());
                }
            }
            return text;
        });
    }

    /** The text with all matches, empty ones too, replaced by these characters. */
    String replaceAll(String text, String by) {
        return guarded(text, m -> m.replaceAll(Matcher.quoteReplacement(by)));
    }

    private interface Work {
        String with(Matcher m);
    }

    private String guarded(String text, Work work) {
        try {
            return work.with(pattern.matcher(new Watched(text, FREE_LOOKS + LOOKS * text.length())));
        } catch (StackOverflowError e) {
            throw refused("needs more stack than there is", text);
        }
    }

    private FormatException refused(String problem, String text) {
        return new FormatException(
                file,
                FormatException.WHOLE_FILE,
                field,
                "the regular expression " + problem + " on a text of " + text.length()
                        + " characters; use one without repetitions inside repetitions");
    }

    /** A text that counts how often it is looked at. */
    private final class Watched implements CharSequence {
        private final String text;
        private long left;

        Watched(String text, long looks) {
            this.text = text;
            this.left = looks;
        }

        @Override
        public char charAt(int i) {
            if (--left < 0) {
                throw refused("goes back and forth without end", text);
            }
            return text.charAt(i);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return text.substring(from, to);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
