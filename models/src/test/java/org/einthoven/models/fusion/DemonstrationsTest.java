package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.llm.Likelihood;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DemonstrationsTest {
    private static final int CONTEXT = 64;
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
            CONTEXT,
            true,
            OptionalInt.of(1),
            new TreeSet<>()));
    private static final int PREFIX = 3;
    private static final Mapper MAPPER = new AttentionMapper(6, 16, PREFIX, 4, ScoreScale.FULL_WIDTH);
    private static final Params WEIGHTS = LLAMA.init(Rng.of(1)).cast(DType.F64).map(w -> w.rank() == 2 ? w.mul(12) : w);
    private static final EcgQaModel MODEL = new EcgQaModel(MAPPER, new FrozenLlm(LLAMA, WEIGHTS), new StrictForm());
    private static final Params THETA = MAPPER.init(Rng.of(2)).cast(DType.F64);
    private static final Tensor ECG = Rng.of(3).normal64(2, 6);
    private static final List<QaTokens> EXAMPLES = List.of(
            new QaTokens(new int[] {1, 7, 8, 9}, new int[] {10, 2}), new QaTokens(new int[] {1, 5}, new int[] {11, 2}));
    private static final List<int[]> QUESTIONS = List.of(new int[] {1, 7, 9}, new int[] {1, 5, 6, 7});
    private static final List<List<int[]>> OPTIONS = List.of(
            List.of(new int[] {10, 2}, new int[] {11, 2}),
            List.of(new int[] {10}, new int[] {11, 12, 13}, new int[] {4, 2}));

    @Test
    void withoutExamplesItIsThePlainQuestion() {
        Demonstrations none = Demonstrations.of(MODEL, THETA, ECG, List.of(), 10);
        assertSame(
                MODEL.optionLogProbabilities(THETA, ECG, QUESTIONS, OPTIONS),
                none.optionLogProbabilities(ECG, QUESTIONS, OPTIONS));
    }

    /** Against one pass over everything, without a cache. */
    @Test
    void examplesStandInFrontAsOneText() {
        Demonstrations two = Demonstrations.of(MODEL, THETA, ECG, EXAMPLES, 10);
        assertEquals(2, two.shown());
        List<double[]> got = two.optionLogProbabilities(ECG, QUESTIONS, OPTIONS);
        List<double[]> want = new ArrayList<>();
        for (int b = 0; b < QUESTIONS.size(); b++) {
            Tensor prompt = Tensor.cat(1, part(0, 1, 7, 8, 9, 10, 2), part(1, 1, 5, 11, 2), part(b, QUESTIONS.get(b)));
            want.add(new Likelihood(LLAMA, WEIGHTS)
                    .scores(prompt, OPTIONS.get(b)).stream()
                            .mapToDouble(Likelihood.Score::logProbability)
                            .toArray());
        }
        assertSame(want, got);
        assertNotEquals(
                got.getFirst()[0],
                Demonstrations.of(MODEL, THETA, ECG, EXAMPLES.subList(0, 1), 10)
                        .optionLogProbabilities(ECG, QUESTIONS, OPTIONS)
                        .getFirst()[0],
                1e-6);
    }

    @Test
    void oneEcgMayServeAllQuestions() {
        Tensor one = ECG.slice(0, 0, 1);
        assertSame(
                MODEL.optionLogProbabilities(THETA, one, QUESTIONS, OPTIONS),
                Demonstrations.of(MODEL, THETA, ECG, List.of(), 10).optionLogProbabilities(one, QUESTIONS, OPTIONS));
    }

    @Test
    void asManyAreShownAsFit() {
        List<QaTokens> many = Collections.nCopies(20, EXAMPLES.getFirst());
        Tensor ecgs = Rng.of(4).normal64(20, 6);
        int each = PREFIX + 6;
        assertEquals(
                (CONTEXT - 10) / each,
                Demonstrations.of(MODEL, THETA, ecgs, many, 10).shown());
        assertEquals(0, Demonstrations.of(MODEL, THETA, ecgs, many, CONTEXT).shown());
    }

    private static Tensor part(int ecg, int... ids) {
        Tensor prefix = MODEL.prefix(THETA, ECG.slice(0, ecg, ecg + 1));
        return Tensor.cat(1, prefix, LLAMA.embed(WEIGHTS, Tensor.of(ids.clone(), 1, ids.length)));
    }

    private static void assertSame(List<double[]> want, List<double[]> got) {
        assertEquals(want.size(), got.size());
        for (int b = 0; b < want.size(); b++) {
            assertArrayEquals(want.get(b), got.get(b), 1e-12);
        }
    }
}
