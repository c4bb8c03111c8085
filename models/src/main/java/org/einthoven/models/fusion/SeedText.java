package org.einthoven.models.fusion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.einthoven.models.text.Tokenizer;

/**
 * The reference's prompts, word for word, in lower case; the tokenizer's BOS stands before the question and before the answer
 * too.
 */
public record SeedText(Tokenizer tokenizer, Prompt prompt) implements QaText {
    /** What {@code --prompt} 1, 2 and 3 choose. */
    public enum Prompt {
        /** No space is between the question and {@code Answer:}, as in the reference. */
        QUESTION_ANSWER("Question: ", "Answer: "),
        BARE("", ""),
        BOTH_OR_NONE("", "the answer can be both, none or in question.");

        private final String before;
        private final String after;

        Prompt(String before, String after) {
            this.before = before;
            this.after = after;
        }

        /** 1, 2 or 3. */
        public static Prompt number(int n) {
            if (n < 1 || n > values().length) {
                throw new IllegalArgumentException("prompt " + n + " is none of 1, 2, 3");
            }
            return values()[n - 1];
        }

        String around(String question) {
            return before + question.toLowerCase(Locale.ROOT) + after;
        }
    }

    @Override
    public int[] question(String question) {
        return tokenizer.encodePrompt(prompt.around(question));
    }

    @Override
    public QaTokens tokens(String question, List<String> answers) {
        return new QaTokens(
                question(question),
                tokenizer.encodePrompt(String.join(", ", answers).toLowerCase(Locale.ROOT)));
    }

    /** Without the BOS, which stands in front of every answer here, or whatever control token was said in its place. */
    @Override
    public String answer(int... ids) {
        return QaText.super.answer(
                Arrays.stream(ids).filter(id -> !tokenizer.isSpecial(id)).toArray());
    }
}
