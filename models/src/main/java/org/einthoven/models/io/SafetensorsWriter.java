package org.einthoven.models.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.tensor.DTypeException;
import org.einthoven.tensor.Tensor;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files: header padded to 8 bytes, tensors by falling element size (so all are aligned) and then in the
 * order given, metadata keys sorted, so equal content gives equal bytes. The file appears whole or not at all.
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /** @throws DTypeException when a tensor is quantised, which safetensors cannot hold */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        AtomicFile.write(path, out -> writeTo(out, tensors, metadata));
    }

    /** The bytes of such a file, to a stream that stays open. */
    public static void writeTo(OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<Map.Entry<String, Tensor>> order = tensors.entrySet().stream()
                .sorted(Comparator.comparing(e -> -elementBytes(e.getKey(), e.getValue())))
                .toList();
        byte[] header = header(order, metadata);
        LittleEndian le = new LittleEndian(out);
        le.i64(header.length);
        out.write(header);
        for (Map.Entry<String, Tensor> e : order) {
            le.elements(e.getValue());
        }
    }

    private static byte[] header(List<Map.Entry<String, Tensor>> order, Map<String, String> metadata) {
        var text = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                new TreeMap<>(metadata).forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (Map.Entry<String, Tensor> e : order) {
                Tensor t = e.getValue();
                long bytes = Math.multiplyExact(t.size(), (long) elementBytes(e.getKey(), t));
                json.writeObjectPropertyStart(e.getKey());
                json.writeStringProperty("dtype", t.dtype().name());
                json.writeArrayPropertyStart("shape");
                for (int d : t.shape().toArray()) {
                    json.writeNumber(d);
                }
                json.writeEndArray();
                json.writeArrayPropertyStart("data_offsets");
                json.writeNumber(offset);
                json.writeNumber(offset + bytes);
                json.writeEndArray();
                json.writeEndObject();
                offset += bytes;
            }
            json.writeEndObject();
        }
        while (text.size() % 8 != 0) {
            text.write(' ');
        }
        return text.toByteArray();
    }

    private static int elementBytes(String name, Tensor t) {
        if (t.dtype().blockSize() > 1) {
            throw new DTypeException("safetensors: " + name + " is " + t.dtype()
                    + ", which the format cannot hold; cast it to F32 first");
        }
        return t.dtype().blockBytes();
    }
}
