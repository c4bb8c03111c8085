package org.einthoven.meta.metrics;

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
        String episode, String attribute, String group, String patient, String ecg, boolean truth, double probabilityYes) {
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

    /** Whether both answer the same question of the same task. */
    public boolean isPairOf(Prediction other) {
        return episode.equals(other.episode)
                && attribute.equals(other.attribute)
                && ecg.equals(other.ecg)
                && truth == other.truth;
    }

    Observation scored() {
        return new Observation(group, patient, score());
    }
}
