package org.einthoven.models.text;

/** Rules for text that all tokenizers share. */
final class Text {
    /** SentencePiece's visible space, U+2581. */
    static final char SPACE_MARK = '\u2581';

    private Text() {}

    /** Each half of a surrogate pair that stands alone becomes U+FFFD, so that the text has a UTF-8 form. */
    static String wellFormed(String text) {
        int n = text.length();
        for (int i = 0; i < n; i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return replaceLone(text);
            }
        }
        return text;
    }

    private static String replaceLone(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
