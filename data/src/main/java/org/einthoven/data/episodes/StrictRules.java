package org.einthoven.data.episodes;

import java.util.Set;
import org.einthoven.data.qa.QuestionType;

/**
 * How strict tasks are cut.
 *
 * @param types the question types; with several, tasks of each in turn
 * @param split what must not stand on both sides
 * @param shape N, K, Q
 * @param minClassSize items an attribute needs, both answers together ({@code --min-class-size}); it needs K + Q of each anyway
 * @param excludedTemplates templates left out ({@code --exclude-templates})
 * @param heldOut groups on the test side; 0 for the protocol's max(N, 20 %)
 * @param leftOut in a split by group: the one on the test side ({@code --leave-out}); empty for as many as {@code heldOut} says, drawn
 * @param patientShare share of the patients on the test side
 * @param validation whether groups and patients are also set apart for meta-validation, as many again as for test
 * @param concepts which attributes are one thing
 */
public record StrictRules(
        Set<QuestionType> types,
        Split split,
        EpisodeShape shape,
        int minClassSize,
        Set<Integer> excludedTemplates,
        int heldOut,
        String leftOut,
        double patientShare,
        boolean validation,
        Concepts concepts) {

    private static final double HALF = 0.5;

    public StrictRules {
        types = Set.copyOf(types);
        if (types.isEmpty()) {
            throw new IllegalArgumentException("StrictRules: no question type");
        }
        excludedTemplates = Set.copyOf(excludedTemplates);
        if (!leftOut.isEmpty() && split != Split.GROUP) {
            throw new IllegalArgumentException("StrictRules: a group is left out in a split by group only: " + leftOut);
        }
        if (!(patientShare > 0 && patientShare < 1)) {
            throw new IllegalArgumentException(
                    "StrictRules: the share of test patients must lie between 0 and 1: " + patientShare);
        }
    }

    /** The protocol's rules for yes-no questions: a fifth of the groups and of the patients for test, no template left out. */
    public static StrictRules of(Split split, EpisodeShape shape) {
        return new StrictRules(
                Set.of(QuestionType.SINGLE_VERIFY), split, shape, 0, Set.of(), 0, "", 0.2, false, Concepts.standard());
    }

    /** How many outcomes each way of a task about such questions is asked with: yes and no, say. */
    public static int outcomes(QuestionType type) {
        return TaskKind.of(type).outcomes().size();
    }

    public StrictRules withTypes(Set<QuestionType> some) {
        return new StrictRules(
                some,
                split,
                shape,
                minClassSize,
                excludedTemplates,
                heldOut,
                leftOut,
                patientShare,
                validation,
                concepts);
    }

    public StrictRules withMinClassSize(int size) {
        return new StrictRules(
                types, split, shape, size, excludedTemplates, heldOut, leftOut, patientShare, validation, concepts);
    }

    public StrictRules withExcludedTemplates(Set<Integer> templates) {
        return new StrictRules(
                types, split, shape, minClassSize, templates, heldOut, leftOut, patientShare, validation, concepts);
    }

    public StrictRules withHeldOut(int groups) {
        return new StrictRules(
                types,
                split,
                shape,
                minClassSize,
                excludedTemplates,
                groups,
                leftOut,
                patientShare,
                validation,
                concepts);
    }

    /** All that belongs to one group of attributes is for test, and half of the patients, since all there is to ask is few. */
    public StrictRules leavingOut(String group) {
        return new StrictRules(
                types, Split.GROUP, shape, minClassSize, excludedTemplates, heldOut, group, HALF, validation, concepts);
    }

    public StrictRules withPatientShare(double share) {
        return new StrictRules(
                types, split, shape, minClassSize, excludedTemplates, heldOut, leftOut, share, validation, concepts);
    }

    public StrictRules withConcepts(Concepts table) {
        return new StrictRules(
                types,
                split,
                shape,
                minClassSize,
                excludedTemplates,
                heldOut,
                leftOut,
                patientShare,
                validation,
                table);
    }

    public StrictRules withValidation() {
        return new StrictRules(
                types, split, shape, minClassSize, excludedTemplates, heldOut, leftOut, patientShare, true, concepts);
    }
}
