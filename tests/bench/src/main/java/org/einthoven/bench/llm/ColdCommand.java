package org.einthoven.bench.llm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Ours as people meet it: {@code einthoven generate}, from the shell to the end of the process.
 *
 * @param seconds of the whole command
 * @param said its JSON
 */
record ColdCommand(double seconds, JsonNode said) {
    /** The launcher, from the folder of this module. */
    private static final String LAUNCHER = System.getProperty("einthoven.launcher", "../../einthoven");

    static ColdCommand run(Path file, int threads, int prompt, int tokens) {
        String ids = Arrays.stream(EngineServer.prompt(prompt))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>(List.of(
                LAUNCHER,
                "generate",
                "--llm",
                file.toString(),
                "--ids",
                ids,
                "--max-tokens",
                String.valueOf(tokens),
                "--threads",
                String.valueOf(threads),
                "--json"));
        long start = System.nanoTime();
        try {
            Process p = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = p.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("exit " + exit + " of " + command);
            }
            return new ColdCommand((System.nanoTime() - start) * 1e-9, new ObjectMapper().readTree(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    double number(String field) {
        return said.get(field).asDouble();
    }
}
