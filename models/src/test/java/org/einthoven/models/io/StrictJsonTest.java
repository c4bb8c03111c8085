package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictJsonTest {
    @TempDir
    Path folder;

    @Test
    void aDocumentWithoutItsEndIsToldInWordsForTheUserOfTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"");
        FormatException e = assertThrows(FormatException.class, () -> StrictJson.tree(file, "config"));
        assertEquals(
                file
                        + " at byte 21: config: is not valid JSON: Unexpected end-of-input: expected close marker for Object",
                e.getMessage());
    }

    @Test
    void nestingIsLimitedAndTheMessageNamesNoSettingOfTheParser() throws Exception {
        Path file = Files.writeString(folder.resolve("config.json"), "[".repeat(100_000));
        FormatException e = assertThrows(FormatException.class, () -> StrictJson.tree(file, "config"));
        assertTrue(e.getMessage().endsWith("nesting depth (65) exceeds the maximum allowed (64)"), e.getMessage());
    }
}
