package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

/**
 * A seed means the same tasks from one version to the next: long studies go on where they were stopped. Whoever changes what is
 * drawn on purpose says so, and puts the new number here.
 */
class TaskBitsTest {
    private static final SyntheticCohort COHORT =
            SyntheticCohort.of(800, Difficulty.STANDARD.withCompany(0.8), Rng.of(7));

    private static String bits(EcgQa qa, QuestionType type, int ways, int shots) {
        StrictRules rules = StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(ways, shots, 2))
                .withTypes(Set.of(type))
                .withPatientShare(0.5)
                .withConcepts(SyntheticCohort.concepts());
        EpisodePlan plan = StrictEpisodes.plan(qa, rules, COHORT::patient, Rng.of(222));
        CRC32 sum = new CRC32();
        for (EpisodeSampler side :
                List.of(plan.train(), plan.test(), plan.seen().orElseThrow())) {
            for (int i = 0; i < 10; i++) {
                Episode episode = side.sample(Rng.of(222).split("bits"), i);
                for (List<Shot> half : List.of(episode.support(), episode.query())) {
                    for (Shot s : half) {
                        String text = s.item().ecgId() + "|" + s.item().question() + "|"
                                + s.item().answerText() + "|" + s.way() + "|" + s.attribute() + "|" + s.concept() + "|"
                                + s.options() + "\n";
                        sum.update(text.getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return Long.toHexString(sum.getValue());
    }

    @Test
    void verify() {
        assertEquals("6dbe2f81", bits(COHORT.questions(), QuestionType.SINGLE_VERIFY, 5, 3));
    }

    @Test
    void query() {
        EcgQa queries = COHORT.queries(EnumSet.allOf(Finding.class));
        assertEquals("b2a44e21", bits(queries, QuestionType.SINGLE_QUERY, 4, 2));
    }

    @Test
    void chooseOfTwoPairs() {
        EcgQa choices = COHORT.choices(EnumSet.allOf(Finding.class), 1);
        assertEquals("a834d68", bits(choices, QuestionType.SINGLE_CHOOSE, 2, 1));
    }
}
