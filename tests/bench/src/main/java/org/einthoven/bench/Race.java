package org.einthoven.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.einthoven.tensor.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One work, by all that can do it, in turns, on one thread each. A round is one JMH iteration: each entrant once or more, the
 * first another one each round, and between them the peaks of the machine. So what else the machine does meets all alike,
 * and the ratios of a round stay true where the times do not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 9)
public class Race {
    /** Entrants that take less are run several times a round. */
    private static final double SHORTEST_TURN = 0.02;

    /** Of two results, by the largest number: F32 products of a few thousand terms, and twelve layers of them. */
    private static final double TOLERANCE = 2e-3;

    /** The name of a {@link Work} in {@link Works}. */
    @Param("sgemm-512x512x512-frozen")
    public String work;

    /** CPU seconds for which each entrant runs before it counts. */
    @Param("5")
    public double warmUp;

    private final Map<String, Entrant> entrants = new LinkedHashMap<>();
    private final List<Turn> turns = new ArrayList<>();
    private Work what;
    private Peak peak;
    private int round;

    /** What an entrant does in a round: it runs so many times. */
    private record Turn(String name, Entrant entrant, int times) {}

    @Setup
    public void enter() {
        Workers.threads(1);
        what = Works.named(work);
        for (Peer peer : Peer.all()) {
            peer.enter(what).ifPresent(e -> entrants.put(peer.name(), e));
        }
        peak = new Peak();
        compare();
        entrants.forEach((name, e) -> turns.add(new Turn(name, e, warmedUp(e))));
    }

    /** A comparison of libraries that compute different things would mean nothing. */
    private void compare() {
        if (what.allowance() > 1) {
            return; // one of ours against several of something else, which is a work of its own
        }
        float[] want = Objects.requireNonNull(entrants.get("einthoven")).result();
        entrants.forEach((name, e) -> {
            double off = Floats.difference(want, e.result());
            if (!(off < TOLERANCE)) {
                throw new IllegalStateException(work + ": " + name + " differs from ours by " + off);
            }
        });
    }

    /** Runs it hot, and says how often it should run in a turn. */
    private int warmedUp(Entrant e) {
        double start = ProcessClock.seconds();
        List<Double> times = new ArrayList<>();
        double before = start;
        do {
            e.run();
            double now = ProcessClock.seconds();
            times.add(now - before);
            before = now;
        } while (before - start < warmUp || times.size() < 2);
        return (int) Math.ceil(SHORTEST_TURN / Math.max(times.getLast(), 1e-6));
    }

    @Benchmark
    public void round(Times times, Blackhole sink) {
        List<Turn> order = new ArrayList<>(turns);
        Collections.rotate(order, round++);
        times.peak = what.isDouble() ? peak.f64() : peak.f32();
        times.read = peak.read();
        for (Turn turn : order) {
            double start = ProcessClock.seconds();
            for (int i = 0; i < turn.times(); i++) {
                sink.consume(turn.entrant().run());
            }
            times.set(turn.name(), 1e3 * (ProcessClock.seconds() - start) / turn.times());
        }
        sink.consume(peak.sink());
    }
}
