package org.einthoven.data.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;

/** Questions that offer two findings, in our own words. {@code %1$s} and {@code %2$s} stand for them, in random order. */
final class Choices {
    /** Templates of single-choose questions follow those of the findings' kinds. */
    private static final int TEMPLATE = 1 + Finding.Kind.values().length;

    private static final List<String> WORDINGS = List.of(
            "which does this ecg show, %1$s or %2$s?",
            "is it %1$s or %2$s that this ecg shows?",
            "what can you see here, %1$s or %2$s?",
            "which of these would you report, %1$s or %2$s?");

    /** Two findings of different concepts. */
    record Pair(int number, Finding first, Finding second) {}

    private Choices() {}

    /**
     * Pairs of findings, each finding in as many as {@code partners}: a round-robin tournament, its first rounds. Which they
     * are depends on the findings only, so that training and test ask for the same pairs.
     */
    static List<Pair> pairs(Set<Finding> about, int partners) {
        List<Finding> sorted = List.copyOf(new TreeSet<>(about));
        int n = sorted.size() + sorted.size() % 2; // one sits out where they are odd
        int[] order = Rng.of(0).split("pairs of findings").permutation(sorted.size());
        List<Pair> pairs = new ArrayList<>();
        for (int round = 0; round < Math.min(partners, n - 1); round++) {
            for (int table = 0; table < n / 2; table++) {
                int a = table == 0 ? n - 1 : (round + table) % (n - 1);
                int b = (round + n - 1 - table) % (n - 1);
                if (a < order.length && b < order.length) {
                    Finding x = sorted.get(order[a]);
                    Finding y = sorted.get(order[b]);
                    if (!x.concept().equals(y.concept())) {
                        pairs.add(new Pair(pairs.size(), x, y));
                    }
                }
            }
        }
        return pairs;
    }

    /** The question about one pair for one recording. */
    static QaItem item(Pair pair, int ecg, Set<Finding> findings, int sample, Rng rng) {
        int draw = rng.split(pair.number).stream().nextInt(2 * WORDINGS.size());
        Finding one = draw % 2 == 0 ? pair.first : pair.second;
        Finding other = draw % 2 == 0 ? pair.second : pair.first;
        List<String> answer = new ArrayList<>();
        List.of(one, other).stream().filter(findings::contains).forEach(f -> answer.add(f.text()));
        return new QaItem(
                TEMPLATE,
                pair.first.ordinal() * Finding.values().length + pair.second.ordinal(),
                sample,
                QuestionType.SINGLE_CHOOSE,
                "finding",
                WORDINGS.get(draw / 2).formatted(one.text(), other.text()),
                answer.isEmpty() ? List.of("none") : answer,
                List.of(ecg),
                List.of(one.text(), other.text()));
    }

    /** All wordings of a question about a pair, for those who teach a model to read them. */
    static List<String> wordings(Finding one, Finding other) {
        return WORDINGS.stream().map(w -> w.formatted(one.text(), other.text())).toList();
    }
}
