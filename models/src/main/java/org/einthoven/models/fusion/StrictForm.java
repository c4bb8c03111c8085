package org.einthoven.models.fusion;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Tensor;

/**
 * [prefix][question][answer], teacher-forced: each answer token is read behind the prefix, the whole question and the answer
 * tokens before it. Rows are padded on the right, where causal attention never looks, and nothing is cut.
 */
public record StrictForm() implements AnswerForm {
    private static final int PADDING = 0; // any id will do: no place that is read sees it

    @Override
    public AnswerReading read(FrozenLlm llm, Tensor prefix, List<QaTokens> items) {
        int p = prefix.dim(1);
        AnswerReading.Places at = new AnswerReading.Places();
        int[][] rows = new int[items.size()][];
        for (int b = 0; b < rows.length; b++) {
            int[] question = items.get(b).question();
            int[] answer = items.get(b).answer();
            for (int i = 0; i < answer.length; i++) {
                at.add(b, p + question.length - 1 + i, answer[i]);
            }
            // The last answer token is predicted but predicts nothing.
            rows[b] = Arrays.copyOf(question, question.length + Math.max(0, answer.length - 1));
            System.arraycopy(answer, 0, rows[b], question.length, rows[b].length - question.length);
        }
        int longest = Arrays.stream(rows).mapToInt(r -> r.length).max().orElse(0);
        for (int b = 0; b < rows.length; b++) {
            int length = rows[b].length;
            rows[b] = Arrays.copyOf(rows[b], longest);
            Arrays.fill(rows[b], length, longest, PADDING);
        }
        return at.read(llm, llm.embed(prefix, rows));
    }
}
