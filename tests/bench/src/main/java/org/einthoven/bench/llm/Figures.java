package org.einthoven.bench.llm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the rounds of a race measured of one engine. */
final class Figures {
    /** A column of the table. */
    enum Column {
        OPENED("opened, s"),
        FIRST_TOKEN("first token from a cold start, s"),
        PROMPT_128("prompt of 128, tokens/s"),
        PROMPT_512("prompt of 512, tokens/s"),
        DECODE("decode, tokens/s"),
        PEAK("peak, MB");

        final String title;

        Column(String title) {
            this.title = title;
        }
    }

    private final Map<Column, List<Double>> rounds = new EnumMap<>(Column.class);

    void add(Column column, double x) {
        rounds.computeIfAbsent(column, c -> new ArrayList<>()).add(x);
    }

    /** Not a number where nothing was measured. */
    double median(Column column) {
        double[] x = rounds.getOrDefault(column, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        int n = x.length;
        return n == 0 ? Double.NaN : (x[(n - 1) / 2] + x[n / 2]) / 2;
    }

    /** Ours by the peer's, of the same round, the median. */
    static double ratio(Column column, Figures ours, Figures peer) {
        List<Double> a = ours.rounds.getOrDefault(column, List.of());
        List<Double> b = peer.rounds.getOrDefault(column, List.of());
        Figures ratios = new Figures();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            ratios.add(column, a.get(i) / b.get(i));
        }
        return ratios.median(column);
    }
}
