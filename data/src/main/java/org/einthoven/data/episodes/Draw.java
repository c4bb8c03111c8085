package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/** Uniform draws. */
final class Draw {
    private Draw() {}

    /** A permutation of 0 .. n-1 (Fisher and Yates). */
    static int[] permutation(int n, RandomGenerator random) {
        int[] p = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            p[i] = p[j];
            p[j] = i;
        }
        return p;
    }

    /** A permutation of 0 .. n-1, n > 1, without a fixed point; by rejection, since more than a third of all are. */
    static int[] derangement(int n, RandomGenerator random) {
        if (n < 2) {
            throw new IllegalArgumentException("a permutation of " + n + " has a fixed point");
        }
        while (true) {
            int[] p = permutation(n, random);
            boolean fixed = false;
            for (int i = 0; i < n; i++) {
                fixed |= p[i] == i;
            }
            if (!fixed) {
                return p;
            }
        }
    }

    /** {@code list} in random order. */
    static <T> List<T> shuffled(List<T> list, RandomGenerator random) {
        List<T> out = new ArrayList<>(list.size());
        for (int i : permutation(list.size(), random)) {
            out.add(list.get(i));
        }
        return out;
    }

    static <T> T one(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    /** A member of {@code set}, or -1 when it is empty. */
    static int one(BitSet set, RandomGenerator random) {
        int size = set.cardinality();
        if (size == 0) {
            return -1;
        }
        int member = set.nextSetBit(0);
        for (int skip = random.nextInt(size); skip > 0; skip--) {
            member = set.nextSetBit(member + 1);
        }
        return member;
    }
}
