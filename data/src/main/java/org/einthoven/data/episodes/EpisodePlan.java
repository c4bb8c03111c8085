package org.einthoven.data.episodes;

import java.util.List;
import java.util.Optional;

/**
 * Where the tasks of a run come from.
 *
 * @param protocol {@code seed} or {@code strict}, for the report
 * @param train tasks to train on
 * @param test tasks to evaluate on
 * @param seen where the split is by attribute, or by group with none named: tasks on the training attributes with the test patients
 * @param validation where that was asked for: tasks on attributes and patients of neither side, to choose and to calibrate by
 * @param crossed whether neither the question nor the ECG alone tells the answer in any task (strict rules); of choose tasks of two
 *     or three pairs the ECG still tells which two outcomes it may be, which the notes say
 * @param leaks what train and test share
 * @param notes everything that was dropped, lowered or could not be balanced, one line each
 */
public record EpisodePlan(
        String protocol,
        EpisodeSampler train,
        EpisodeSampler test,
        Optional<EpisodeSampler> seen,
        Optional<EpisodeSampler> validation,
        boolean crossed,
        LeakReport leaks,
        List<String> notes) {
    public EpisodePlan {
        notes = List.copyOf(notes);
    }
}
