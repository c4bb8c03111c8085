package org.einthoven.meta.metrics;

import java.util.List;

/**
 * One yes-no answer about one ECG. All statistics of an evaluation are functions of lists of these.
 *
 * @param episode the task it was given in
 * @param attribute what was asked for
 * @param group the concept that the attribute belongs to
 * @param patient whose ECG it is
 * @param ecg which ECG
 * @param truth whether the ECG has the attribute
 * @param probabilityYes in [0, 1]; above one half means yes
 */
public record Prediction(
        String episode,
        String attribute,
        String group,
        String patient,
        String ecg,
        boolean truth,
        double probabilityYes) {
    public Prediction {
        if (!(0 <= probabilityYes && probabilityYes <= 1)) {
            throw new IllegalArgumentException(
                    episode + ", " + attribute + ", ECG " + ecg + ": " + probabilityYes + " is not a probability");
        }
    }

    /** 1 when right, 0 when wrong, and one half when undecided, which is what a fair coin would earn. */
    public double score() {
        return probabilityYes == 0.5 ? 0.5 : probabilityYes > 0.5 == truth ? 1 : 0;
    }

    /** What statistics are made of. */
    public Observation scored() {
        return new Observation(question(), group, patient, score());
    }

    /** The scores of many, in order. */
    public static List<Observation> scores(List<Prediction> predictions) {
        return predictions.stream().map(Prediction::scored).toList();
    }

    private String question() {
        return episode + ", " + attribute + ", ECG " + ecg + (truth ? ", yes" : ", no");
    }
}
