package org.einthoven.bench.llm;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.einthoven.bench.Peak;

/**
 * What the machine gives to this many threads at once, by the clock on the wall.
 *
 * @param gigaflops of F32 multiply-adds, each two operations
 * @param gigabytes a second, read from memory
 */
record Limits(double gigaflops, double gigabytes) {
    private static final int ROUNDS = 5;

    static Limits measure(int threads) {
        // Each its own memory: a cache would bring the second what the first has just read.
        List<Peak> peaks = Stream.generate(Peak::new).limit(threads).toList();
        double[] flops = new double[ROUNDS];
        double[] bytes = new double[ROUNDS];
        for (int r = 0; r < ROUNDS; r++) {
            flops[r] = threads * Peak.REGISTER_FLOPS / 1e9 / seconds(peaks, Peak::registers);
            bytes[r] = threads * Peak.SWEPT_BYTES / 1e9 / seconds(peaks, Peak::sweep);
        }
        Arrays.sort(flops);
        Arrays.sort(bytes);
        return new Limits(flops[ROUNDS / 2], bytes[ROUNDS / 2]);
    }

    private static double seconds(List<Peak> peaks, Consumer<Peak> work) {
        long start = System.nanoTime();
        CompletableFuture.allOf(peaks.stream()
                        .map(p -> CompletableFuture.runAsync(
                                () -> work.accept(p), r -> Thread.ofPlatform().start(r)))
                        .toArray(CompletableFuture[]::new))
                .join();
        return (System.nanoTime() - start) * 1e-9;
    }
}
