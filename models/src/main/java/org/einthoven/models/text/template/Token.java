package org.einthoven.models.text.template;

/**
 * A piece of a template.
 *
 * @param text of a literal text or string, a name, an operator, or the digits of a number
 * @param at character of the template where it begins
 */
record Token(Kind kind, String text, int at) {
    enum Kind {
        /** Outside of all tags. */
        TEXT,
        /** <code>{{</code> */
        OUTPUT,
        /** <code>{%</code> */
        TAG,
        /** The end of either. */
        CLOSE,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind k, String t) {
        return kind == k && text.equals(t);
    }
}
