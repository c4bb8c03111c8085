package org.einthoven.models.io;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * Named tensors in a file, mapped into memory and checked in full when opened. Compute types are copied to Java arrays when
 * asked for; storage-only types stay views of the mapped file, so {@link #close} ends the life of those tensors too.
 *
 * <p>Every method throws {@link FormatException} for bytes that are not what they claim to be.
 */
public interface WeightFile extends AutoCloseable {
    /**
     * What a file says of one tensor.
     *
     * @param type the type's name in the file's own terms, e.g. {@code "BF16"}, {@code "Q4_K"}
     * @param offset byte offset of the data in the file
     * @param bytes length of the data
     */
    record Entry(String name, String type, Shape shape, long offset, long bytes) {}

    /** Name of the format: {@code safetensors}, {@code gguf} or {@code torch}. */
    String format();

    Path path();

    /** Names of all tensors, in the file's order. */
    List<String> names();

    /** @throws FormatException when there is no such tensor, or it is broken */
    Entry entry(String name);

    /**
     * F32, F64 and BOOL as they are; integers as I32, checked for range; F16, BF16 and quantised blocks as storage-only tensors.
     *
     * @throws FormatException when there is no such tensor, or its type has no tensor yet
     */
    Tensor tensor(String name);

    /** What else the file says, in its order; values are strings, numbers, booleans, or the format's own. */
    Map<String, Object> metadata();

    default boolean has(String name) {
        return names().contains(name);
    }

    @Override
    void close();
}
