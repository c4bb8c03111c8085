package org.einthoven.data.qa;

import java.util.Set;
import java.util.TreeSet;

/**
 * Which classes are made of a set of questions (row 14 of the reference protocol).
 *
 * @param type the question type; single-ECG types only
 * @param minClassSize items a class needs ({@code --min-class-size})
 * @param minQuestionSize items a question id of the class needs; 0 takes a class as a whole ({@code --min-question-size})
 * @param excludedTemplates templates left out ({@code --exclude-templates})
 */
public record ClassRules(QuestionType type, int minClassSize, int minQuestionSize, Set<Integer> excludedTemplates) {
    /** The templates the reference leaves out because their classes contradict others. */
    public static final Set<Integer> SEED_EXCLUDED = Set.of(17, 14, 26, 28, 4, 40, 31);

    private static final int SEED_QUESTION_SIZE = 10;

    public ClassRules {
        if (type.isComparison()) {
            throw new IllegalArgumentException("ClassRules: " + type.label() + " is not about a single ECG");
        }
        excludedTemplates = Set.copyOf(excludedTemplates);
    }

    /**
     * The reference's rules.
     *
     * @param difExp its flag {@code --dif_exp}: 0 keeps question ids with at least 10 items, 1 skips that filter
     */
    public static ClassRules seed(QuestionType type, int difExp) {
        int classSize =
                switch (type) {
                    case SINGLE_VERIFY -> 140;
                    case SINGLE_CHOOSE -> 14;
                    default -> 50;
                };
        return new ClassRules(type, classSize, difExp == 0 ? SEED_QUESTION_SIZE : 0, SEED_EXCLUDED);
    }

    public ClassRules withMinClassSize(int size) {
        return new ClassRules(type, size, minQuestionSize, excludedTemplates);
    }

    public ClassRules withMinQuestionSize(int size) {
        return new ClassRules(type, minClassSize, size, excludedTemplates);
    }

    public ClassRules withExcludedTemplates(Set<Integer> templates) {
        return new ClassRules(type, minClassSize, minQuestionSize, templates);
    }

    /** A line saying what is asked for. */
    @Override
    public String toString() {
        return type.label() + ", classes of at least " + minClassSize + " items"
                + (minQuestionSize > 0 ? ", question ids of at least " + minQuestionSize : "")
                + ", templates left out: " + (excludedTemplates.isEmpty() ? "none" : new TreeSet<>(excludedTemplates));
    }
}
