package org.einthoven.cli.demo;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.tensor.Rng;

/**
 * Which findings are never asked about in training: whole concepts, drawn at random before anything was trained, until there
 * are at least {@value #LEAST} findings: two thirds of them, since the table of findings never trained on is the one whose
 * concepts differ most, and so needs most of them for its averages.
 */
final class HeldOut {
    static final int LEAST = 80;

    private HeldOut() {}

    static Set<Finding> draw(Rng rng) {
        List<String> concepts = new ArrayList<>(Stream.of(Finding.values())
                .map(Finding::concept)
                .distinct()
                .sorted()
                .toList());
        EnumSet<Finding> held = EnumSet.noneOf(Finding.class);
        for (int i : rng.split("held out").permutation(concepts.size())) {
            if (held.size() < LEAST) {
                Stream.of(Finding.values())
                        .filter(f -> f.concept().equals(concepts.get(i)))
                        .forEach(held::add);
            }
        }
        return held;
    }
}
