package org.einthoven.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.TaskTrace;

/** What is said while the work goes on. All of it goes to stderr: stdout is for the result. */
final class Progress {
    private static final int LINE = 120;

    /** Of an inner loop, between the points that are shown of it. */
    private static final int MOST_PARTS = 3;

    private Progress() {}

    static void say(String line) {
        System.err.println("einthoven: " + line);
    }

    static void warn(String warning) {
        say("warning: " + warning);
    }

    /**
     * How the queries of an outer step were answered along the inner loop, before its first step, on the way and behind its last: loss
     * and share of whole answers, means over the tasks.
     */
    static String along(MetaGradient g) {
        List<List<TaskTrace.Point>> ways = g.tasks().stream()
                .map(TaskTrace::queries)
                .filter(way -> !way.isEmpty())
                .toList();
        if (ways.isEmpty()) {
            return String.format(Locale.ROOT, " loss %.4f", g.loss());
        }
        int last = ways.stream().mapToInt(List::size).min().orElseThrow() - 1;
        int parts = Math.clamp(last, 1, MOST_PARTS);
        int[] at = IntStream.rangeClosed(0, parts)
                .map(i -> i * last / parts)
                .distinct()
                .toArray();
        return " loss" + means(ways, at, TaskTrace.Point::loss) + ", right"
                + means(ways, at, p -> p.measures().getOrDefault("exact_match", Double.NaN)) + " by inner step";
    }

    private static String means(List<List<TaskTrace.Point>> ways, int[] at, ToDoubleFunction<TaskTrace.Point> of) {
        return Arrays.stream(at)
                .mapToDouble(k -> ways.stream()
                        .mapToDouble(way -> of.applyAsDouble(way.get(k)))
                        .average()
                        .orElseThrow())
                .mapToObj(mean -> String.format(Locale.ROOT, " %.2f", mean))
                .collect(Collectors.joining());
    }

    /** A bar for {@code steps} steps, to be closed; where there is no terminal, a line every ten seconds. */
    static ProgressBar bar(String task, long steps) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(terminal ? 200 : 10_000)
                .setConsumer(
                        terminal
                                ? new ConsoleProgressBarConsumer(System.err, LINE)
                                : new DelegatingProgressBarConsumer(Progress::say, LINE))
                .build();
    }
}
