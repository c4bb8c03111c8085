package org.einthoven.data.qa;

import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes questions as ECG-QA publishes them: a JSON list of items, which {@link EcgQaReader} reads. */
public final class EcgQaWriter {
    private EcgQaWriter() {}

    /** Writes all items; the stream is left open. */
    public static void write(EcgQa questions, OutputStream out) throws IOException {
        JsonFactory json = JsonFactory.builder()
                .disable(tools.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
            to.writeStartArray();
            for (QaItem item : questions.items()) {
                to.writeRaw("\n");
                write(item, to);
            }
            to.writeEndArray();
        }
        out.write('\n');
    }

    private static void write(QaItem item, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("template_id", item.templateId());
        to.writeNumberProperty("question_id", item.questionId());
        to.writeNumberProperty("sample_id", item.sampleId());
        to.writeStringProperty("question_type", item.questionType().label());
        to.writeStringProperty("attribute_type", item.attributeType());
        to.writeStringProperty("question", item.question());
        strings("answer", item.answer(), to);
        to.writeArrayPropertyStart("ecg_id");
        item.ecgIds().forEach(to::writeNumber);
        to.writeEndArray();
        if (item.attributes().isEmpty()) {
            to.writeNullProperty("attribute");
        } else {
            strings("attribute", item.attributes(), to);
        }
        to.writeEndObject();
    }

    private static void strings(String name, Iterable<String> values, JsonGenerator to) {
        to.writeArrayPropertyStart(name);
        values.forEach(to::writeString);
        to.writeEndArray();
    }
}
