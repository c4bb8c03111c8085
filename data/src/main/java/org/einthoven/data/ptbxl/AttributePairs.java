package org.einthoven.data.ptbxl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pairs of attributes that choose questions offer: those that ECGs show together, apart, and neither, so that every
 * outcome is possible. The best balanced come first, and an attribute stands in few, so that pairs are many and different.
 */
final class AttributePairs {
    /** ECGs that the rarest outcome of a pair needs, else it could never be asked in a task. */
    private static final int LEAST = 2;

    /** Pairs that an attribute stands in at most. */
    private static final int MOST_PARTNERS = 3;

    /**
     * @param rarest how many ECGs the rarest outcome has
     */
    record Pair(String first, String second, int rarest) {}

    private AttributePairs() {}

    static List<Pair> of(AttributeType type, LabelTable table) {
        List<String> attributes = type.attributes();
        List<BitSet> yes = having(type, table, Truth.YES);
        List<BitSet> no = having(type, table, Truth.NO);
        List<Pair> possible = new ArrayList<>();
        for (int a = 0; a < attributes.size(); a++) {
            for (int b = a + 1; b < attributes.size(); b++) {
                int rarest = Math.min(
                        Math.min(common(yes.get(a), yes.get(b)), common(no.get(a), no.get(b))),
                        Math.min(common(yes.get(a), no.get(b)), common(no.get(a), yes.get(b))));
                if (rarest >= LEAST) {
                    possible.add(new Pair(attributes.get(a), attributes.get(b), rarest));
                }
            }
        }
        possible.sort(Comparator.comparingInt(Pair::rarest).reversed()); // stable: else as attributes are ordered
        Map<String, Integer> partners = new HashMap<>();
        List<Pair> chosen = new ArrayList<>();
        for (Pair pair : possible) {
            if (partners.getOrDefault(pair.first, 0) < MOST_PARTNERS
                    && partners.getOrDefault(pair.second, 0) < MOST_PARTNERS) {
                partners.merge(pair.first, 1, Integer::sum);
                partners.merge(pair.second, 1, Integer::sum);
                chosen.add(pair);
            }
        }
        return chosen;
    }

    /** For each attribute the rows of the table, by number, of which {@code truth} is said. */
    private static List<BitSet> having(AttributeType type, LabelTable table, Truth truth) {
        List<BitSet> having = new ArrayList<>();
        for (String attribute : type.attributes()) {
            BitSet set = new BitSet();
            int row = 0;
            for (Labels labels : table.rows().values()) {
                set.set(row++, type.truth(labels, attribute) == truth);
            }
            having.add(set);
        }
        return having;
    }

    private static int common(BitSet a, BitSet b) {
        BitSet both = (BitSet) a.clone();
        both.and(b);
        return both.cardinality();
    }
}
