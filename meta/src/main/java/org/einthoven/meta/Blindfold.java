package org.einthoven.meta;

import org.einthoven.tensor.Rng;

/**
 * What a control is shown instead of an episode, in training and at test alike.
 *
 * @param strangers ECGs that replace a patient's own: of the same side of the split
 * @param blankQuestion token ids that replace every question
 */
public record Blindfold(VectorPool strangers, int[] blankQuestion, Rng rng) {
    /** The episode as the control sees it; the episode itself for a control that is not blind. */
    public EncodedEpisode over(EncodedEpisode episode, Control control) {
        Rng draw = rng.split(control.key()).split(episode.name());
        return switch (control) {
            case QUESTION_BLIND -> episode.questionBlind(blankQuestion);
            case ECG_BLIND -> episode.ecgBlind(strangers, draw);
            case ECG_BLIND_AT_TEST -> episode.ecgBlindAtTest(strangers, draw);
            case SHUFFLED_LABELS -> episode.shuffledLabels(draw);
            case MAJORITY, ZERO_STEPS, UNTRAINED, PROTOTYPES, RIDGE, ABNORMAL, FINE_TUNED, IN_CONTEXT -> episode;
        };
    }
}
