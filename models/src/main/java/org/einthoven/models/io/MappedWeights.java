package org.einthoven.models.io;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;

/** One mapped file whose tensors are listed in a table. */
abstract sealed class MappedWeights implements WeightFile permits GgufFile, SafetensorsFile {
    final MappedFile file;
    private final Map<String, Entry> entries;

    MappedWeights(MappedFile file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = Collections.unmodifiableMap(entries);
    }

    @Override
    public final Path path() {
        return file.path();
    }

    @Override
    public final List<String> names() {
        return List.copyOf(entries.keySet());
    }

    @Override
    public final boolean has(String name) {
        return entries.containsKey(name);
    }

    @Override
    public final Entry entry(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw file.bad(
                    FormatException.WHOLE_FILE,
                    name,
                    "there is no such tensor among the " + entries.size() + " of this file");
        }
        return e;
    }

    @Override
    public final void close() {
        file.close();
    }
}
