package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
    @TempDir
    Path folder;

    /** Two models that were tuned from one may differ in their last bytes alone. */
    @Test
    void everyByteOfAModelCounts() throws IOException {
        byte[] weights = new byte[3 << 20];
        Path file = Files.write(folder.resolve("model.safetensors"), weights);
        String before = Digest.ofFolder(folder);
        assertEquals(before, Digest.ofFolder(file), "one file, named or in its folder");
        for (int at : new int[] {0, (1 << 20) - 1, 1 << 20, weights.length - 1}) {
            weights[at] = 1;
            Files.write(file, weights);
            assertNotEquals(before, Digest.ofFolder(folder), "byte " + at);
            weights[at] = 0;
        }
        Files.write(file, weights);
        assertEquals(before, Digest.ofFolder(folder));
        Files.writeString(folder.resolve("config.json"), "{}");
        assertNotEquals(before, Digest.ofFolder(folder), "a further file");
    }

    /** Small models keep the digest that runs have recorded of them. */
    @Test
    void ofOneMebibyteOrLessItIsThatOfTheTextOfTheBytes() throws IOException {
        byte[] weights = {1, -1, 127, -128, 0};
        Files.write(folder.resolve("a.gguf"), weights);
        assertEquals(
                new Digest()
                        .add("a.gguf 5")
                        .add(new String(weights, StandardCharsets.ISO_8859_1))
                        .hex(),
                Digest.ofFolder(folder));
    }
}
