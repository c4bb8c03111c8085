package org.einthoven.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.cli.demo.DemoModels;

/**
 * The small models that come with the command, made by its own demo on synthetic ECGs. They are read as any user's models
 * are, so they are laid out as files first, in a temporary folder that lives as long as this.
 */
final class EmbeddedModels implements AutoCloseable {
    private static final String ROOT = "/org/einthoven/cli/models/";
    private static final List<String> FILES = DemoModels.files();

    private final Path folder;

    private EmbeddedModels(Path folder) {
        this.folder = folder;
    }

    /** Whether this build carries them. */
    static boolean present() {
        return FILES.stream().allMatch(name -> EmbeddedModels.class.getResource(ROOT + name) != null);
    }

    /** @throws Failure.Usage when this build carries none */
    static EmbeddedModels open() throws IOException {
        if (!present()) {
            throw new Failure.Usage("this build carries no models of its own; name one with --llm");
        }
        EmbeddedModels models = new EmbeddedModels(Files.createTempDirectory("einthoven-models"));
        try {
            Files.createDirectory(models.llm());
            for (String name : FILES) {
                try (InputStream in = EmbeddedModels.class.getResourceAsStream(ROOT + name)) {
                    Files.copy(in, models.folder.resolve(name));
                }
            }
            return models;
        } catch (IOException | RuntimeException e) {
            models.close();
            throw e;
        }
    }

    /** Where all of them lie. */
    Path folder() {
        return folder;
    }

    /** A Hugging Face folder. */
    Path llm() {
        return folder.resolve(DemoModels.LLM);
    }

    Path encoder() {
        return folder.resolve(DemoModels.ENCODER);
    }

    Path mapper() {
        return folder.resolve(DemoModels.MAPPER);
    }

    @Override
    public void close() throws IOException {
        for (String name : FILES) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(llm());
        Files.deleteIfExists(folder);
    }
}
