package org.einthoven.bench.llm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** An engine in its own process, which computes nothing until it is asked. */
final class EngineProcess implements AutoCloseable {
    private final Contender contender;
    private final long started = System.nanoTime();
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter questions;
    private final double opened;

    EngineProcess(Contender contender, Path file, int threads) {
        this.contender = contender;
        try {
            process = new ProcessBuilder(contender.command(file, threads))
                    .redirectError(
                            Boolean.getBoolean("peers.loud")
                                    ? ProcessBuilder.Redirect.INHERIT
                                    : ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        opened = Double.parseDouble(answer().split(" ")[1]);
    }

    /** Seconds for opening the file, without the start of the JVM. */
    double opened() {
        return opened;
    }

    /** Seconds since the process was started. */
    double age() {
        return (System.nanoTime() - started) * 1e-9;
    }

    Engine.Turn write(int prompt, int tokens) {
        double[] seconds = numbers(ask("write " + prompt + " " + tokens));
        return new Engine.Turn(seconds[0], seconds[1]);
    }

    double[] logits(int prompt) {
        return numbers(ask("logits " + prompt));
    }

    double peak() {
        return Double.parseDouble(ask("peak"));
    }

    String describe() {
        return ask("describe");
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private String ask(String question) {
        questions.println(question);
        return answer();
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(contender.label() + " has ended; -Dpeers.loud=true shows what it says: "
                        + process.info().commandLine());
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        questions.close();
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
