package org.einthoven.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.einthoven.bench.llm.LlmRace;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs a {@link Race} for each work and prints what it found as a table in Markdown: medians over the rounds of all forks.
 *
 * <p>{@code Table [quick | full] [PATTERN]}: quick takes one fork and few rounds, full five forks; PATTERN is a regular
 * expression that names of works must contain. {@code Table threads} prints {@link Scaling} instead, and {@code Table llm} a
 * {@link LlmRace}.
 */
public final class Table {
    /**
     * How much is measured.
     *
     * @param warmUp CPU seconds for each entrant of each fork
     * @param seconds of one entrant that the rounds of a fork may take
     */
    private enum Mode {
        QUICK(1, 3, 7, 1.5, 3),
        FULL(5, 3, 15, 6, 15);

        final int forks;
        final int fewestRounds;
        final int mostRounds;
        final double warmUp;
        final double seconds;

        Mode(int forks, int fewestRounds, int mostRounds, double warmUp, double seconds) {
            this.forks = forks;
            this.fewestRounds = fewestRounds;
            this.mostRounds = mostRounds;
            this.warmUp = warmUp;
            this.seconds = seconds;
        }

        /** Long work has fewer rounds: at 100 GFLOP/s. */
        int rounds(Work work) {
            return (int) Math.clamp(seconds / (work.flops() / 1e11 + 0.02), fewestRounds, mostRounds);
        }
    }

    private static final List<String> PEERS = List.of("libtorch", "openBlas", "vectorBlas", "nd4j");

    private Table() {}

    public static void main(String[] args) throws RunnerException {
        if (args.length > 0 && args[0].equals("threads")) {
            Scaling.print();
            return;
        }
        if (args.length > 0 && args[0].equals("llm")) {
            LlmRace.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        Mode mode = args.length > 0 && args[0].equals("full") ? Mode.FULL : Mode.QUICK;
        Pattern wanted = Pattern.compile(args.length > 1 ? args[1] : "");
        System.out.println(Machine.describe());
        for (Peer peer : Peer.all()) {
            System.out.println("- " + peer.name() + ": " + peer.describe());
        }
        System.out.println("- " + mode.forks + (mode.forks == 1 ? " fork" : " forks") + " of up to " + mode.mostRounds
                + " rounds, one thread, CPU time of the process, load before: " + Machine.load());
        System.out.println();
        System.out.println("| work | ours, ms | floor, ms | of peak | of read | "
                + PEERS.stream().map(p -> p + " / ours").collect(Collectors.joining(" | ")) + " | goal |");
        System.out.println("|---|" + "---:|".repeat(4 + PEERS.size()) + "---|");
        for (Work work : Works.all()) {
            if (wanted.matcher(work.name()).find()) {
                System.out.println(row(work, rounds(work, mode)));
            }
        }
        System.out.println();
        System.out.println("Load after: " + Machine.load());
    }

    /** What each round of each fork measured. */
    private static List<Round> rounds(Work work, Mode mode) throws RunnerException {
        List<Round> rounds = new ArrayList<>();
        for (RunResult run : new Runner(new OptionsBuilder()
                        .include("\\b" + Race.class.getSimpleName() + "\\.round")
                        .param("work", work.name())
                        .param("warmUp", String.valueOf(mode.warmUp))
                        .forks(mode.forks)
                        .measurementIterations(mode.rounds(work))
                        .jvmArgsAppend(
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-Xms4g",
                                "-Xmx7g",
                                "-Xmn3g") // else what a training step keeps is copied several times over
                        .timeout(TimeValue.minutes(20))
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run()) {
            run.getBenchmarkResults().stream()
                    .flatMap(fork -> fork.getIterationResults().stream())
                    .map(Round::of)
                    .forEach(rounds::add);
        }
        return rounds;
    }

    /** What one round measured, by the names of the fields of {@link Times}. */
    private record Round(Map<String, Double> measured) {
        static Round of(IterationResult round) {
            return new Round(round.getSecondaryResults().entrySet().stream()
                    .collect(Collectors.toMap(e -> e.getKey(), e -> e.getValue().getScore())));
        }

        double get(String field) {
            return Objects.requireNonNull(measured.get(field), field);
        }
    }

    private static String row(Work work, List<Round> rounds) {
        double ours = median(rounds, r -> r.get("einthoven")).getAsDouble();
        double flops = work.flops() / 1e6; // per ms and GFLOP/s
        double bytes = work.bytes() / 1e6;
        double floor = median(rounds, r -> Math.max(flops / r.get("peak"), bytes / r.get("read")))
                .getAsDouble();
        List<String> cells = new ArrayList<>();
        cells.add(work.name());
        cells.add(digits(ours));
        cells.add(floor == 0 ? "" : digits(floor));
        cells.add(flops == 0 ? "" : percent(median(rounds, r -> flops / r.get("einthoven") / r.get("peak"))));
        cells.add(bytes == 0 ? "" : percent(median(rounds, r -> bytes / r.get("einthoven") / r.get("read"))));
        for (String peer : PEERS) {
            OptionalDouble ratio = ratio(work, peer, rounds);
            cells.add(ratio.isEmpty() ? "" : "%.2f".formatted(ratio.getAsDouble()));
        }
        cells.add(Goal.of(work).stream()
                .map(g -> g.verdict(ratio(work, g.peer(), rounds)))
                .collect(Collectors.joining(", ")));
        return "| " + String.join(" | ", cells) + " |";
    }

    /** The peer's time by ours: more than 1 where ours is the faster. Empty when it did not enter. */
    private static OptionalDouble ratio(Work work, String peer, List<Round> rounds) {
        return rounds.getFirst().get(peer) == 0
                ? OptionalDouble.empty()
                : median(rounds, r -> work.allowance() * r.get(peer) / r.get("einthoven"));
    }

    private interface Figure {
        double of(Round round);
    }

    private static OptionalDouble median(List<Round> rounds, Figure figure) {
        double[] x = rounds.stream().mapToDouble(figure::of).sorted().toArray();
        int n = x.length;
        return n == 0 ? OptionalDouble.empty() : OptionalDouble.of((x[(n - 1) / 2] + x[n / 2]) / 2);
    }

    private static String percent(OptionalDouble x) {
        return "%.0f %%".formatted(100 * x.orElse(Double.NaN));
    }

    /** Three significant digits. */
    private static String digits(double x) {
        return x >= 100
                ? "%.0f".formatted(x)
                : x >= 10 ? "%.1f".formatted(x) : x >= 1 ? "%.2f".formatted(x) : "%.3f".formatted(x);
    }
}
