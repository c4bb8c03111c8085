package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.Shot;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EpisodeEncoderTest {
    private final Tensor vector = Rng.of(1).normal(4);
    private final VectorPool pool = new VectorPool(Map.of(7, vector), Map.of(7, "patient 3"));
    private final EpisodeEncoder encoder =
            new EpisodeEncoder(pool, q -> SeedPrompt.LABELLED.word(q).chars().toArray(), a -> a.chars()
                    .toArray());

    @Test
    void itemsKeepWhatStatisticsNeed() {
        EncodedEpisode e = encoder.encode(new Episode(12, List.of("noise"), List.of(shot(7)), List.of(shot(7))));
        EncodedEpisode.Item i = e.query().getFirst();
        assertEquals("episode 12", e.name());
        assertSame(vector, i.vector());
        assertArrayEquals("Question: is there noise?Answer: ".chars().toArray(), i.question());
        assertArrayEquals("yes".chars().toArray(), i.answer());
        assertTrue(i.isYes());
        assertEquals(
                List.of("static noise", "noise", "patient 3", "7"),
                List.of(i.attribute(), i.concept(), i.patient(), i.ecg()));
    }

    @Test
    void theOptionsOfAPairAreNamedAndUnnamed() {
        QaItem item = new QaItem(
                1,
                2,
                3,
                QuestionType.SINGLE_CHOOSE,
                "noise",
                "Which, Static Noise or Drift?",
                List.of("Drift"),
                List.of(7),
                List.of("Static Noise", "Drift"));
        Shot choose = new Shot(
                item,
                0,
                "Drift or Static Noise",
                "noise",
                "patient 3",
                List.of("Drift", "Static Noise", "both", "none"));
        EncodedEpisode.Item i = encoder.encode(new Episode(1, List.of("x"), List.of(choose), List.of(choose)))
                .query()
                .getFirst();
        assertEquals(List.of("drift", "static noise", "both", "none"), i.optionTexts());
        assertEquals(0, i.gold());
        assertEquals("first", i.unnamed().get(i.gold()).text());
        assertArrayEquals("drift".chars().toArray(), i.options().getFirst().tokens());
    }

    /** Each ECG has a prefix of its own, one behind the other. */
    @Test
    void twoEcgsThatAreComparedStayTwo() {
        Tensor other = Rng.of(2).normal(4);
        EpisodeEncoder two = new EpisodeEncoder(
                new VectorPool(Map.of(7, vector, 8, other), Map.of(7, "p", 8, "q")),
                encoder.question(),
                encoder.answer());
        QaItem item = new QaItem(
                44,
                2,
                3,
                QuestionType.CONSECUTIVE_VERIFY,
                "noise",
                "new noise?",
                List.of("yes"),
                List.of(7, 8),
                List.of());
        Shot shot = new Shot(item, 0, "noise", "noise", "p and q", List.of("yes", "no"));
        EncodedEpisode e = two.encode(new Episode(1, List.of("x"), List.of(shot), List.of(shot)));
        EncodedEpisode.Item i = e.query().getFirst();
        assertEquals("7 and 8", i.ecg());
        assertTrue(i.isComparison());
        assertArrayEquals(new int[] {2, 1, 4}, i.vector().shape().toArray());
        assertArrayEquals(
                other.toFloats(), i.pooled().slice(0, 4, 8).contiguous().toFloats());
        EcgQaModel model = TinyModel.of(4, new StrictForm());
        Params theta = model.mapper().init(Rng.of(3));
        Tensor both = model.prefix(theta, EcgQaTask.vectors(e.query())); // [1, 2 P, D]
        int p = model.mapper().prefixLength();
        assertArrayEquals(
                model.prefix(theta, vector.unsqueeze(0)).toFloats(),
                both.slice(1, 0, p).contiguous().toFloats(),
                1e-6f);
        assertArrayEquals(
                model.prefix(theta, other.unsqueeze(0)).toFloats(),
                both.slice(1, p, 2 * p).contiguous().toFloats(),
                1e-6f);
        EncodedEpisode blind = e.ecgBlind(MadeUpEpisodes.pool(4, 9), Rng.of(4));
        assertArrayEquals(
                new int[] {2, 1, 4}, blind.query().getFirst().vector().shape().toArray());
    }

    @Test
    void anEcgThatWasNotEncodedIsNamed() {
        Episode e = new Episode(0, List.of("noise"), List.of(shot(7)), List.of(shot(8)));
        assertTrue(assertThrows(FormatException.class, () -> encoder.encode(e))
                .getMessage()
                .startsWith("ECG 8: vector"));
    }

    @Test
    void promptsAreThoseOfTheReference() {
        assertEquals("is there noise?", SeedPrompt.of(2).word("Is there NOISE?"));
        assertEquals(
                "is there noise?the answer can be both, none or in question.",
                SeedPrompt.of(3).word("Is there noise?"));
        assertThrows(IllegalArgumentException.class, () -> SeedPrompt.of(4));
    }

    private static Shot shot(int ecg) {
        QaItem item = new QaItem(
                1,
                2,
                3,
                QuestionType.SINGLE_VERIFY,
                "noise",
                "Is there noise?",
                List.of("Yes"),
                List.of(ecg),
                List.of("static noise"));
        return new Shot(item, 0, "static noise", "noise", "patient 3", List.of("yes", "no"));
    }
}
