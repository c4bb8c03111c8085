package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.meta.baseline.AbnormalScorer;
import org.einthoven.meta.metrics.Observation;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

class MetaEvaluatorTest {
    private static final int WIDTH = 8;
    private static final Rng RNG = Rng.of(21);

    private final EcgQaModel model = TinyModel.of(WIDTH, new StrictForm());
    private final Params theta = model.mapper().init(RNG.split("mapper"));
    private final Blindfold blindfold = new Blindfold(MadeUpEpisodes.pool(WIDTH, 60), new int[] {20}, RNG);

    private MetaEvaluator evaluator(double rate, NonFinite policy) {
        InnerLoop inner = new InnerLoop(3, rate, MetaOrder.FIRST);
        return new MetaEvaluator(model, inner, new int[] {5}, new int[] {6}, blindfold, policy, RNG);
    }

    private static List<EncodedEpisode> episodes(int n, double strength) {
        MadeUpEpisodes made = new MadeUpEpisodes(WIDTH, strength, RNG.split("episodes"));
        List<EncodedEpisode> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(made.episode(i, 3, 3));
        }
        return all;
    }

    @Test
    void everyControlAnswersTheSameQuestions() {
        AbnormalScorer abnormal = AbnormalScorer.fit(
                List.of(
                        Rng.of(1).normal(WIDTH),
                        Rng.of(2).normal(WIDTH),
                        Rng.of(3).normal(WIDTH)),
                List.of(true, false, true));
        Map<Control, Params> trained = Map.of(
                Control.QUESTION_BLIND,
                theta,
                Control.ECG_BLIND,
                theta,
                Control.FINE_TUNED,
                theta,
                Control.UNTRAINED,
                theta,
                Control.ABNORMAL,
                abnormal.fitted());
        List<EncodedEpisode> episodes = episodes(4, 1);
        var done = new ConcurrentSkipListSet<Integer>();
        MetaEvaluator.Evaluated e = evaluator(0.1, NonFinite.FAIL)
                .evaluate(theta, trained, new TreeSet<>(EnumSet.allOf(Control.class)), episodes, done::add);
        assertEquals(List.of(1, 2, 3, 4), List.copyOf(done));
        assertEquals(1 + Control.values().length, e.predictions().size());
        ResultTable table = e.table("made up", RNG); // pairs every row with ours, or fails
        assertEquals(0.5, table.row("majority").accuracy().value());
        assertTrue(table.row("majority").atChance());

        // One question everywhere: both questions about an ECG get one answer, so exactly half are right.
        Map<String, Double> byEcg = new HashMap<>();
        for (Prediction p : e.predictions().get("question_blind")) {
            Double other = byEcg.putIfAbsent(p.episode() + p.ecg(), p.probabilityYes());
            assertEquals(other == null ? p.probabilityYes() : other, p.probabilityYes(), 1e-6);
        }
        // Every ECG is asked one yes and one no, so whoever answers by the ECG alone is right once.
        assertEquals(0.5, table.row("abnormal").accuracy().value());
        assertEquals(e.predictions().get("ours"), e.predictions().get("fine_tuned"), "from the same weights");
        assertNotEquals(e.predictions().get("zero_steps"), e.predictions().get("in_context"));
        assertTrue(
                e.notes().getFirst().startsWith("in_context: episode 0: the prompt holds 15 of 18 support items"),
                e.notes().toString());
        assertNotEquals(e.predictions().get("ours"), e.predictions().get("zero_steps"));
        assertNotEquals(e.predictions().get("ours"), e.predictions().get("ecg_blind_at_test"));
        assertEquals(e.predictions().get("ours").size(), e.greedy().answers());
    }

    /** Before the first step it is the control of no step, behind the last one it is ours; each is the mean over tasks. */
    @Test
    void alongTheInnerLoopItGoesFromNoStepToOurs() {
        List<EncodedEpisode> episodes = episodes(4, 1);
        MetaEvaluator evaluator = evaluator(0.1, NonFinite.SKIP);
        MetaEvaluator.Evaluated e =
                evaluator.evaluate(theta, Map.of(), new TreeSet<>(List.of(Control.ZERO_STEPS)), episodes, i -> {});
        var done = new ConcurrentSkipListSet<Integer>();
        List<TaskTrace.Point> way = evaluator.byInnerStep(theta, episodes, done::add);
        assertEquals(List.of(1, 2, 3, 4), List.copyOf(done));
        assertEquals(
                List.of(0, 1, 2, 3),
                way.stream().map(TaskTrace.Point::innerStep).toList());
        assertEquals(accuracy(e, "zero_steps"), way.getFirst().measures().get("accuracy"), 1e-12);
        assertEquals(accuracy(e, "ours"), way.getLast().measures().get("accuracy"), 1e-12);
        assertEquals(
                e.greedy().measures().get("exact_match"),
                way.getLast().measures().get("exact_match"),
                1e-12);
        assertNotEquals(way.getFirst().loss(), way.getLast().loss());
        assertEquals(List.of(), evaluator(1e38, NonFinite.SKIP).byInnerStep(theta, episodes, i -> {}));
        assertThrows(
                NonFiniteException.class, () -> evaluator(1e38, NonFinite.FAIL).byInnerStep(theta, episodes, i -> {}));
    }

    private static double accuracy(MetaEvaluator.Evaluated e, String row) {
        return e.picks().get(row).stream().mapToDouble(Pick::score).average().orElseThrow();
    }

    @Test
    void aTrainedControlNeedsItsWeights() {
        var failure = assertThrows(IllegalArgumentException.class, () -> evaluator(0.1, NonFinite.FAIL)
                .evaluate(theta, Map.of(), new TreeSet<>(List.of(Control.ECG_BLIND)), episodes(1, 1), i -> {}));
        assertTrue(failure.getMessage().contains("ecg_blind"), failure.getMessage());
    }

    @Test
    void anAdaptationThatDivergesIsNamed() {
        List<EncodedEpisode> one = episodes(1, 1);
        var none = new TreeSet<Control>();
        var failure = assertThrows(NonFiniteException.class, () -> evaluator(1e38, NonFinite.FAIL)
                .evaluate(theta, Map.of(), none, one, i -> {}));
        assertTrue(failure.getMessage().startsWith("episode 0: "), failure.getMessage());
        MetaEvaluator.Evaluated e = evaluator(1e38, NonFinite.SKIP).evaluate(theta, Map.of(), none, one, i -> {});
        assertTrue(
                e.notes().getFirst().startsWith("ours: episode 0: "), e.notes().toString());
    }

    /** Meta-training on tasks that can be learnt must pay: the loss after adaptation falls, exactly and in first order. */
    @Test
    void metaTrainingLowersTheQueryLossAfterAdaptation() {
        for (MetaOrder order : MetaOrder.values()) {
            Maml maml = new Maml(new InnerLoop(2, 0.1, order), MetaObjective.LAST);
            AdamW adam = AdamW.of(0.01);
            Params w = theta;
            OptimiserState state = OptimiserState.start();
            List<EcgQaTask> tasks =
                    episodes(8, 1.5).stream().map(e -> new EcgQaTask(model, e)).toList();
            double before = maml.gradient(w, tasks).loss();
            for (int step = 0; step < 12; step++) {
                var next = adam.step(
                        w, maml.gradient(w, List.of(tasks.get(step % 8))).clipped(1), state);
                w = next.theta();
                state = next.state();
            }
            double after = maml.gradient(w, tasks).loss();
            assertTrue(after < before - 0.1, order + ": from " + before + " to " + after + " with seed 21");
        }
    }

    /** The reference's metric on answers of a BOS and one word; its dropout stays on, and draws the same each time. */
    @Test
    void theReferencesEvaluation() {
        EcgQaModel seed = TinyModel.of(WIDTH, new SeedForm(4, 4, 2));
        List<EncodedEpisode> withBos =
                episodes(3, 1).stream().map(MetaEvaluatorTest::withBos).toList();
        SeedEvaluator evaluator =
                new SeedEvaluator(seed, new InnerLoop(4, 0.1, MetaOrder.FIRST), new Dropout(0.5), blindfold, RNG);
        SeedEvaluator.Evaluated e = evaluator.evaluate(theta, withBos, i -> {});
        assertEquals(5, e.byInnerStep().size());
        assertEquals(0.75, e.tokenAccuracy().row("majority").accuracy().value(), 1e-12);
        assertEquals(0.5, e.exactMatch().row("majority").accuracy().value(), 1e-12);
        assertFalse(e.tokenAccuracy().row("ours").atChance());
        assertEquals(
                e.tokenAccuracy().row("ours").accuracy().value(),
                evaluator
                        .evaluate(theta, withBos, i -> {})
                        .tokenAccuracy()
                        .row("ours")
                        .accuracy()
                        .value());
        assertTrue(e.byInnerStep().getLast().measures().containsKey("token_accuracy"));
        List<Double> byToken =
                e.answers().stream().map(a -> a.score().tokenAccuracy()).toList();
        assertEquals(
                e.scores().get("ours").tokens().stream().map(Observation::value).toList(), byToken);
        assertEquals(
                byToken.subList(2, 4),
                e.at(List.of(2, 3)).scores().get("ours").tokens().stream()
                        .map(Observation::value)
                        .toList());
    }

    /** One task that diverges must not cost the others their evaluation: it is answered as it stands, and named. */
    @Test
    void theReferencesEvaluationNamesWhatDiverges() {
        EcgQaModel seed = TinyModel.of(WIDTH, new SeedForm(4, 4, 2));
        List<EncodedEpisode> withBos =
                episodes(2, 1).stream().map(MetaEvaluatorTest::withBos).toList();
        SeedEvaluator.Evaluated e = new SeedEvaluator(
                        seed, new InnerLoop(3, 1e38, MetaOrder.FIRST), new Dropout(0.5), blindfold, RNG)
                .evaluate(theta, withBos, i -> {});
        assertEquals(4, e.notes().size(), "ours and shuffled labels, of both tasks");
        assertTrue(
                e.notes().getFirst().startsWith("ours: episode 0: "), e.notes().toString());
        assertTrue(
                e.notes().getLast().endsWith("answered without adaptation"),
                e.notes().toString());
        assertEquals(List.of(), e.byInnerStep());
        assertEquals(
                e.scores().get("zero_steps").tokens().size(),
                e.scores().get("ours").tokens().size());
    }

    private static EncodedEpisode withBos(EncodedEpisode e) {
        return new EncodedEpisode(e.name(), withBos(e.support()), withBos(e.query()));
    }

    private static List<EncodedEpisode.Item> withBos(List<EncodedEpisode.Item> items) {
        return items.stream()
                .map(i -> new EncodedEpisode.Item(
                        i.attribute(),
                        i.concept(),
                        i.patient(),
                        i.ecg(),
                        i.vector(),
                        i.question(),
                        new int[] {1, i.answer()[0]},
                        i.answerText()))
                .toList();
    }
}
