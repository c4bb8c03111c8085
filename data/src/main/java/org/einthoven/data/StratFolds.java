package org.einthoven.data;

import java.util.Map;
import java.util.Optional;

/**
 * The division that PTB-XL comes with: ten folds, each patient with all ECGs in one of them. Its authors recommend 1 to 8 for
 * training, 9 for validation and 10 for test (Wagner et al., Scientific Data 2020; every record of the last two was read by a
 * human).
 *
 * @param source the table that tells them
 * @param foldOfEcg 1 to 10 by ECG id
 */
public record StratFolds(String source, Map<Integer, Integer> foldOfEcg) implements PublishedSides {
    /** The table's column. */
    public static final String COLUMN = "strat_fold";

    /** How many there are. */
    public static final int COUNT = 10;

    public StratFolds {
        foldOfEcg = Map.copyOf(foldOfEcg);
    }

    @Override
    public String name() {
        return COLUMN;
    }

    @Override
    public Optional<Side> side(int ecg) {
        return Optional.ofNullable(foldOfEcg.get(ecg)).map(StratFolds::sideOf);
    }

    private static Side sideOf(int fold) {
        return switch (fold) {
            case COUNT -> Side.TEST;
            case COUNT - 1 -> Side.VALIDATION;
            default -> Side.TRAINING;
        };
    }

    @Override
    public String place(int ecg) {
        return "in fold " + foldOfEcg.get(ecg);
    }

    @Override
    public String lacking() {
        return source + " has no strat_fold of";
    }

    @Override
    public String remedy() {
        return "take the table as it is published";
    }

    @Override
    public String explained(boolean validated) {
        return "strat_fold: 1 to 8 for training, 9 for validation" + PublishedSides.unasked(validated)
                + ", 10 for test";
    }
}
