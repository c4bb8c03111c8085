package org.einthoven.cli.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.meta.Control;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The making of the demo's models, with hardly any training. */
class DemoModelsTest {
    private static final DemoModels.Steps FEW = new DemoModels.Steps(2, 1, 1);
    private static final int ECGS = 500;
    private static final String BLIND = "mapper-ecg_blind.safetensors";

    @TempDir
    static Path folder;

    @BeforeAll
    static void make() throws Exception {
        DemoModels.make(folder, FEW, ECGS, line -> {});
    }

    private static Map<String, byte[]> bytes() throws Exception {
        Map<String, byte[]> all = new TreeMap<>();
        for (String file : DemoModels.files()) {
            all.put(file, Files.readAllBytes(folder.resolve(file)));
        }
        return all;
    }

    @Test
    void theyOpenAndFitOneAnother() {
        try (DemoModels models = DemoModels.open(folder)) {
            assertEquals(EncoderMaker.config(), models.encoder().encoder().config());
            assertEquals(
                    models.own().paths(), models.blind().get(Control.ECG_BLIND).paths());
            assertFalse(models.own().tensors().stream()
                    .anyMatch(t -> Double.isNaN(t.sum().item())));
        }
    }

    @Test
    void whatIsThereIsKeptAndWhatIsMissingIsMadeInTheSameBytes() throws Exception {
        Map<String, byte[]> before = bytes();
        Files.delete(folder.resolve(BLIND));
        List<String> said = new ArrayList<>();
        DemoModels.make(folder, FEW, ECGS, said::add);
        Map<String, byte[]> after = bytes();
        before.forEach((file, b) -> assertArrayEquals(b, after.get(file), file));
        assertTrue(said.stream().anyMatch(line -> line.startsWith("ecg_blind")), said::toString);
        assertFalse(said.stream().anyMatch(line -> line.startsWith("language model")), said::toString);
        assertFalse(said.stream().anyMatch(line -> line.startsWith("encoder")), said::toString);
        assertFalse(said.stream().anyMatch(line -> line.startsWith("question_blind")), said::toString);

        said.clear();
        DemoModels.make(folder, FEW, ECGS, said::add);
        assertEquals(List.of(), said, "nothing is missing");
    }

    /** The command's own models have the words and sizes that this code would give them. */
    @Test
    void theEmbeddedModelsAreOfThisMaking() throws Exception {
        for (String file : List.of("llm/tokenizer.json", "llm/config.json")) {
            try (InputStream in = DemoModels.class.getResourceAsStream("/org/einthoven/cli/models/" + file)) {
                assertEquals(
                        Files.readString(folder.resolve(file)),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8),
                        file);
            }
        }
    }
}
