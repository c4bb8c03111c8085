package org.einthoven.tensor;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * A counter-based random key (Threefry-2x64, 20 rounds; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011). A key is an immutable value: equal keys give equal numbers on every machine and for any number of threads, and
 * there is no global seed. Independent keys come from {@link #split(String)}; drawing never changes a key.
 *
 * <pre>{@code
 * Rng rng = Rng.of(222);
 * Tensor w = rng.split("weights").normal(768, 256);
 * RandomGenerator order = rng.split("episodes").stream();
 * }</pre>
 */
public record Rng(long key0, long key1) {
    private static final int ROUNDS = 20;
    private static final int[] ROTATION = {16, 42, 12, 31, 16, 32, 24, 21};
    private static final long PARITY = 0x1BD11BDAA9FC1A22L;

    /** The root key of a run. */
    public static Rng of(long seed) {
        return new Rng(seed, 0x45696E74686F7665L);
    }

    /** An independent key for the part of the program called {@code name}. */
    public Rng split(String name) {
        Rng r = this;
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += 8) {
            long word = 0;
            for (int j = i; j < Math.min(i + 8, bytes.length); j++) {
                word = word << 8 | bytes[j] & 0xFF;
            }
            r = r.derive(word, i + 1);
        }
        return r.derive(bytes.length, -1);
    }

    /** An independent key for step, task or item number {@code index}. */
    public Rng split(long index) {
        return derive(index, -2);
    }

    private Rng derive(long word, long tag) {
        long[] out = new long[2];
        block(word, tag, out);
        return new Rng(out[0], out[1]);
    }

    /** A sequential stream of this key's numbers, starting at counter 0: the same numbers each time it is asked for. */
    public RandomGenerator stream() {
        return new Stream(this);
    }

    /** Uniform numbers in [0, 1) with 24 random bits, F32, of the given shape. */
    public Tensor uniform(int... shape) {
        float[] x = new float[Shape.of(shape).intSize("uniform")];
        long[] out = new long[2];
        for (int i = 0; i < x.length; i++) {
            if ((i & 1) == 0) {
                block(i >> 1, 0, out);
            }
            x[i] = (out[i & 1] >>> 40) * 0x1p-24f;
        }
        return Tensor.of(x, shape);
    }

    /** Standard normal numbers, F32, of the given shape. */
    public Tensor normal(int... shape) {
        double[] x = normals(Shape.of(shape).intSize("normal"));
        float[] f = new float[x.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) x[i];
        }
        return Tensor.of(f, shape);
    }

    /** Standard normal numbers, F64, of the given shape. */
    public Tensor normal64(int... shape) {
        return Tensor.of(normals(Shape.of(shape).intSize("normal64")), shape);
    }

    /** Box and Muller (1958): two normals from two uniforms. StrictMath, so that the bits do not depend on the machine. */
    private double[] normals(int n) {
        double[] x = new double[n];
        long[] out = new long[2];
        for (int i = 0; i < n; i += 2) {
            block(i >> 1, 0, out);
            double radius = Math.sqrt(-2 * StrictMath.log(((out[0] >>> 11) + 1) * 0x1p-53));
            double angle = 2 * Math.PI * ((out[1] >>> 11) * 0x1p-53);
            x[i] = radius * StrictMath.cos(angle);
            if (i + 1 < n) {
                x[i + 1] = radius * StrictMath.sin(angle);
            }
        }
        return x;
    }

    /** A permutation of 0 .. n-1 (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] p = new int[n];
        RandomGenerator g = stream();
        for (int i = 0; i < n; i++) {
            int j = g.nextInt(i + 1);
            p[i] = p[j];
            p[j] = i;
        }
        return p;
    }

    /** Threefry-2x64-20 of the counter (c0, c1) under this key. */
    void block(long c0, long c1, long[] out) {
        long k2 = PARITY ^ key0 ^ key1;
        long x0 = c0 + key0;
        long x1 = c1 + key1;
        for (int r = 0; r < ROUNDS; r++) {
            x0 += x1;
            x1 = Long.rotateLeft(x1, ROTATION[r & 7]) ^ x0;
            if ((r & 3) == 3) {
                int s = (r >> 2) + 1;
                x0 += word(s, k2);
                x1 += word(s + 1, k2) + s;
            }
        }
        out[0] = x0;
        out[1] = x1;
    }

    private long word(int s, long k2) {
        return switch (s % 3) {
            case 0 -> key0;
            case 1 -> key1;
            default -> k2;
        };
    }

    /** Two numbers a block, in order. */
    private static final class Stream implements RandomGenerator {
        private final Rng key;
        private final long[] out = new long[2];
        private long counter;
        private boolean second;

        Stream(Rng key) {
            this.key = key;
        }

        @Override
        public long nextLong() {
            if (second) {
                second = false;
                return out[1];
            }
            key.block(counter++, 1, out);
            second = true;
            return out[0];
        }
    }
}
