package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RngTest {
    /** Known answers of Threefry-2x64 with 20 rounds, from the test vectors of Random123. */
    @Test
    void knownAnswers() {
        assertBlock(0, 0, 0, 0, 0xc2b6e3a8c2c69865L, 0x6f81ed42f350084dL);
        assertBlock(-1, -1, -1, -1, 0xe02cb7c4d95d277aL, 0xd06633d0893b8b68L);
        assertBlock(
                0x243f6a8885a308d3L,
                0x13198a2e03707344L,
                0xa4093822299f31d0L,
                0x082efa98ec4e6c89L,
                0x263c7d30bb0f0af1L,
                0x56be8361d3311526L);
    }

    private static void assertBlock(long c0, long c1, long k0, long k1, long want0, long want1) {
        long[] out = new long[2];
        new Rng(k0, k1).block(c0, c1, out);
        assertArrayEquals(new long[] {want0, want1}, out);
    }

    @Test
    void equalKeysGiveEqualNumbers() {
        Rng a = Rng.of(222).split("weights").split(3);
        Rng b = Rng.of(222).split("weights").split(3);
        assertEquals(a, b);
        assertArrayEquals(a.normal(3, 5).toFloats(), b.normal(3, 5).toFloats());
        assertEquals(a.stream().nextLong(), b.stream().nextLong());
    }

    @Test
    void splitsDiffer() {
        Rng r = Rng.of(1);
        assertNotEquals(r.split("a"), r.split("b"));
        assertNotEquals(r.split(""), r);
        assertNotEquals(r.split("abcdefgh").split("i"), r.split("abcdefghi"));
        assertNotEquals(r.split(0), r.split(1));
        assertNotEquals(r.split("0"), r.split(0));
    }

    /** A prefix of a longer draw is the shorter draw: shapes do not change the numbers. */
    @Test
    void drawsDependOnPositionOnly() {
        Rng r = Rng.of(5);
        assertArrayEquals(r.normal(7).toFloats(), Arrays.copyOf(r.normal(4, 5).toFloats(), 7));
        assertArrayEquals(r.uniform(7).toFloats(), Arrays.copyOf(r.uniform(20).toFloats(), 7));
    }

    @Test
    void moments() {
        double[] x = Rng.of(9).normal64(100_000).toDoubles();
        double mean = Arrays.stream(x).average().orElseThrow();
        double square = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
        assertEquals(0, mean, 0.02);
        assertEquals(1, square, 0.02);
        double[] u = Rng.of(9).uniform(100_000).toDoubles();
        assertEquals(0.5, Arrays.stream(u).average().orElseThrow(), 0.01);
        assertTrue(Arrays.stream(u).allMatch(v -> 0 <= v && v < 1));
    }

    @Test
    void permutationHoldsEachOnce() {
        int[] p = Rng.of(4).permutation(100);
        int[] sorted = p.clone();
        Arrays.sort(sorted);
        assertArrayEquals(IntStream.range(0, 100).toArray(), sorted);
        assertNotEquals(Arrays.toString(sorted), Arrays.toString(p));
    }
}
