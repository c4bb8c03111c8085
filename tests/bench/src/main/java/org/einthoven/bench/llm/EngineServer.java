package org.einthoven.bench.llm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The process of one engine: {@code EngineServer NAME FILE THREADS [PLACE]}. It opens the file, says "ready", and answers one
 * line for each line it reads: {@code write PROMPT TOKENS}, {@code logits PROMPT}, {@code peak}, {@code describe}. What engines
 * print goes to stderr.
 */
final class EngineServer {
    private EngineServer() {}

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        long start = System.nanoTime();
        Engine engine = Engine.open(
                args[0],
                Path.of(args[1]),
                Integer.parseInt(args[2]),
                args.length > 3 ? Optional.of(Path.of(args[3])) : Optional.empty());
        answers.println("ready " + (System.nanoTime() - start) * 1e-9);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = questions.readLine()) != null; ) {
            answers.println(answer(engine, line.split(" ")));
        }
    }

    private static String answer(Engine engine, String[] words) throws IOException {
        return switch (words[0]) {
            case "write" -> {
                Engine.Turn turn = engine.write(prompt(Integer.parseInt(words[1])), Integer.parseInt(words[2]));
                yield turn.prompt() + " " + turn.others();
            }
            case "logits" -> {
                float[] x = engine.logits(prompt(Integer.parseInt(words[1])));
                yield IntStream.range(0, x.length)
                        .mapToObj(i -> Float.toString(x[i]))
                        .collect(Collectors.joining(" "));
            }
            case "peak" -> String.valueOf(peak());
            case "describe" -> engine.describe();
            default -> throw new IllegalArgumentException(Arrays.toString(words));
        };
    }

    /** Ids 1000, 1037, 1074, ...: ordinary tokens, none twice. */
    static int[] prompt(int length) {
        return IntStream.range(0, length).map(i -> 1000 + 37 * i).toArray();
    }

    /** The most memory that this process has held, in MB (2^20 bytes), shared pages of the file included. */
    private static double peak() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(l -> l.startsWith("VmHWM:"))
                    .mapToDouble(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }
}
