package org.einthoven.data.qa;

import java.util.List;

/**
 * One question with its answer, as ECG-QA publishes it (Oh et al., "ECG-QA: A comprehensive question answering dataset
 * combined with electrocardiogram", NeurIPS 2023).
 *
 * @param templateId the question's template, 1 .. 70
 * @param questionId the template filled in; paraphrases share it
 * @param sampleId the item
 * @param questionType which of the seven types
 * @param attributeType what the attribute is: {@code scp_code}, {@code noise}, {@code heart_axis}, ...
 * @param question the wording
 * @param answer one or several answers
 * @param ecgIds the ECG asked about, or two for comparisons
 * @param attributes what is asked for; empty where the published value is null (comparisons)
 */
public record QaItem(
        int templateId,
        int questionId,
        int sampleId,
        QuestionType questionType,
        String attributeType,
        String question,
        List<String> answer,
        List<Integer> ecgIds,
        List<String> attributes) {

    public QaItem {
        answer = List.copyOf(answer);
        ecgIds = List.copyOf(ecgIds);
        attributes = List.copyOf(attributes);
    }

    /** The ECG asked about; the first of two for comparisons. */
    public int ecgId() {
        return ecgIds.get(0);
    }

    /** What is asked for, in one text: its attributes, or the question where it names none. */
    public String subject() {
        return attributes.isEmpty() ? question : String.join(" + ", attributes);
    }

    /** The answers in one line, joined with a comma: what a model is to say. */
    public String answerText() {
        return String.join(", ", answer);
    }

    /** Whether the one answer is {@code text}. */
    public boolean isAnswered(String text) {
        return answer.size() == 1 && answer.get(0).equals(text);
    }

    /** The same question answered otherwise. */
    public QaItem withAnswer(String only) {
        return new QaItem(
                templateId,
                questionId,
                sampleId,
                questionType,
                attributeType,
                question,
                List.of(only),
                ecgIds,
                attributes);
    }
}
