package org.einthoven.data.qa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.einthoven.data.RealData;
import org.junit.jupiter.api.Test;

/** Rows 12 to 14 of the reference protocol. */
class TaskClassesTest {

    private static QaItem item(
            int template, int question, QuestionType type, List<String> answer, String... attributes) {
        return new QaItem(template, question, 1, type, "scp_code", "?", answer, List.of(1), List.of(attributes));
    }

    @Test
    void verifyKeys() {
        assertEquals(
                List.of("3_a_b_yes"),
                TaskClasses.keys(item(3, 1, QuestionType.SINGLE_VERIFY, List.of("yes"), "b", "a")));
        assertEquals(List.of(), TaskClasses.keys(item(3, 1, QuestionType.SINGLE_VERIFY, List.of("not sure"), "a")));
    }

    @Test
    void chooseKeys() {
        QuestionType choose = QuestionType.SINGLE_CHOOSE;
        assertEquals(List.of("5_a_a"), TaskClasses.keys(item(5, 1, choose, List.of("a"), "b", "a")));
        assertEquals(List.of("5_b_none", "5_a_none"), TaskClasses.keys(item(5, 1, choose, List.of("none"), "b", "a")));
        assertEquals(List.of("5_a_b_both"), TaskClasses.keys(item(5, 1, choose, List.of("b", "a"), "b", "a")));
    }

    @Test
    void queryKeys() {
        assertEquals(
                List.of("7_a_b_c_c, a"),
                TaskClasses.keys(item(7, 1, QuestionType.SINGLE_QUERY, List.of("c", "a"), "b", "a", "c")));
    }

    @Test
    void thresholdsAndWhatTheyDrop() {
        List<QaItem> items = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            items.add(item(1, i % 4, QuestionType.SINGLE_VERIFY, List.of("yes"), "a"));
            items.add(item(1, 7, QuestionType.SINGLE_VERIFY, List.of(i < 9 ? "no" : "not sure"), "a"));
            items.add(item(17, 7, QuestionType.SINGLE_VERIFY, List.of("no"), "b"));
        }
        EcgQa qa = new EcgQa("test", items, List.of());
        ClassRules rules = ClassRules.seed(QuestionType.SINGLE_VERIFY, 1);
        assertEquals(140, rules.minClassSize());
        assertEquals(Set.of(), TaskClasses.of(qa, rules).classes().keySet());
        TaskClasses ten = TaskClasses.of(qa, rules.withMinClassSize(10));
        assertEquals(Set.of("1_a_yes"), ten.classes().keySet());
        assertEquals(1, ten.classes().get("1_a_yes").groups().size());
        assertEquals(
                List.of(
                        "template 17: 12 items, left out by --exclude-templates",
                        "3 items answered neither yes nor no, reported apart and never merged",
                        "1_a_no: 9 items, --min-class-size is 10"),
                ten.dropped());
        TaskClasses same = TaskClasses.of(
                qa,
                ClassRules.seed(QuestionType.SINGLE_VERIFY, 0)
                        .withMinClassSize(5)
                        .withMinQuestionSize(4));
        assertEquals(Set.of("1_a_no"), same.classes().keySet(), "question ids of 3 are filtered out");
    }

    /** The data page says which classes the seed's rules leave on the shards that are there. */
    @Test
    void theSeedsClassesOfThePublishedShards() {
        EcgQa qa = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "paraphrased"));
        TreeMap<String, Integer> sizes = new TreeMap<>();
        TaskClasses.of(qa, ClassRules.seed(QuestionType.SINGLE_VERIFY, 1))
                .classes()
                .forEach((key, c) -> sizes.put(key, c.size()));
        assertEquals("{27_baseline drift_no=200, 27_burst noise_no=200, 27_static noise_no=200}", sizes.toString());
    }

    @Test
    void chooseAndQueryOfRealItems() {
        EcgQa qa = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "other_question_types.json"));
        ClassRules choose = ClassRules.seed(QuestionType.SINGLE_CHOOSE, 1)
                .withMinClassSize(1)
                .withExcludedTemplates(Set.of());
        assertTrue(TaskClasses.of(qa, choose).classes().containsKey("31_baseline drift_static noise_both"));
        ClassRules query = ClassRules.seed(QuestionType.SINGLE_QUERY, 1).withMinClassSize(1);
        TaskClasses classes = TaskClasses.of(qa, query);
        assertTrue(classes.classes()
                .containsKey(
                        "32_baseline drift_burst noise_electrodes problems_static noise_baseline drift, static noise"));
    }
}
