package org.einthoven.data.synthetic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;

/** Open questions about a kind of findings, in our own words. They are asked where a recording has exactly one of the kind. */
final class Queries {
    /** Templates of single-query questions follow that of the choices. */
    private static final int TEMPLATE = 2 + Finding.Kind.values().length;

    private Queries() {}

    static List<String> wordings(Finding.Kind kind) {
        String what =
                switch (kind) {
                    case RHYTHM -> "disorder of rhythm";
                    case CONDUCTION -> "disorder of conduction";
                    case SHAPE -> "abnormal shape";
                    case REPOLARISATION -> "disorder of repolarisation";
                    case NOISE -> "technical fault";
                };
        return List.of("which " + what + " does this ecg show?", "what " + what + " can you see here?");
    }

    /** The question about one kind for one recording; empty when the recording has none of it, several, or another one. */
    static Optional<QaItem> item(
            Finding.Kind kind, Set<Finding> about, int ecg, Set<Finding> findings, int sample, Rng rng) {
        List<Finding> shown =
                findings.stream().filter(f -> f.kind() == kind).sorted().toList();
        if (shown.size() != 1 || !about.contains(shown.get(0))) {
            return Optional.empty();
        }
        int wording = rng.split(kind.ordinal()).stream().nextInt(wordings(kind).size());
        return Optional.of(new QaItem(
                TEMPLATE + kind.ordinal(),
                kind.ordinal(),
                sample,
                QuestionType.SINGLE_QUERY,
                kind.name().toLowerCase(Locale.ROOT),
                wordings(kind).get(wording),
                List.of(shown.get(0).text()),
                List.of(ecg),
                Arrays.stream(Finding.values())
                        .filter(f -> f.kind() == kind && about.contains(f))
                        .map(Finding::text)
                        .toList()));
    }
}
