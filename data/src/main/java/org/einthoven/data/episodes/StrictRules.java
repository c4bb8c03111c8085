package org.einthoven.data.episodes;

import java.util.Optional;
import java.util.Set;
import org.einthoven.data.StratFolds;
import org.einthoven.data.qa.QuestionType;

/**
 * How strict tasks are cut.
 *
 * @param types the question types; with several, tasks of each in turn
 * @param shape N, K, Q
 * @param minClassSize items an attribute needs, both answers together ({@code --min-class-size}); it needs K + Q of each anyway
 * @param excludedTemplates templates left out ({@code --exclude-templates})
 * @param apart what is on the test side and never in training
 * @param concepts which attributes are one thing
 */
public record StrictRules(
        Set<QuestionType> types,
        EpisodeShape shape,
        int minClassSize,
        Set<Integer> excludedTemplates,
        Apart apart,
        Concepts concepts) {

    /**
     * What is set apart from training.
     *
     * @param split what must not stand on both sides
     * @param heldOut groups on the test side; 0 for the protocol's max(N, 20 %)
     * @param leftOut in a split by group: the one on the test side ({@code --leave-out}); empty for as many as {@code heldOut} says,
     *     drawn
     * @param patientShare share of the patients on the test side; where folds divide them it does not count
     * @param validation whether groups and patients are also set apart for meta-validation, as many again as for test
     * @param folds which patients are for test and for validation in a split by {@code strat_fold}; empty in any other
     */
    public record Apart(
            Split split,
            int heldOut,
            String leftOut,
            double patientShare,
            boolean validation,
            Optional<StratFolds> folds) {
        private static final double FIFTH = 0.2;
        private static final double HALF = 0.5;

        public Apart {
            if (!leftOut.isEmpty() && split != Split.GROUP) {
                throw new IllegalArgumentException(
                        "StrictRules: a group is left out in a split by group only: " + leftOut);
            }
            if (folds.isPresent() != (split == Split.STRAT_FOLD)) {
                throw new IllegalArgumentException(
                        "StrictRules: folds belong to a split by strat_fold, not to " + split);
            }
            if (!(patientShare > 0 && patientShare < 1)) {
                throw new IllegalArgumentException(
                        "StrictRules: the share of test patients must lie between 0 and 1: " + patientShare);
            }
        }
    }

    public StrictRules {
        types = Set.copyOf(types);
        if (types.isEmpty()) {
            throw new IllegalArgumentException("StrictRules: no question type");
        }
        excludedTemplates = Set.copyOf(excludedTemplates);
    }

    /** The protocol's rules for yes-no questions: a fifth of the groups and of the patients for test, no template left out. */
    public static StrictRules of(Split split, EpisodeShape shape) {
        return of(new Apart(split, 0, "", Apart.FIFTH, false, Optional.empty()), shape);
    }

    /** As above, the patients divided as PTB-XL's authors recommend. */
    public static StrictRules of(StratFolds folds, EpisodeShape shape) {
        return of(new Apart(Split.STRAT_FOLD, 0, "", Apart.FIFTH, false, Optional.of(folds)), shape);
    }

    private static StrictRules of(Apart apart, EpisodeShape shape) {
        return new StrictRules(Set.of(QuestionType.SINGLE_VERIFY), shape, 0, Set.of(), apart, Concepts.standard());
    }

    /** How many outcomes each way of a task about such questions is asked with: yes and no, say. */
    public static int outcomes(QuestionType type) {
        return TaskKind.of(type).outcomes().size();
    }

    public StrictRules withTypes(Set<QuestionType> some) {
        return new StrictRules(some, shape, minClassSize, excludedTemplates, apart, concepts);
    }

    public StrictRules withMinClassSize(int size) {
        return new StrictRules(types, shape, size, excludedTemplates, apart, concepts);
    }

    public StrictRules withExcludedTemplates(Set<Integer> templates) {
        return new StrictRules(types, shape, minClassSize, templates, apart, concepts);
    }

    public StrictRules withConcepts(Concepts table) {
        return new StrictRules(types, shape, minClassSize, excludedTemplates, apart, table);
    }

    public StrictRules withHeldOut(int groups) {
        return with(new Apart(apart.split, groups, apart.leftOut, apart.patientShare, apart.validation, apart.folds));
    }

    /** All that belongs to one group of attributes is for test, and half of the patients, since all there is to ask is few. */
    public StrictRules leavingOut(String group) {
        return with(new Apart(Split.GROUP, apart.heldOut, group, Apart.HALF, apart.validation, Optional.empty()));
    }

    public StrictRules withPatientShare(double share) {
        return with(new Apart(apart.split, apart.heldOut, apart.leftOut, share, apart.validation, apart.folds));
    }

    public StrictRules withValidation() {
        return with(new Apart(apart.split, apart.heldOut, apart.leftOut, apart.patientShare, true, apart.folds));
    }

    StrictRules withoutValidation() {
        return with(new Apart(apart.split, apart.heldOut, apart.leftOut, apart.patientShare, false, apart.folds));
    }

    private StrictRules with(Apart other) {
        return new StrictRules(types, shape, minClassSize, excludedTemplates, other, concepts);
    }
}
