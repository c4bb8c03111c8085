package org.einthoven.data.qa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One JSON object of an ECG-QA file. */
final class ItemParser {
    private static final int MOST_IN_A_LIST = 200;

    private final String file;
    private final JsonParser json;
    private final int index;
    private final Map<Object, Object> texts;

    private @Nullable Integer templateId;
    private @Nullable Integer questionId;
    private @Nullable Integer sampleId;
    private @Nullable QuestionType questionType;
    private @Nullable String attributeType;
    private @Nullable String question;
    private @Nullable List<String> answer;
    private @Nullable List<Integer> ecgIds;
    private List<String> attributes = List.of();

    ItemParser(String file, JsonParser json, int index, Map<Object, Object> texts) {
        this.file = file;
        this.json = json;
        this.index = index;
        this.texts = texts;
    }

    /** Reads the object whose opening brace is the current token. */
    QaItem item() {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw bad("", "must be a JSON object");
        }
        long start = json.currentTokenLocation().getByteOffset();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            read(field);
        }
        int templateId = need(start, "template_id", this.templateId);
        int questionId = need(start, "question_id", this.questionId);
        int sampleId = need(start, "sample_id", this.sampleId);
        QuestionType questionType = need(start, "question_type", this.questionType);
        String attributeType = need(start, "attribute_type", this.attributeType);
        String question = need(start, "question", this.question);
        List<String> answer = need(start, "answer", this.answer);
        List<Integer> ecgIds = need(start, "ecg_id", this.ecgIds);
        int wanted = questionType.isComparison() ? 2 : 1;
        if (ecgIds.size() != wanted) {
            throw new FormatException(
                    file,
                    start,
                    "[" + index + "].ecg_id",
                    ecgIds.size() + " ids; " + questionType.label() + " needs " + wanted);
        }
        if (answer.isEmpty()) {
            throw new FormatException(file, start, "[" + index + "].answer", "is empty");
        }
        return new QaItem(
                templateId, questionId, sampleId, questionType, attributeType, question, answer, ecgIds, attributes);
    }

    private void read(String field) {
        switch (field) {
            case "template_id" -> templateId = integer(field);
            case "question_id" -> questionId = integer(field);
            case "sample_id" -> sampleId = integer(field);
            case "question_type" -> {
                String label = string(field);
                questionType = QuestionType.labelled(label)
                        .orElseThrow(() -> bad(field, "'" + label + "' is no question type of ECG-QA"));
            }
            case "attribute_type" -> attributeType = string(field);
            case "question" -> question = string(field);
            case "answer" -> answer = list(field, this::string);
            case "ecg_id" -> ecgIds = list(field, this::integer);
            case "attribute" ->
                attributes = json.currentToken() == JsonToken.VALUE_NULL ? List.of() : list(field, this::string);
            default -> json.skipChildren();
        }
    }

    private int integer(String field) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getNumberType() != JsonParser.NumberType.INT) {
            throw bad(field, "must be an integer");
        }
        return json.getIntValue();
    }

    private String string(String field) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw bad(field, "must be a string");
        }
        return one(json.getString());
    }

    private <T> List<T> list(String field, Function<String, T> element) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw bad(field, "must be a list");
        }
        List<T> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (values.size() == MOST_IN_A_LIST) {
                throw bad(field, "more than " + MOST_IN_A_LIST + " entries");
            }
            values.add(element.apply(field));
        }
        return one(List.copyOf(values));
    }

    @SuppressWarnings("unchecked")
    private <T> T one(T value) {
        return (T) texts.computeIfAbsent(value, v -> v);
    }

    private <T> T need(long start, String field, @Nullable T value) {
        if (value == null) {
            throw new FormatException(file, start, "[" + index + "]." + field, "is missing");
        }
        return value;
    }

    private FormatException bad(String field, String problem) {
        return new FormatException(
                file,
                json.currentTokenLocation().getByteOffset(),
                "[" + index + "]" + (field.isEmpty() ? "" : "." + field),
                problem);
    }
}
