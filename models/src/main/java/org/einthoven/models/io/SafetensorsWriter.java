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
        write(path, streams(tensors), metadata);
    }

    /** As {@link #write(Path, Map, Map)}, of tensors that are made while they are written. */
    public static void write(Path path, List<TensorStream> tensors, Map<String, String> metadata) {
        List<TensorStream> order = ordered(tensors);
        AtomicFile.write(path, out -> writeTo(out, order, metadata));
    }

    /** The bytes of such a file, to a stream that stays open. */
    public static void writeTo(OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        writeTo(out, ordered(streams(tensors)), metadata);
    }

    private static void writeTo(OutputStream out, List<TensorStream> order, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(order, metadata);
        LittleEndian le = new LittleEndian(out);
        le.i64(header.length);
        le.bytes(header);
        for (TensorStream t : order) {
            t.writeTo(out);
        }
    }

    private static List<TensorStream> streams(Map<String, Tensor> tensors) {
        return tensors.entrySet().stream()
                .map(e -> TensorStream.of(e.getKey(), e.getValue()))
                .toList();
    }

    private static List<TensorStream> ordered(List<TensorStream> tensors) {
        return tensors.stream()
                .sorted(Comparator.comparing(t -> -elementBytes(t)))
                .toList();
    }

    private static byte[] header(List<TensorStream> order, Map<String, String> metadata) {
        var text = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                new TreeMap<>(metadata).forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (TensorStream t : order) {
                json.writeObjectPropertyStart(t.name());
                json.writeStringProperty("dtype", t.type().name());
                json.writeArrayPropertyStart("shape");
                for (int d : t.shape().toArray()) {
                    json.writeNumber(d);
                }
                json.writeEndArray();
                json.writeArrayPropertyStart("data_offsets");
                json.writeNumber(offset);
                json.writeNumber(offset + t.bytes());
                json.writeEndArray();
                json.writeEndObject();
                offset += t.bytes();
            }
            json.writeEndObject();
        }
        while (text.size() % 8 != 0) {
            text.write(' ');
        }
        return text.toByteArray();
    }

    private static int elementBytes(TensorStream t) {
        if (t.type().blockSize() > 1) {
            throw new DTypeException("safetensors: " + t.name() + " is " + t.type()
                    + ", which the format cannot hold; cast it to F32 first");
        }
        return t.type().blockBytes();
    }
}
