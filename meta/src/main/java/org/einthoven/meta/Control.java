package org.einthoven.meta;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a result is printed beside, so that nobody takes a leak, a majority or a constant for skill. */
public enum Control {
    /** The more frequent answer of the support set. */
    MAJORITY,
    /** Our method, trained, adapted and tested with one same question everywhere. */
    QUESTION_BLIND,
    /** Our method, trained, adapted and tested with other people's ECGs. */
    ECG_BLIND,
    /** Our method as trained and adapted, tested on other people's ECGs. */
    ECG_BLIND_AT_TEST,
    /** Our method as trained, adapted to answers that were dealt out anew. */
    SHUFFLED_LABELS,
    /** Our method as trained, not adapted. */
    ZERO_STEPS,
    /** A fresh mapper, adapted as ours is: what the inner loop comes to without the outer one. */
    UNTRAINED,
    /** The nearer of two class means of the ECG vectors. */
    PROTOTYPES,
    /** Ridge regression on the ECG vectors. */
    RIDGE,
    /** Yes for every abnormal ECG, whatever is asked. */
    ABNORMAL,
    /** Our mapper, trained on the items of all training tasks without an inner loop, and adapted as ours is. */
    FINE_TUNED,
    /** Our method as trained, not adapted, with the support set in the prompt. */
    IN_CONTEXT;

    /** Its name in tables and JSON: {@code question_blind}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that {@linkplain #key name}. */
    public static Optional<Control> named(String key) {
        return Arrays.stream(values()).filter(c -> c.key().equals(key)).findFirst();
    }

    /** Whether it means anything in a task: a question that is always the same hides nothing, and abnormal is a yes or a no. */
    public boolean appliesTo(EncodedEpisode episode) {
        return switch (this) {
            case ABNORMAL -> episode.isYesNo() && episode.query().stream().noneMatch(EncodedEpisode.Item::isComparison);
            case QUESTION_BLIND -> episode.isYesNo() || !episode.isOneQuestion();
            default -> true;
        };
    }

    /** Whether it begins with weights of its own rather than with ours. */
    public boolean hasOwnWeights() {
        return this == QUESTION_BLIND
                || this == ECG_BLIND
                || this == UNTRAINED
                || this == ABNORMAL
                || this == FINE_TUNED;
    }
}
