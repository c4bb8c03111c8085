package org.einthoven.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a check has found so far. Of many damaged files the first few are named. */
final class Findings {
    private static final int NAMED = 20;

    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> damaged = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private int unnamed;

    void count(String name, long n) {
        counts.put(name, n);
    }

    void missing(String line) {
        missing.add(line);
    }

    void damaged(String line) {
        if (damaged.size() < NAMED) {
            damaged.add(line);
        } else {
            unnamed++;
        }
    }

    void note(String line) {
        notes.add(line);
    }

    SortedMap<String, Long> counts() {
        return counts;
    }

    List<String> missing() {
        return missing;
    }

    List<String> damaged() {
        List<String> all = new ArrayList<>(damaged);
        if (unnamed > 0) {
            all.add("and " + unnamed + " more");
        }
        return all;
    }

    List<String> notes() {
        return notes;
    }
}
