package org.einthoven.models.fusion;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Tensor;

/**
 * The reference's form: [P prefix rows][question, cut or padded], and answer token i is read behind position P - 1 + i. So it
 * has seen the prefix and the first i question tokens only, and no answer token; how many tokens the answer has is given.
 * Padding is the end token, which as a label does not count.
 *
 * @param questionLength tokens of a question, cut or padded to
 * @param answerLength most tokens of an answer; the rest is cut
 * @param pad the language model's end token
 */
public record SeedForm(int questionLength, int answerLength, int pad) implements AnswerForm {
    /** 30 tokens each. */
    public static SeedForm reference(int pad) {
        return new SeedForm(30, 30, pad);
    }

    @Override
    public AnswerReading read(FrozenLlm llm, Tensor prefix, List<QaTokens> items) {
        int p = prefix.dim(1);
        AnswerReading.Places at = new AnswerReading.Places();
        for (int b = 0; b < items.size(); b++) {
            int[] answer = items.get(b).answer();
            for (int i = 0; i < Math.min(answer.length, Math.min(answerLength, questionLength + 1)); i++) {
                if (answer[i] != pad) {
                    at.add(b, p - 1 + i, answer[i]);
                }
            }
        }
        // A place sees nothing behind it, so what lies behind the last one need not be computed.
        int needed = Math.max(p, at.last() + 1);
        int[][] questions = items.stream()
                .map(item -> Arrays.copyOf(question(item.question()), needed - p))
                .toArray(int[][]::new);
        return at.read(llm, llm.embed(prefix, questions));
    }

    /** The whole sequence, [B, P + questionLength, D], of which {@link #read} computes the beginning. */
    public Tensor embeds(FrozenLlm llm, Tensor prefix, List<QaTokens> items) {
        return llm.embed(
                prefix, items.stream().map(item -> question(item.question())).toArray(int[][]::new));
    }

    private int[] question(int[] ids) {
        int[] row = Arrays.copyOf(ids, questionLength);
        if (ids.length < questionLength) {
            Arrays.fill(row, ids.length, questionLength, pad);
        }
        return row;
    }
}
