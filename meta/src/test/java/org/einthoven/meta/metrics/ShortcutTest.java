package org.einthoven.meta.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ShortcutTest {
    private static Answer asked(String task, int item, String question, String ecg, String gold) {
        return new Answer(
                task,
                "" + item,
                question,
                question,
                question,
                "p" + item,
                ecg,
                Answer.parts(gold),
                Answer.parts("?"),
                List.of("yes", "no"),
                List.of());
    }

    private static List<Double> scores(Shortcut s, List<Answer> answers, List<Shortcut.Shown> shown) {
        return s.score(answers, shown).stream().map(Observation::value).toList();
    }

    @Test
    void theMajorityIsOfTheSupportSetWhereThatIsKnown() {
        List<Answer> answers =
                List.of(asked("t", 0, "q", "1", "yes"), asked("t", 1, "q", "2", "yes"), asked("t", 2, "q", "3", "no"));
        assertEquals(List.of(1.0, 1.0, 0.0), scores(Shortcut.MAJORITY, answers, List.of()));
        List<Shortcut.Shown> no = List.of(new Shortcut.Shown("t", "q", "", Answer.parts("no")));
        assertEquals(List.of(0.0, 0.0, 1.0), scores(Shortcut.MAJORITY, answers, no));
        List<Shortcut.Shown> even = List.of(no.getFirst(), new Shortcut.Shown("t", "q", "", Answer.parts("yes")));
        assertEquals(List.of(0.5, 0.5, 0.5), scores(Shortcut.MAJORITY, answers, even));
    }

    @Test
    void whatTheQuestionAloneTellsIsLearntElsewhere() {
        List<Answer> answers = List.of(
                asked("t", 0, "noise?", "1", "yes"),
                asked("t", 1, "block?", "2", "no"),
                asked("u", 2, "noise?", "3", "yes"),
                asked("u", 3, "block?", "4", "yes"));
        // noise? is yes in the other task each time; block? is answered otherwise there.
        assertEquals(List.of(1.0, 0.0, 1.0, 0.0), scores(Shortcut.QUESTION_ONLY, answers, List.of()));
        List<Shortcut.Shown> shown = List.of(new Shortcut.Shown("t", "block?", "", Answer.parts("no")));
        assertEquals(1.0, scores(Shortcut.QUESTION_ONLY, answers, shown).get(1));
        // The same item in another task tells the item, not the question: the majority of the task is taken.
        List<Answer> again =
                List.of(asked("t", 0, "q", "1", "yes"), asked("t", 1, "r", "2", "no"), asked("u", 2, "q", "1", "yes"));
        assertEquals(0.5, scores(Shortcut.QUESTION_ONLY, again, List.of()).getFirst());
    }

    @Test
    void anEcgThatIsMetAgainMayTellItsAnswer() {
        List<Answer> answers =
                List.of(asked("t", 0, "q", "1", "yes"), asked("u", 1, "r", "1", "yes"), asked("u", 2, "r", "2", "no"));
        // ECG 2 is met nowhere else, so the majority of its task is taken: one of each, half right.
        assertEquals(List.of(1.0, 1.0, 0.5), scores(Shortcut.ECG_ONLY, answers, List.of()));
        List<Answer> same =
                List.of(asked("t", 0, "q", "1", "yes"), asked("t", 1, "r", "2", "no"), asked("u", 2, "q", "1", "yes"));
        assertEquals(0.5, scores(Shortcut.ECG_ONLY, same, List.of()).getFirst(), "the same attribute does not count");
        List<Answer> unknown = List.of(asked("t", 0, "q", "", "yes"));
        assertEquals(List.of(), scores(Shortcut.ECG_ONLY, unknown, List.of()));
    }

    @Test
    void theAnswerBeforeAndTheFirstOption() {
        List<Answer> answers = List.of(
                asked("t", 0, "q", "1", "yes"),
                asked("t", 1, "q", "2", "yes"),
                asked("t", 2, "q", "3", "no"),
                asked("u", 3, "q", "4", "no"));
        assertEquals(List.of(1.0, 1.0, 0.0, 1.0), scores(Shortcut.PREVIOUS_ANSWER, answers, List.of()));
        assertEquals(List.of(1.0, 1.0, 0.0, 0.0), scores(Shortcut.FIRST_OPTION, answers, List.of()));
        assertEquals(
                List.of(),
                scores(Shortcut.FIRST_OPTION, List.of(AnswerScoresTest.answer("t", 0, "a", "x", "x")), List.of()));
    }

    /** In crossed tasks with a known support set no shortcut is above chance. */
    @RepeatedTest(10)
    void crossedTasksLeaveNothing(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        List<Answer> answers = new ArrayList<>();
        List<Shortcut.Shown> shown = new ArrayList<>();
        for (int t = 0; t < 20; t++) {
            for (int i = 0; i < 8; i++) {
                String question = "q" + i % 2;
                String gold = i / 2 % 2 == 0 ? "yes" : "no"; // each question twice yes and twice no
                answers.add(asked("t" + t, i, question, "" + random.nextInt(30), gold));
                shown.add(new Shortcut.Shown("t" + t, question, "", Answer.parts(gold)));
            }
        }
        for (Shortcut s : List.of(Shortcut.MAJORITY, Shortcut.QUESTION_ONLY, Shortcut.FIRST_OPTION)) {
            assertEquals(0.5, Observation.mean(s.score(answers, shown)), 1e-12, s.key());
        }
    }
}
