package org.einthoven.meta;

import java.util.Locale;

/** How the reference words a question, lower-cased ({@code --prompt 1|2|3}). */
public enum SeedPrompt {
    /** 1: {@code Question: .. Answer: }, with no space before "Answer", as in the reference. */
    LABELLED("Question: ", "Answer: "),
    /** 2: the question as it is. */
    PLAIN("", ""),
    /** 3: the question and a hint at what answers are possible. */
    HINTED("", "the answer can be both, none or in question.");

    private final String before;
    private final String after;

    SeedPrompt(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /** @param number 1, 2 or 3 */
    public static SeedPrompt of(int number) {
        if (number < 1 || number > values().length) {
            throw new IllegalArgumentException("there are prompts 1, 2 and 3, not " + number);
        }
        return values()[number - 1];
    }

    public String word(String question) {
        return before + question.toLowerCase(Locale.ROOT) + after;
    }
}
