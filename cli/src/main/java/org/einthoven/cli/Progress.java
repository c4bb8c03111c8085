package org.einthoven.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What is said while the work goes on. All of it goes to stderr: stdout is for the result. */
final class Progress {
    private static final int LINE = 100;

    private Progress() {}

    static void say(String line) {
        System.err.println("einthoven: " + line);
    }

    static void warn(String warning) {
        say("warning: " + warning);
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
