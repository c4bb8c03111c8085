package org.einthoven.bench.llm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.einthoven.bench.Machine;
import org.einthoven.bench.llm.Figures.Column;

/**
 * {@code LlmRace [--rounds N] [--cold N] FILE.gguf...}: for each file a table in Markdown of ours and the peers that are there
 * ({@link Contender#all}), on two threads, in tokens a second by the clock on the wall.
 *
 * <p>Cold: each engine's process is started anew in each round; ours is the command {@code einthoven generate}. Warm: all
 * processes stay, and take turns, one computing at a time; figures are medians of the rounds, ratios medians of the ratios of
 * a round. Before, the logits behind a prompt are compared.
 */
public final class LlmRace {
    private static final int THREADS = 2;
    private static final int SHORT = 128;
    private static final int LONG = 512;

    /** Tokens behind the first. */
    private static final int DECODED = 32;

    private static final EnumSet<Column> SPEEDS = EnumSet.of(Column.PROMPT_128, Column.PROMPT_512, Column.DECODE);
    private static final String COLD = Contender.OURS + ", the command, cold";

    private final Path file;
    private final Weights weights;
    private final List<Contender> contenders;
    private final Map<String, Figures> figures = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    private LlmRace(Path file) {
        this.file = file.toAbsolutePath();
        this.weights = Weights.of(file);
        this.contenders = Contender.all(weights.repacks());
        figures.put(COLD, new Figures());
        contenders.forEach(c -> figures.put(c.label(), new Figures()));
    }

    public static void main(String[] args) {
        int cold = 3;
        int rounds = 5;
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--rounds" -> rounds = Integer.parseInt(args[++i]);
                case "--cold" -> cold = Integer.parseInt(args[++i]);
                default -> files.add(Path.of(args[i]));
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("name one .gguf or more; examples/synthetic-llama makes them");
        }
        System.out.println(Machine.describe());
        System.out.println("- " + THREADS + " threads, wall-clock time, medians of " + cold + " cold starts and "
                + rounds + " rounds in turns, load before: " + Machine.load());
        for (Path file : files) {
            LlmRace race = new LlmRace(file);
            for (int r = 0; r < cold; r++) {
                race.cold();
            }
            race.warm(rounds);
            race.print();
        }
        System.out.println("Load after: " + Machine.load());
    }

    private void cold() {
        Figures ours = figuresOf(COLD);
        ours.add(Column.FIRST_TOKEN, ColdCommand.run(file, THREADS, SHORT, 1).seconds());
        ColdCommand command = ColdCommand.run(file, THREADS, SHORT, 1 + DECODED);
        ours.add(Column.OPENED, command.number("load_s"));
        ours.add(Column.PROMPT_128, command.number("prefill_tokens_per_s"));
        ours.add(Column.DECODE, command.number("decode_tokens_per_s"));
        ours.add(Column.PEAK, command.number("peak_rss_mb"));
        for (Contender c : contenders) {
            try (EngineProcess p = new EngineProcess(c, file, THREADS)) {
                p.write(SHORT, 1);
                figuresOf(c.label()).add(Column.FIRST_TOKEN, p.age());
                figuresOf(c.label()).add(Column.OPENED, p.opened());
                p.write(SHORT, 1 + DECODED);
                figuresOf(c.label()).add(Column.PEAK, p.peak());
            }
        }
    }

    private void warm(int rounds) {
        List<EngineProcess> processes = new ArrayList<>();
        try {
            contenders.forEach(c -> processes.add(new EngineProcess(c, file, THREADS)));
            double[] ours = processes.getFirst().logits(SHORT); // also warms up
            for (int i = 0; i < processes.size(); i++) {
                EngineProcess p = processes.get(i);
                double off = difference(ours, p.logits(SHORT));
                notes.put(
                        contenders.get(i).label(),
                        p.describe() + (i == 0 ? "" : "; its logits are off ours by %.4f".formatted(off)));
                p.write(SHORT, 1 + DECODED);
                p.write(LONG, 1);
            }
            for (int r = 0; r < rounds; r++) {
                for (int i = 0; i < processes.size(); i++) {
                    int turn = (i + r) % processes.size();
                    measure(processes.get(turn), figuresOf(contenders.get(turn).label()));
                }
            }
        } finally {
            processes.forEach(EngineProcess::close);
        }
    }

    private Figures figuresOf(String label) {
        return Objects.requireNonNull(figures.get(label), label);
    }

    private static void measure(EngineProcess p, Figures figures) {
        Engine.Turn turn = p.write(SHORT, 1 + DECODED);
        figures.add(Column.PROMPT_128, SHORT / turn.prompt());
        figures.add(Column.DECODE, DECODED / turn.others());
        figures.add(Column.PROMPT_512, LONG / p.write(LONG, 1).prompt());
    }

    /** The length of the difference by that of ours. */
    private static double difference(double[] ours, double[] theirs) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < ours.length; i++) {
            difference += (ours[i] - theirs[i]) * (ours[i] - theirs[i]);
            size += ours[i] * ours[i];
        }
        return Math.sqrt(difference / size);
    }

    private void print() {
        System.out.println();
        System.out.println("| " + file.getFileName() + " | "
                + Arrays.stream(Column.values()).map(c -> c.title).collect(Collectors.joining(" | ")) + " |");
        System.out.println("|---|" + "---:|".repeat(Column.values().length));
        figures.forEach((label, f) -> row(label, c -> f.median(c)));
        for (Contender our : ofOurs(true)) {
            Figures ours = figuresOf(our.label());
            for (Contender c : ofOurs(false)) {
                row(
                        our.label() + " / " + c.label(),
                        x -> SPEEDS.contains(x) ? Figures.ratio(x, ours, figuresOf(c.label())) : Double.NaN);
            }
        }
        System.out.println();
        notes.forEach((label, note) -> System.out.println("- " + label + ": " + note));
        for (String peer : List.of(Contender.LLAMA_CPP, Contender.LLAMA3_JAVA)) {
            if (contenders.stream().noneMatch(c -> c.engine().equals(peer))) {
                System.out.println("- " + peer + ": absent");
            }
        }
        ofOurs(true).forEach(our -> reached(our, Limits.measure(THREADS)));
    }

    private List<Contender> ofOurs(boolean ours) {
        return contenders.stream().filter(c -> c.isOurs() == ours).toList();
    }

    /** How far ours is from what the machine can do, and from the goals. */
    private void reached(Contender our, Limits limits) {
        Figures ours = figuresOf(our.label());
        System.out.printf(
                "- limits: %.0f GFLOP/s, %.1f GB/s; %s: prompt of 128 %.0f %%, of 512 %.0f %% of the peak, decode %.0f %%"
                        + " of reading%n",
                limits.gigaflops(),
                limits.gigabytes(),
                our.label(),
                100 * ours.median(Column.PROMPT_128) * weights.flops() / 1e9 / limits.gigaflops(),
                100 * ours.median(Column.PROMPT_512) * weights.flops() / 1e9 / limits.gigaflops(),
                100 * ours.median(Column.DECODE) * weights.bytes() / 1e9 / limits.gigabytes());
        for (LlmGoal goal : LlmGoal.of(weights.type())) {
            if (our.engine().equals(Contender.REPACKED) && goal.column() != Column.DECODE) {
                continue; // prompts are read with the file's weights
            }
            double least = contenders.stream()
                    .filter(c -> c.engine().equals(goal.engine()))
                    .mapToDouble(c -> Figures.ratio(goal.column(), ours, figuresOf(c.label())))
                    .min()
                    .orElse(Double.NaN);
            System.out.println("- goal, " + our.label() + ": " + goal.verdict(least));
        }
    }

    private static void row(String label, ToDoubleFunction<Column> figure) {
        System.out.println("| " + label + " | "
                + Arrays.stream(Column.values())
                        .map(c -> digits(figure.applyAsDouble(c)))
                        .collect(Collectors.joining(" | "))
                + " |");
    }

    /** Three significant digits. */
    private static String digits(double x) {
        return Double.isNaN(x)
                ? ""
                : x >= 100 ? "%.0f".formatted(x) : x >= 10 ? "%.1f".formatted(x) : "%.2f".formatted(x);
    }
}
