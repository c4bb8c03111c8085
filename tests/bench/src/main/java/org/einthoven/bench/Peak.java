package org.einthoven.bench;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What one core of this machine can do at most, measured: fused multiply-adds, and reading from memory. */
public final class Peak {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int STEPS = 1 << 20;

    /** 256 MB: beyond any cache. */
    private static final int MEMORY = 1 << 26;

    private static final int REGISTER_TURNS = 10;

    /** Operations of {@link #registers}. */
    public static final double REGISTER_FLOPS = 2.0 * CHAINS * F.length() * STEPS * REGISTER_TURNS;

    /** Bytes that {@link #sweep} reads. */
    public static final double SWEPT_BYTES = 4.0 * MEMORY;

    private final float[] memory = new float[MEMORY];
    private float sink;

    public Peak() {
        Arrays.fill(memory, 1e-3f);
        for (int i = 0; i < 10; i++) { // until compiled
            f32();
            f64();
            read();
        }
    }

    /** GFLOP/s of F32. */
    double f32() {
        double start = ProcessClock.seconds();
        sink += chains(0.999f, 1e-3f);
        return 2.0 * CHAINS * F.length() * STEPS / (ProcessClock.seconds() - start) / 1e9;
    }

    /** Some tens of milliseconds of multiply-adds that touch no memory. */
    public void registers() {
        for (int i = 0; i < REGISTER_TURNS; i++) {
            sink += chains(0.999f, 1e-3f);
        }
    }

    /** Reads the memory once. */
    public void sweep() {
        sink += sum(memory);
    }

    /** GFLOP/s of F64. */
    double f64() {
        double start = ProcessClock.seconds();
        sink += (float) chains(0.999, 1e-3);
        return 2.0 * CHAINS * D.length() * STEPS / (ProcessClock.seconds() - start) / 1e9;
    }

    /** GB/s. */
    double read() {
        double start = ProcessClock.seconds();
        sink += sum(memory);
        return SWEPT_BYTES / (ProcessClock.seconds() - start) / 1e9;
    }

    /** Twelve chains of fused multiply-adds that do not wait for each other: more than units times cycles of latency. */
    private static float chains(float times, float plus) {
        FloatVector m = FloatVector.broadcast(F, times);
        FloatVector p = FloatVector.broadcast(F, plus);
        FloatVector a = p, b = p, c = p, d = p, e = p, f = p, g = p, h = p, i = p, j = p, k = p, l = p;
        for (int s = 0; s < STEPS; s++) {
            a = a.fma(m, p);
            b = b.fma(m, p);
            c = c.fma(m, p);
            d = d.fma(m, p);
            e = e.fma(m, p);
            f = f.fma(m, p);
            g = g.fma(m, p);
            h = h.fma(m, p);
            i = i.fma(m, p);
            j = j.fma(m, p);
            k = k.fma(m, p);
            l = l.fma(m, p);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .lane(0);
    }

    private static double chains(double times, double plus) {
        DoubleVector m = DoubleVector.broadcast(D, times);
        DoubleVector p = DoubleVector.broadcast(D, plus);
        DoubleVector a = p, b = p, c = p, d = p, e = p, f = p, g = p, h = p, i = p, j = p, k = p, l = p;
        for (int s = 0; s < STEPS; s++) {
            a = a.fma(m, p);
            b = b.fma(m, p);
            c = c.fma(m, p);
            d = d.fma(m, p);
            e = e.fma(m, p);
            f = f.fma(m, p);
            g = g.fma(m, p);
            h = h.fma(m, p);
            i = i.fma(m, p);
            j = j.fma(m, p);
            k = k.fma(m, p);
            l = l.fma(m, p);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .lane(0);
    }

    private static float sum(float[] x) {
        FloatVector a = FloatVector.zero(F), b = a, c = a, d = a;
        int n = F.length();
        for (int i = 0; i < x.length; i += 4 * n) {
            a = a.add(FloatVector.fromArray(F, x, i));
            b = b.add(FloatVector.fromArray(F, x, i + n));
            c = c.add(FloatVector.fromArray(F, x, i + 2 * n));
            d = d.add(FloatVector.fromArray(F, x, i + 3 * n));
        }
        return a.add(b).add(c).add(d).lane(0);
    }

    /** Keeps the sums from being optimised away. */
    float sink() {
        return sink;
    }
}
