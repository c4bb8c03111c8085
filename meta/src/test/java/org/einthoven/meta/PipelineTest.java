package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.meta.metrics.AnswerTokens;
import org.einthoven.meta.metrics.TokenScore;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The episode of the end-to-end reference, behind the encoder: the mapper and the language model that ship, adapted by the
 * inner loop that ships, all in F64.
 */
class PipelineTest {
    private static final int HEADS = 8;

    /** Of the differences: along 1e-3 the kinks of the mapper's leaky ReLU are met, below 1e-6 rounding is. */
    private static final double STEP = 1e-5;

    /** The case, its model, its task. */
    private record Episode(Golden golden, EcgQaTask task, Params theta, InnerLoop inner) {
        static Episode open(boolean strict, MetaOrder order) throws Exception {
            Golden g = Golden.open(Golden.root().resolve("F_pipeline/seed_pipeline"));
            Params theta = g.parameters("");
            Tensor prefix = theta.get("vars.0");
            int pad = g.attr("eos").asInt();
            FrozenLlm llm;
            try (Llm file =
                    Llm.open(g.folder().resolve(g.attr("llm").asString()).normalize())) {
                llm = new FrozenLlm(file.model(), file.weights().cast(DType.F64));
            }
            AttentionMapper mapper = new AttentionMapper(
                    prefix.dim(1), llm.width(), prefix.dim(0), HEADS, AttentionMapper.ScoreScale.FULL_WIDTH);
            int length = g.attr("seq_len").asInt();
            EcgQaModel model =
                    new EcgQaModel(mapper, llm, strict ? new StrictForm() : new SeedForm(length, length, pad));
            EncodedEpisode e = new EncodedEpisode("the episode", items(g, "spt", pad), items(g, "qry", pad));
            InnerLoop inner = new InnerLoop(
                    g.attr("update_step").asInt(), g.attr("update_lr").asDouble(), order);
            return new Episode(g, new EcgQaTask(model, e), theta, inner);
        }

        private static List<EncodedEpisode.Item> items(Golden g, String side, int pad) {
            Tensor pooled = g.tensor("expected", side + ".pooled");
            List<EncodedEpisode.Item> items = new ArrayList<>();
            for (int i = 0; i < pooled.dim(0); i++) {
                int[] answer = g.tensor("inputs", side + ".a").select(0, i).toInts();
                int tokens =
                        (int) Arrays.stream(answer).takeWhile(id -> id != pad).count();
                items.add(new EncodedEpisode.Item(
                        "attribute",
                        "concept",
                        "patient " + i,
                        "ecg " + i,
                        pooled.select(0, i),
                        g.tensor("inputs", side + ".q").select(0, i).toInts(),
                        Arrays.copyOf(answer, tokens),
                        "yes"));
            }
            return items;
        }
    }

    @Test
    void theEpisodeOfTheReference() throws Exception {
        Episode e = Episode.open(false, MetaOrder.SECOND);
        Golden g = e.golden;
        List<Params> way = e.inner.adapt(e.task, e.theta, Rng.of(0)).weights();
        g.check("expected", "spt.loss", e.task.supportLoss(e.theta, Rng.of(0)).item());
        g.check(
                "expected",
                "losses_q",
                way.stream()
                        .mapToDouble(w -> e.task.query(w, Rng.of(0)).loss().item())
                        .toArray());
        way.getLast().forEach((path, w) -> g.check("expected", "fast3." + path, w));
        TokenScore score = e.task.answered(way.getLast(), Rng.of(0)).stream()
                .map(AnswerTokens::score)
                .reduce(TokenScore.NONE, TokenScore::and);
        int[] gold = g.tensor("expected", "qry.answer_tokens").toInts();
        int[] predicted = g.tensor("expected", "qry.pred_tokens_after_3").toInts();
        assertEquals(TokenScore.of(gold, predicted).right(), score.right());
        assertEquals(gold.length, score.tokens());
        assertEquals(
                g.index()
                        .get("expected")
                        .get("qry.correct_after_3")
                        .get("value")
                        .asInt(),
                score.right());
    }

    /** The gradient that no one else computes: second order, through adaptation, mapper and language model. */
    @Test
    void theSecondOrderMetaGradientAgreesWithDifferences() throws Exception {
        for (boolean strict : new boolean[] {false, true}) {
            Episode e = Episode.open(strict, MetaOrder.SECOND);
            Maml maml = new Maml(e.inner, new MetaObjective.MeanFrom(2));
            Params gradient = maml.gradient(e.theta, List.of(e.task)).gradient();
            Rng rng = Rng.of(11);
            for (int i = 0; i < 3; i++) {
                Rng draw = rng.split(i);
                Params direction = unit(e.theta, draw);
                double analytic = dot(gradient, direction);
                double numeric =
                        difference(h -> loss(maml, e, e.theta.zip(direction, (w, v) -> w.add(v.mul(h)))), STEP);
                assertEquals(
                        1, analytic / numeric, 1e-6, "direction " + i + " of seed 11, " + analytic + " and " + numeric);
            }
        }
    }

    /** The same differences tell the first-order gradient from the exact one, so they can fail. */
    @Test
    void theFirstOrderMetaGradientDiffers() throws Exception {
        Episode e = Episode.open(false, MetaOrder.FIRST);
        Maml maml = new Maml(e.inner, new MetaObjective.MeanFrom(2));
        Params direction = unit(e.theta, Rng.of(11).split(0));
        double analytic = dot(maml.gradient(e.theta, List.of(e.task)).gradient(), direction);
        double numeric = difference(h -> loss(maml, e, e.theta.zip(direction, (w, v) -> w.add(v.mul(h)))), STEP);
        assertEquals(true, Math.abs(analytic / numeric - 1) > 1e-4, analytic + " and " + numeric);
    }

    private static double loss(Maml maml, Episode e, Params theta) {
        List<Params> way = e.inner.adapt(e.task, theta.detach(), Rng.of(0)).weights();
        double[] weight = maml.objective().weights(e.inner.steps());
        double sum = 0;
        for (int k = 0; k < weight.length; k++) {
            sum += weight[k] == 0
                    ? 0
                    : weight[k] * e.task.query(way.get(k), Rng.of(0)).loss().item();
        }
        return sum;
    }

    /** Five-point central difference, of error h^4. */
    private static double difference(DoubleUnaryOperator f, double h) {
        return (f.applyAsDouble(-2 * h) - 8 * f.applyAsDouble(-h) + 8 * f.applyAsDouble(h) - f.applyAsDouble(2 * h))
                / (12 * h);
    }

    private static Params unit(Params like, Rng rng) {
        int[] i = {0};
        Params v = like.map(w -> rng.split(i[0]++).normal64(w.shape().toArray()));
        double norm = Math.sqrt(dot(v, v));
        return v.map(t -> t.div(norm));
    }

    private static double dot(Params a, Params b) {
        double[] sum = {0};
        a.zip(b, (x, y) -> {
            sum[0] += x.mul(y).sum().item();
            return x;
        });
        return sum[0];
    }
}
