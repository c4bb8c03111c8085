package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.einthoven.autograd.Params;
import org.einthoven.meta.baseline.Baseline;
import org.einthoven.meta.baseline.Majority;
import org.einthoven.meta.baseline.Prototypes;
import org.einthoven.meta.baseline.RidgeRegression;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Tasks whose answers are picked from more than yes and no. */
class OptionTasksTest {
    private static final int WIDTH = 8;
    private static final Rng RNG = Rng.of(31);
    private static final List<EncodedEpisode.Option> ANSWERS = List.of(
            new EncodedEpisode.Option("flutter", new int[] {5}),
            new EncodedEpisode.Option("pause", new int[] {6}),
            new EncodedEpisode.Option("normal", new int[] {7, 8}));

    /** One question, three answers; answer c stands in feature c. */
    private static EncodedEpisode query(long index, double strength) {
        RandomGenerator random = RNG.split(index).stream();
        return new EncodedEpisode(
                "episode " + index, items(index, "s", strength, random), items(index, "q", strength, random));
    }

    private static List<EncodedEpisode.Item> items(long index, String side, double strength, RandomGenerator random) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            int c = i % 3;
            float[] v = new float[WIDTH];
            for (int j = 0; j < WIDTH; j++) {
                v[j] = (float) (random.nextGaussian() + (j == c ? strength : 0));
            }
            EncodedEpisode.Option own = ANSWERS.get(c);
            items.add(new EncodedEpisode.Item(
                    own.text(),
                    own.text(),
                    "patient " + index + side + i,
                    index + side + i,
                    Tensor.of(v, WIDTH),
                    new int[] {10},
                    own.tokens(),
                    own.text(),
                    ANSWERS,
                    List.of()));
        }
        return items;
    }

    @Test
    void baselinesPickAmongSeveral() {
        for (Baseline b : List.of(new RidgeRegression(), new Prototypes())) {
            assertTrue(accuracy(b, 3) > 0.8, b.name());
            assertEquals(1.0 / 3, accuracy(b, 0), 0.06, b.name());
        }
        assertEquals(1.0 / 3, accuracy(new Majority(), 3), 1e-12);
    }

    private static double accuracy(Baseline b, double strength) {
        List<Pick> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.addAll(b.pick(query(i, strength)));
        }
        return all.stream().mapToDouble(Pick::score).average().orElseThrow();
    }

    @Test
    void controlsThatMeanNothingAreLeftOut() {
        EcgQaModel model = TinyModel.of(WIDTH, new StrictForm());
        Params theta = model.mapper().init(RNG.split("mapper"));
        Blindfold blindfold = new Blindfold(MadeUpEpisodes.pool(WIDTH, 60), new int[] {20}, RNG);
        MetaEvaluator evaluator = new MetaEvaluator(
                model,
                new InnerLoop(3, 0.1, MetaOrder.FIRST),
                new int[] {3},
                new int[] {4},
                blindfold,
                NonFinite.FAIL,
                RNG);
        Map<Control, Params> trained = Map.of(
                Control.QUESTION_BLIND,
                theta,
                Control.ECG_BLIND,
                theta,
                Control.UNTRAINED,
                theta,
                Control.FINE_TUNED,
                theta,
                Control.ABNORMAL,
                theta);
        MetaEvaluator.Evaluated e = evaluator.evaluate(
                theta,
                trained,
                new TreeSet<>(EnumSet.allOf(Control.class)),
                List.of(query(1, 2), query(2, 2)),
                i -> {});
        assertFalse(e.isYesNo());
        assertFalse(e.picks().containsKey("question_blind"), "the question tells nothing anyway");
        assertFalse(e.picks().containsKey("abnormal"), "neither yes nor no");
        assertTrue(e.picks().keySet().containsAll(List.of("ours", "ecg_blind", "majority", "ridge", "in_context")));
        assertEquals(1.0 / 3, e.chance());
        ResultTable table = e.table("three answers", RNG);
        assertEquals(1.0 / 3, table.chance());
        assertEquals(1.0 / 3, table.row("majority").accuracy().value(), 1e-12);
        for (Pick p : e.picks().get("ours")) {
            assertEquals(List.of("flutter", "pause", "normal"), p.options());
            assertEquals(1, p.probabilities().stream().mapToDouble(x -> x).sum(), 1e-9);
        }
    }

    /** Of two attributes: their names in the answers would tell a question-blind learner what was asked. */
    @Test
    void theNamesOfTheOptionsAreHiddenWithTheQuestion() {
        List<EncodedEpisode.Option> named = List.of(
                new EncodedEpisode.Option("noise", new int[] {1}),
                new EncodedEpisode.Option("drift", new int[] {2}),
                new EncodedEpisode.Option("both", new int[] {3}),
                new EncodedEpisode.Option("none", new int[] {4}));
        List<EncodedEpisode.Option> unnamed = List.of(
                new EncodedEpisode.Option("first", new int[] {5}),
                new EncodedEpisode.Option("second", new int[] {6}),
                named.get(2),
                named.get(3));
        EncodedEpisode.Item item = new EncodedEpisode.Item(
                "drift or noise",
                "noise",
                "p",
                "1",
                Rng.of(1).normal(WIDTH),
                new int[] {9},
                new int[] {2},
                "drift",
                named,
                unnamed);
        EncodedEpisode.Item other = new EncodedEpisode.Item(
                "flutter or pause",
                "rhythm",
                "q",
                "2",
                Rng.of(1).normal(WIDTH),
                new int[] {8},
                new int[] {7},
                "flutter",
                List.of(
                        new EncodedEpisode.Option("flutter", new int[] {7}),
                        new EncodedEpisode.Option("pause", new int[] {8}),
                        named.get(2),
                        named.get(3)),
                unnamed);
        EncodedEpisode e = new EncodedEpisode("episode 1", List.of(item, other), List.of(item, other));
        EncodedEpisode.Item blind = e.questionBlind(new int[] {20}).query().getFirst();
        assertEquals("second", blind.answerText());
        assertArrayEquals(new int[] {6}, blind.answer());
        assertEquals(item.gold(), blind.gold());
        List<Double> any = List.of(0.1, 0.2, 0.3, 0.4);
        assertEquals(
                item.picked("e", any).scored().question(),
                blind.picked("e", any).scored().question(),
                "paired with ours");
        assertTrue(Control.QUESTION_BLIND.appliesTo(e));
        assertFalse(Control.ABNORMAL.appliesTo(e));
        for (int seed = 0; seed < 20; seed++) {
            for (EncodedEpisode.Item i : e.shuffledLabels(Rng.of(seed)).support()) {
                assertTrue(i.gold() >= 0, "an outcome of its own pair: " + i.answerText());
            }
        }
    }
}
