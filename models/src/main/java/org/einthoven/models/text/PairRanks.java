package org.einthoven.models.text;

import java.util.Arrays;
import org.einthoven.tensor.Nullable;

/** The merges of a byte-pair encoding: for two neighbouring ids the rank of their merge and the id that they become. */
final class PairRanks {
    private static final long EMPTY = -1;

    private long[] keys;
    private int[] ranks;
    private int[] merged;
    private int size;

    PairRanks(int expected) {
        int capacity = Integer.highestOneBit(Math.max(16, expected)) * 4;
        keys = new long[capacity];
        ranks = new int[capacity];
        merged = new int[capacity];
        Arrays.fill(keys, EMPTY);
    }

    /** The next merge, later than all before it. A pair that comes again takes the later rank. */
    void add(int left, int right, int result) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        put(key(left, right), size++, result);
    }

    /** Null when the two do not merge. */
    Merging.@Nullable Merged merge(int left, int right) {
        if (left < 0 || right < 0) {
            return null;
        }
        int slot = slot(key(left, right));
        return keys[slot] == EMPTY ? null : new Merging.Merged(ranks[slot], merged[slot]);
    }

    /** Takes the two ids of a merge. */
    @FunctionalInterface
    interface Visitor {
        void merge(int left, int right);
    }

    /** All merges, the earliest first. */
    void forEach(Visitor visitor) {
        long[] byRank = new long[size];
        Arrays.fill(byRank, EMPTY); // a pair that came again has left its earlier rank
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != EMPTY) {
                byRank[ranks[i]] = keys[i];
            }
        }
        for (long key : byRank) {
            if (key != EMPTY) {
                visitor.merge((int) (key >>> 32), (int) key);
            }
        }
    }

    private void put(long key, int rank, int result) {
        int slot = slot(key);
        keys[slot] = key;
        ranks[slot] = rank;
        merged[slot] = result;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldRanks = ranks;
        int[] oldMerged = merged;
        keys = new long[2 * oldKeys.length];
        ranks = new int[keys.length];
        merged = new int[keys.length];
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                put(oldKeys[i], oldRanks[i], oldMerged[i]);
            }
        }
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int i = (int) (mixed >>> 40) & keys.length - 1;
        while (keys[i] != EMPTY && keys[i] != key) {
            i = i + 1 & keys.length - 1;
        }
        return i;
    }
}
