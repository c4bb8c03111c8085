package org.einthoven.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** How each op of a group of reference numbers is computed. */
final class GoldenTable {
    /** Computes what a case asks for and compares it with what the case expects. */
    @FunctionalInterface
    interface Method {
        void run(GoldenCase golden, Comparison compare);
    }

    private final Map<Pattern, Method> rows = new LinkedHashMap<>();

    /** Ops whose whole name matches a regular expression; the first row that matches counts. */
    GoldenTable on(String op, Method method) {
        rows.put(Pattern.compile(op), method);
        return this;
    }

    Optional<Method> find(String op) {
        return rows.entrySet().stream()
                .filter(row -> row.getKey().matcher(op).matches())
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
