package org.einthoven.models.fusion;

import java.util.List;
import org.einthoven.tensor.Tensor;

/** How prefix, question and answer follow one another before a language model, and where the answer is read from. */
public sealed interface AnswerForm permits SeedForm, StrictForm {
    /**
     * What the language model says of the answers.
     *
     * @param prefix [B, P, D], one for each item; [1, P, D] serves all
     * @param items B questions with their answers
     */
    AnswerReading read(FrozenLlm llm, Tensor prefix, List<QaTokens> items);
}
