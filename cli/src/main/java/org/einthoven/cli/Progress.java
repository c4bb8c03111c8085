package org.einthoven.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** What is said while the work goes on. All of it goes to stderr: stdout is for the result. */
final class Progress {
    private Progress() {}

    static void say(String line) {
        System.err.println("einthoven: " + line);
    }

    static void warn(String warning) {
        say("warning: " + warning);
    }

    /** A bar for {@code steps} steps, to be closed. Where stderr is no terminal it is drawn once in a while. */
    static ProgressBar bar(String task, long steps) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setUpdateIntervalMillis(System.console() != null && System.console().isTerminal() ? 200 : 10_000)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }
}
