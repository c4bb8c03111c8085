package org.einthoven.models.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How BERT cuts a text into words (google-research/bert, {@code BasicTokenizer}): control characters go, Chinese characters
 * stand alone, accents and case go where the model knows none, and words end at white space and at punctuation, each mark of
 * which is a word.
 *
 * @param clean whether control characters are taken out and all white space becomes spaces
 * @param chineseAlone whether every CJK ideograph is a word
 * @param stripAccents whether combining marks are taken off
 * @param lowerCase whether letters become lower case
 */
record BertWords(boolean clean, boolean chineseAlone, boolean stripAccents, boolean lowerCase) {
    /** Of a model that knows no case. */
    static final BertWords UNCASED = new BertWords(true, true, true, true);

    /** Of a model that knows case. */
    static final BertWords CASED = new BertWords(true, true, false, false);

    /** The {@code BertNormalizer} of a {@code tokenizer.json}; accents go with case where it does not say. */
    static BertWords read(JsonSection s) {
        boolean lower = s.flag("lowercase", true);
        return new BertWords(
                s.flag("clean_text", true),
                s.flag("handle_chinese_chars", true),
                s.flag("strip_accents", lower),
                lower);
    }

    /** The text as the vocabulary writes it. */
    String clean(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (clean && isDropped(c)) {
                return;
            }
            if (clean && isSpace(c)) {
                out.append(' ');
            } else if (chineseAlone && isChinese(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
            } else {
                out.appendCodePoint(c);
            }
        });
        String t = out.toString();
        t = stripAccents ? withoutAccents(t) : t;
        return lowerCase ? lower(t) : t;
    }

    /** The words of a cleaned text. */
    List<String> words(String cleaned) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < cleaned.length(); ) {
            int c = cleaned.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isSpace(c) || isPunctuation(c)) {
                add(words, cleaned, start, i);
                add(words, cleaned, isSpace(c) ? next : i, next);
                start = next;
            }
            i = next;
        }
        add(words, cleaned, start, cleaned.length());
        return words;
    }

    private static void add(List<String> words, String text, int from, int to) {
        if (from < to) {
            words.add(text.substring(from, to));
        }
    }

    private static String withoutAccents(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    /** One character at a time: a sigma at the end of a word becomes what any other sigma becomes. */
    private static String lower(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.append(Character.toString(c).toLowerCase(Locale.ROOT)));
        return out.toString();
    }

    private static boolean isDropped(int c) {
        return c == 0
                || c == 0xFFFD
                || !isSpace(c)
                        && switch (Character.getType(c)) {
                            case Character.CONTROL,
                                    Character.FORMAT,
                                    Character.UNASSIGNED,
                                    Character.PRIVATE_USE,
                                    Character.SURROGATE -> true;
                            default -> false;
                        };
    }

    private static boolean isSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    /** All marks of ASCII count, though Unicode calls some of them symbols. */
    private static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks of CJK ideographs that BERT lists; no kana and no hangul, which are written with spaces or in runs. */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B820 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }
}
