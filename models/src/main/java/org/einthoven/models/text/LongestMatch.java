package org.einthoven.models.text;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds which of a set of words begins at a place in a text, the longest first. */
final class LongestMatch {
    private final Set<String> words;
    private final Map<Character, int[]> lengths = new HashMap<>();

    LongestMatch(Collection<String> words) {
        this.words = new HashSet<>(words);
        Map<Character, TreeSet<Integer>> byFirst = new HashMap<>();
        for (String w : words) {
            if (!w.isEmpty()) {
                byFirst.computeIfAbsent(w.charAt(0), _ -> new TreeSet<>()).add(w.length());
            }
        }
        byFirst.forEach((first, set) ->
                lengths.put(first, set.descendingSet().stream().mapToInt(n -> n).toArray()));
    }

    /** The end of the longest word at {@code from}, or -1. */
    int end(String text, int from) {
        int[] candidates = lengths.get(text.charAt(from));
        if (candidates == null) {
            return -1;
        }
        for (int n : candidates) {
            if (from + n <= text.length() && words.contains(text.substring(from, from + n))) {
                return from + n;
            }
        }
        return -1;
    }

    boolean isEmpty() {
        return lengths.isEmpty();
    }
}
