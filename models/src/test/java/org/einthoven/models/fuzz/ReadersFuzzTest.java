package org.einthoven.models.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.models.io.TorchCheckpoint;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.text.ChatTemplate;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes are read, or refused by a {@link FormatException}; anything else is a bug. The build replays the inputs below
 * {@code src/test/resources}, one folder a target; a finding belongs there. With {@code JAZZER_FUZZ=1} in the environment one
 * target goes on by itself:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl models -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest=ReadersFuzzTest#gguf
 * </pre>
 */
class ReadersFuzzTest {
    @TempDir
    static Path dir;

    private interface Reading {
        void read(Path file);
    }

    private static void refusedOrRead(byte[] bytes, Reading reading) throws IOException {
        Path file = Files.write(dir.resolve("input"), bytes);
        try {
            reading.read(file);
        } catch (FormatException e) {
            // the one way to refuse
        }
    }

    private static void allTensors(WeightFile opened) {
        try (WeightFile file = opened) {
            file.names().forEach(name -> {
                try {
                    file.tensor(name);
                } catch (FormatException e) {
                    // of a type that has no tensor
                }
            });
        }
    }

    @FuzzTest(maxDuration = "1m")
    void safetensors(byte[] bytes) throws IOException {
        refusedOrRead(bytes, file -> allTensors(SafetensorsFile.open(file)));
    }

    @FuzzTest(maxDuration = "1m")
    void gguf(byte[] bytes) throws IOException {
        refusedOrRead(bytes, file -> allTensors(GgufFile.open(file)));
    }

    @FuzzTest(maxDuration = "1m")
    void torch(byte[] bytes) throws IOException {
        refusedOrRead(bytes, file -> allTensors(TorchCheckpoint.open(file)));
    }

    /** A tokenizer.json, or the protocol buffer of SentencePiece: told apart by content. */
    @FuzzTest(maxDuration = "1m")
    void tokenizer(byte[] bytes) throws IOException {
        refusedOrRead(bytes, file -> {
            Tokenizer t = Tokenizers.open(file);
            t.decode(t.encode("The QT interval is 480 ms. \u00e9\ud83d\ude00\n\n <s>"));
        });
    }

    @FuzzTest(maxDuration = "1m")
    void chatTemplate(byte[] bytes) throws IOException {
        refusedOrRead(bytes, file -> new ChatTemplate(
                        new String(bytes, java.nio.charset.StandardCharsets.UTF_8), file.toString())
                .render(
                        java.util.List.of(
                                new ChatTemplate.Message("system", "Be brief."),
                                new ChatTemplate.Message("user", "Is it normal?")),
                        true,
                        "<s>",
                        "</s>"));
    }
}
