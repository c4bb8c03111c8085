package org.einthoven.models.fusion;

import java.util.Arrays;
import java.util.List;
import org.einthoven.models.text.Tokenizer;

/**
 * {@code before + question + after}, then a space and the answer, closed by the tokenizer's end token so that the model learns
 * where an answer stops. BOS stands before the question where the tokenizer's configuration adds it, and never before the
 * answer.
 */
public record PlainText(Tokenizer tokenizer, String before, String after) implements QaText {
    /** {@code Question: ... Answer:}. */
    public PlainText(Tokenizer tokenizer) {
        this(tokenizer, "Question: ", " Answer:");
    }

    @Override
    public int[] question(String question) {
        return tokenizer.encodePrompt(around(question));
    }

    @Override
    public QaTokens tokens(String question, List<String> answers) {
        int[] asked = question(question);
        return new QaTokens(asked, ended(continuation(asked, question, String.join(", ", answers))));
    }

    /**
     * The tokens that the answer adds to the question, so that both together are the tokens of the whole text. Where the
     * tokenizer joins the two differently, the answer is encoded alone.
     */
    private int[] continuation(int[] asked, String question, String answer) {
        int[] whole = tokenizer.encodePrompt(around(question) + " " + answer);
        boolean begins = whole.length > asked.length && Arrays.equals(Arrays.copyOf(whole, asked.length), asked);
        return begins ? Arrays.copyOfRange(whole, asked.length, whole.length) : tokenizer.encode(answer);
    }

    private int[] ended(int[] answer) {
        if (tokenizer.eos().isEmpty()) {
            return answer;
        }
        int[] ended = Arrays.copyOf(answer, answer.length + 1);
        ended[answer.length] = tokenizer.eos().getAsInt();
        return ended;
    }

    private String around(String question) {
        return before + question + after;
    }
}
