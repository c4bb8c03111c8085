package org.einthoven.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.einthoven.tensor.Workers;

/**
 * What a second thread gives: {@code tests/bench/run threads}. Each work runs on one thread and on two, in turns, by the clock
 * on the wall, and so do chains of multiply-adds that need nothing but registers: what they gain is all that the machine has to
 * give at that moment, beside whatever else it does.
 */
final class Scaling {
    private static final double GOAL = 1.85;

    /** Wall seconds for which a work runs, on each number of threads, before it counts, and while it does. */
    private static final double WARM_UP = 4;

    private static final double MEASURED = 8;

    private static final List<Work> WORKS = List.of(
            new Work.Sgemm(1024, 1024, 1024, true),
            new Work.Sgemm(1024, 1024, 1024, false),
            new Work.Encoder(8, false));

    private Scaling() {}

    static void print() {
        System.out.println(Machine.describe());
        System.out.println("- wall-clock time, medians of rounds, load before: " + Machine.load());
        System.out.println();
        System.out.println("| work | one thread, ms | two threads, ms | ratio | of registers alone | rounds | goal |");
        System.out.println("|---|---:|---:|---:|---:|---:|---|");
        Peak peak = new Peak();
        for (Work work : WORKS) {
            System.out.println(row(work, peak));
        }
        System.out.println();
        System.out.println("Load after: " + Machine.load());
    }

    private static String row(Work work, Peak peak) {
        Entrant ours = new Einthoven().enter(work).orElseThrow();
        for (int threads = 1; threads <= 2; threads++) {
            for (double spent = 0; spent < WARM_UP; ) {
                spent += seconds(ours, threads);
            }
        }
        List<double[]> rounds = new ArrayList<>();
        for (double spent = 0; spent < 2 * MEASURED || rounds.size() < 5; ) {
            double[] round = {
                seconds(ours, 1), seconds(ours, 2), seconds(peak, 1), seconds(peak, 2),
            };
            rounds.add(round);
            spent += Arrays.stream(round).sum();
        }
        double ratio = median(rounds.stream().mapToDouble(r -> r[0] / r[1]).toArray());
        return "| %s | %.1f | %.1f | %.2f | %.2f | %d | %.2f %s |"
                .formatted(
                        work.name(),
                        1e3 * median(rounds.stream().mapToDouble(r -> r[0]).toArray()),
                        1e3 * median(rounds.stream().mapToDouble(r -> r[1]).toArray()),
                        ratio,
                        median(rounds.stream().mapToDouble(r -> 2 * r[2] / r[3]).toArray()),
                        rounds.size(),
                        GOAL,
                        ratio >= GOAL ? "reached" : "**short**");
    }

    private static double seconds(Entrant entrant, int threads) {
        Workers.threads(threads);
        long start = System.nanoTime();
        entrant.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Of chains in registers, the same number on each thread. */
    private static double seconds(Peak peak, int threads) {
        long start = System.nanoTime();
        CompletableFuture.allOf(IntStream.range(0, threads)
                        .mapToObj(t -> CompletableFuture.runAsync(peak::registers))
                        .toArray(CompletableFuture[]::new))
                .join();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] x) {
        double[] sorted = x.clone();
        Arrays.sort(sorted);
        return (sorted[(x.length - 1) / 2] + sorted[x.length / 2]) / 2;
    }
}
