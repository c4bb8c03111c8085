package org.einthoven.models.fusion;

import java.util.Arrays;

/** A question and its answer as token ids. The answer may be empty where it is to be found. */
public record QaTokens(int[] question, int[] answer) {
    public QaTokens {
        question = question.clone();
        answer = answer.clone();
    }

    @Override
    public int[] question() {
        return question.clone();
    }

    @Override
    public int[] answer() {
        return answer.clone();
    }

    /** The same question with another answer. */
    public QaTokens answered(int... other) {
        return new QaTokens(question, other);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof QaTokens q && Arrays.equals(question, q.question) && Arrays.equals(answer, q.answer);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(question) + Arrays.hashCode(answer);
    }

    @Override
    public String toString() {
        return Arrays.toString(question) + " -> " + Arrays.toString(answer);
    }
}
