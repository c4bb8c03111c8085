package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.llm.Likelihood;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcgQaModelTest {
    private static final int EOS = 2;
    private static final Llama LLAMA = new Llama(new LlmConfig(
            23,
            16,
            24,
            2,
            4,
            2,
            4,
            1e-5,
            new LlmConfig.Rotary(10000, new RopeScaling.None(), false),
            64,
            true,
            OptionalInt.of(1),
            new TreeSet<>(List.of(EOS))));
    private static final Mapper MAPPER = new AttentionMapper(6, 16, 3, 4, ScoreScale.FULL_WIDTH);
    private static final FrozenLlm LLM =
            new FrozenLlm(LLAMA, LLAMA.init(Rng.of(1)).cast(DType.F64).map(w -> w.rank() == 2 ? w.mul(12) : w));
    private static final Params THETA = MAPPER.init(Rng.of(2)).cast(DType.F64);
    private static final Tensor ECG = Rng.of(3).normal64(3, 6);
    private static final List<QaTokens> ITEMS = List.of(
            new QaTokens(new int[] {1, 7, 8, 9}, new int[] {10, EOS}),
            new QaTokens(new int[] {1, 5}, new int[] {11, 12, 13, EOS}),
            new QaTokens(new int[] {1, 7, 8}, new int[] {14}));
    private static final EcgQaModel STRICT = new EcgQaModel(MAPPER, LLM, new StrictForm());
    private static final EcgQaModel SEED = new EcgQaModel(MAPPER, LLM, new SeedForm(6, 6, EOS));

    @Test
    void theStrictFormSeesPrefixQuestionAndTheAnswerSoFar() {
        AnswerReading all = STRICT.read(THETA, ECG, ITEMS);
        assertEquals(List.of(0, 0, 1, 1, 1, 1, 2), all.rows());
        assertArrayEquals(new int[] {10, EOS, 11, 12, 13, EOS, 14}, all.labels().toInts());
        Tensor prefix = STRICT.prefix(THETA, ECG);
        for (int n = 0, place = 0; n < ITEMS.size(); n++) {
            int[] q = ITEMS.get(n).question();
            int[] a = ITEMS.get(n).answer();
            for (int i = 0; i < a.length; i++, place++) {
                int[] before = Arrays.copyOf(q, q.length + i); // alone, cut behind the token before
                System.arraycopy(a, 0, before, q.length, i);
                Tensor alone = LLAMA.logitsFromEmbeds(
                        LLM.weights(),
                        Tensor.cat(
                                1,
                                prefix.slice(0, n, n + 1),
                                LLAMA.embed(LLM.weights(), Tensor.of(before, 1, before.length))));
                assertArrayEquals(
                        alone.select(0, 0).select(0, -1).toDoubles(),
                        all.logits().select(0, place).toDoubles(),
                        1e-12);
            }
        }
    }

    @Test
    void theSeedFormSeesOneQuestionTokenForEachAnswerToken() {
        AnswerReading all = SEED.read(THETA, ECG, ITEMS);
        assertArrayEquals(new int[] {10, 11, 12, 13, 14}, all.labels().toInts(), "the end token does not count");
        Tensor whole = LLAMA.logitsFromEmbeds(
                LLM.weights(), ((SeedForm) SEED.form()).embeds(LLM, SEED.prefix(THETA, ECG), ITEMS));
        int[][] places = {{0, 2}, {1, 2}, {1, 3}, {1, 4}, {2, 2}};
        for (int i = 0; i < places.length; i++) {
            assertArrayEquals(
                    whole.select(0, places[i][0]).select(0, places[i][1]).toDoubles(),
                    all.logits().select(0, i).toDoubles(),
                    1e-12);
        }
    }

    @Test
    void logProbabilitiesAreThoseOfTheLanguageModel() {
        List<List<int[]>> options = List.of(
                List.of(new int[] {10, EOS}, new int[] {11, 12, EOS}),
                List.of(new int[] {13, EOS}),
                List.of(new int[] {4}, new int[] {5}));
        List<double[]> got = STRICT.optionLogProbabilities(
                THETA, ECG, ITEMS.stream().map(QaTokens::question).toList(), options);
        for (int b = 0; b < 3; b++) {
            Tensor prompt = LLM.embed(
                    STRICT.prefix(THETA, ECG.slice(0, b, b + 1)),
                    new int[][] {ITEMS.get(b).question()});
            double[] want = new Likelihood(LLAMA, LLM.weights())
                    .scores(prompt, options.get(b)).stream()
                            .mapToDouble(Likelihood.Score::logProbability)
                            .toArray();
            assertArrayEquals(want, got.get(b), 1e-12);
        }
    }

    @Test
    void theGreedyAnswerIsThatOfTheReadingItself() {
        List<Integer> ids = STRICT.answer(
                        THETA, ECG.slice(0, 0, 1), ITEMS.get(0).question(), 5, Sampler.greedy())
                .ids();
        assertTrue(!ids.isEmpty(), "the model says something");
        int[] answer = ids.stream().mapToInt(Integer::intValue).toArray();
        AnswerReading read =
                STRICT.read(THETA, ECG.slice(0, 0, 1), List.of(ITEMS.get(0).answered(answer)));
        assertArrayEquals(answer, read.predicted());
        assertArrayEquals(new boolean[] {true}, read.exact(1));
        assertEquals(1, read.tokenAccuracy());
    }

    /** d/dtheta of the query loss after two inner steps, beside central differences: relative error below 1e-6. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSecondOrderMetaGradientAgreesWithCentralDifferences(boolean strict) {
        EcgQaModel model = strict ? STRICT : SEED;
        Params v = THETA.map(t -> Rng.of(t.size()).normal64(t.shape().toArray()));
        Params g = Grad.valueAndGrad(p -> adapted(model, p, GradMode.DIFFERENTIABLE), THETA, GradMode.CONSTANT)
                .grads();
        double got = 0;
        for (String path : v.paths()) {
            got += g.get(path).mul(v.get(path)).sum().item();
        }
        double h = 1e-5;
        double ahead = adapted(model, THETA.zip(v, (w, d) -> w.add(d.mul(h))), GradMode.CONSTANT)
                .item();
        double behind = adapted(model, THETA.zip(v, (w, d) -> w.sub(d.mul(h))), GradMode.CONSTANT)
                .item();
        double want = (ahead - behind) / (2 * h);
        assertEquals(want, got, 1e-6 * Math.abs(want));
    }

    private static Tensor adapted(EcgQaModel model, Params theta, GradMode mode) {
        Params w = theta;
        for (int step = 0; step < 2; step++) {
            Graded g = Grad.valueAndGrad(p -> model.read(p, ECG, ITEMS).loss(), w, mode);
            w = w.zip(g.grads(), (x, d) -> x.sub(d.mul(0.05)));
        }
        return model.read(w, Rng.of(9).normal64(1, 6), ITEMS.reversed()).loss();
    }

    @Test
    void whatDoesNotFitIsSaid() {
        Mapper wide = new LinearMapper(6, 8, 2);
        String said = assertThrows(ShapeException.class, () -> new EcgQaModel(wide, LLM, new StrictForm()))
                .getMessage();
        assertTrue(said.contains("width 8") && said.contains("width 16"), said);
        said = assertThrows(ShapeException.class, () -> STRICT.read(THETA, ECG.slice(0, 0, 2), ITEMS))
                .getMessage();
        assertTrue(said.contains("[3, P, 16]") && said.contains("[2, 3, 16]"), said);
        said = assertThrows(ShapeException.class, () -> STRICT.read(THETA, ECG.slice(1, 0, 5), ITEMS))
                .getMessage();
        assertTrue(said.contains("[B, 6]") && said.contains("[3, 5]"), said);
        List<QaTokens> unanswered = List.of(new QaTokens(new int[] {1}, new int[0]));
        assertThrows(TensorException.class, () -> STRICT.read(THETA, ECG.slice(0, 0, 1), unanswered));
    }
}
