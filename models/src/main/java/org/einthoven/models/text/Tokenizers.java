package org.einthoven.models.text;

import java.nio.file.Path;
import org.einthoven.models.io.GgufFile;

/** Opens a tokenizer of any kind we read, told apart by its content. */
public final class Tokenizers {
    private Tokenizers() {}

    public static Tokenizer open(Path path) {
        try (GgufFile gguf = GgufFile.open(path)) {
            return of(gguf);
        }
    }

    /** The tokenizer inside a GGUF file. */
    public static Tokenizer of(GgufFile gguf) {
        return GgufVocabulary.read(gguf);
    }
}
