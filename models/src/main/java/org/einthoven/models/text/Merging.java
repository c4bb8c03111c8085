package org.einthoven.models.text;

import java.util.Arrays;
import java.util.PriorityQueue;
import org.einthoven.tensor.Nullable;

/**
 * Byte-pair merging: again and again the best of all adjacent pairs becomes one symbol, the leftmost of equally good ones,
 * until no pair can merge. Symbols are spans of a text in a linked list and pairs wait in a heap, so n symbols cost
 * O(n log n) however long the text is (Sennrich et al., arXiv 1508.07909; SentencePiece {@code bpe_model.cc}).
 */
final class Merging {
    /** Says whether and when two neighbours merge. */
    @FunctionalInterface
    interface Rule {
        /** Null when they do not merge. */
        @Nullable
        Merged merge(int leftId, int rightId, int from, int to);
    }

    /** @param order the pair with the lowest merges first */
    record Merged(double order, int id) {}

    private record Pair(double order, int id, int left, int right, int leftEnd, int rightEnd)
            implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byOrder = Double.compare(order, other.order);
            return byOrder != 0 ? byOrder : Integer.compare(left, other.left);
        }
    }

    private final Rule rule;
    private int count;
    private int[] id = new int[16];
    private int[] from = new int[16];
    private int[] to = new int[16];
    private int[] next = {};
    private int[] previous = {};
    private final PriorityQueue<Pair> queue = new PriorityQueue<>();

    Merging(Rule rule) {
        this.rule = rule;
    }

    /** Adds a symbol for characters {@code start} to {@code end}; ids below 0 are no token of their own. */
    void add(int symbol, int start, int end) {
        if (count == id.length) {
            id = Arrays.copyOf(id, 2 * count);
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
        }
        id[count] = symbol;
        from[count] = start;
        to[count++] = end;
    }

    /** Merges all that can be merged and hands on what is left, in order. */
    void run(Sink sink) {
        link();
        for (int i = 0; i + 1 < count; i++) {
            offer(i, i + 1);
        }
        while (!queue.isEmpty()) {
            Pair p = queue.poll();
            boolean stale =
                    from[p.left] < 0 || from[p.right] < 0 || to[p.left] != p.leftEnd || to[p.right] != p.rightEnd;
            if (!stale) {
                join(p);
            }
        }
        for (int i = count == 0 ? -1 : 0; i >= 0; i = next[i]) {
            sink.symbol(id[i], from[i], to[i]);
        }
    }

    /** Takes a symbol that is left after merging. */
    @FunctionalInterface
    interface Sink {
        void symbol(int id, int from, int to);
    }

    private void link() {
        next = new int[count];
        previous = new int[count];
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : -1;
            previous[i] = i - 1;
        }
    }

    private void join(Pair p) {
        id[p.left] = p.id;
        to[p.left] = to[p.right];
        from[p.right] = -1;
        next[p.left] = next[p.right];
        if (next[p.left] >= 0) {
            previous[next[p.left]] = p.left;
            offer(p.left, next[p.left]);
        }
        if (previous[p.left] >= 0) {
            offer(previous[p.left], p.left);
        }
    }

    private void offer(int left, int right) {
        Merged m = rule.merge(id[left], id[right], from[left], to[right]);
        if (m != null) {
            queue.add(new Pair(m.order, m.id, left, right, to[left], to[right]));
        }
    }
}
