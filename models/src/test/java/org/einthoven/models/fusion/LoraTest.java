package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.Lora;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LoraTest {
    private static final LlmConfig CONFIG = new LlmConfig(
            13,
            8,
            12,
            2,
            2,
            1,
            4,
            1e-5,
            new LlmConfig.Rotary(10000, new RopeScaling.None(), false),
            32,
            true,
            OptionalInt.of(1),
            new TreeSet<>());
    private static final Llama LLAMA = new Llama(CONFIG);
    private static final Params WEIGHTS = LLAMA.init(Rng.of(1)).cast(DType.F64).map(w -> w.rank() == 2 ? w.mul(12) : w);
    private static final Mapper MAPPER = new AttentionMapper(3, 8, 2, 2, ScoreScale.FULL_WIDTH);
    private static final Params PLAIN = MAPPER.init(Rng.of(2)).cast(DType.F64);
    private static final Params FRESH = Lora.of(2).init(CONFIG, Rng.of(3)).cast(DType.F64);
    /** As after some training: neither matrix is zero. */
    private static final Params USED =
            FRESH.map(t -> t.add(Rng.of(t.size()).normal64(t.shape().toArray()).mul(0.3)));

    private static final Tensor ECG = Rng.of(4).normal64(2, 3);
    private static final List<QaTokens> ITEMS = List.of(
            new QaTokens(new int[] {1, 7, 8}, new int[] {10, 2}), new QaTokens(new int[] {1, 5}, new int[] {11}));

    private static EcgQaModel model(Llama llama) {
        return new EcgQaModel(MAPPER, new FrozenLlm(llama, WEIGHTS), new StrictForm());
    }

    private static Params with(Params adapters) {
        return PLAIN.and(adapters.under(FrozenLlm.LEARNING));
    }

    private static Tensor loss(EcgQaModel model, Params theta) {
        return model.read(theta, ECG, ITEMS).loss();
    }

    @Test
    void freshAdaptersChangeNothingAndUsedOnesDo() {
        double plain = loss(model(LLAMA), PLAIN).item();
        assertEquals(plain, loss(model(LLAMA), with(FRESH)).item());
        assertTrue(Math.abs(plain - loss(model(LLAMA), with(USED)).item()) > 1e-3);
        assertEquals(8, FRESH.paths().size(), "two matrices beside q and v of two blocks");
        assertThrows(IllegalArgumentException.class, () -> new Lora(2, new TreeSet<>(List.of("self_attn.qkv")))
                .init(CONFIG, Rng.of(1)));
    }

    /** First and second derivatives in all adapters at once, against differences. */
    @Test
    void derivativesToSecondOrder() {
        List<String> paths = USED.paths();
        GradCheck.standard(Rng.of(6))
                .check(
                        x -> {
                            Map<String, Tensor> adapters = new LinkedHashMap<>();
                            for (int i = 0; i < paths.size(); i++) {
                                adapters.put(paths.get(i), x.get(i));
                            }
                            return loss(model(LLAMA), with(Params.of(adapters)));
                        },
                        USED.tensors())
                .assertOk();
    }

    /** A block that is computed again takes its adapters along. */
    @Test
    void recomputedBlocksGiveTheSameGradient() {
        Params kept = gradient(model(LLAMA));
        Params again = gradient(model(LLAMA.recomputing()));
        assertEquals(with(USED).paths(), kept.paths());
        kept.zip(again, (a, b) -> {
            assertArrayEquals(a.toDoubles(), b.toDoubles(), 1e-12);
            return a;
        });
        assertTrue(kept.in(FrozenLlm.LEARNING).tensors().stream()
                .allMatch(g -> g.square().sum().item() > 0));
    }

    private static Params gradient(EcgQaModel model) {
        return Grad.valueAndGrad(theta -> loss(model, theta), with(USED), GradMode.CONSTANT)
                .grads();
    }

    /** Merged weights are as large as what they stand for: a session makes them once. */
    @Test
    void aSessionMergesOnceAndAnswersAlike() {
        EcgQaModel session = model(LLAMA).adaptedBy(with(USED));
        assertSame(session.llm().merged(), session.llm().merged());
        Tensor one = ECG.slice(0, 0, 1);
        int[] question = {1, 7, 8};
        assertEquals(
                model(LLAMA)
                        .answer(with(USED), one, question, 5, Sampler.greedy())
                        .ids(),
                session.answer(PLAIN, one, question, 5, Sampler.greedy()).ids());
        assertEquals(loss(model(LLAMA), with(USED)).item(), loss(session, PLAIN).item());
        assertSame(
                WEIGHTS.get("model.norm.weight"),
                model(LLAMA).adaptedBy(PLAIN).llm().merged().get("model.norm.weight"));
    }

    @Test
    void adaptersOfAnotherModelAreNamed() {
        String a = "model.layers.1.self_attn.q_proj.lora_A.weight";
        String b = "model.layers.1.self_attn.q_proj.lora_B.weight";
        assertEquals(List.of(), Lora.misfits(CONFIG, USED));
        assertEquals(
                List.of(a + " is [2, 9] beside [8, 8]"),
                Lora.misfits(CONFIG, USED.with(a, Tensor.zeros(DType.F64, 2, 9))));
        assertEquals(
                List.of(a + " is [2, 8], but its pair is [8, 3]"),
                Lora.misfits(CONFIG, USED.with(b, Tensor.zeros(DType.F64, 8, 3))));
        Params third = Params.of(Map.of("model.layers.2.self_attn.q_proj.lora_A.weight", USED.get(a)));
        assertTrue(Lora.misfits(CONFIG, third).getFirst().endsWith("is beside no projection of it"));
        assertEquals(List.of(a + " stands alone"), Lora.misfits(CONFIG, Params.of(Map.of(a, USED.get(a)))));
    }

    /** What writes token by token knows no adapters: it is given merged weights, which answer alike. */
    @Test
    void mergedWeightsAnswerAlike() {
        EcgQaModel merged = new EcgQaModel(MAPPER, new FrozenLlm(LLAMA, Lora.merged(WEIGHTS, USED)), new StrictForm());
        assertEquals(loss(merged, PLAIN).item(), loss(model(LLAMA), with(USED)).item(), 1e-12);
        Tensor one = ECG.slice(0, 0, 1);
        int[] question = {1, 7, 8};
        assertEquals(
                merged.answer(PLAIN, one, question, 5, Sampler.greedy()).ids(),
                model(LLAMA)
                        .answer(with(USED), one, question, 5, Sampler.greedy())
                        .ids());
        List<List<int[]>> options = List.of(List.of(new int[] {10, 2}, new int[] {11}));
        assertArrayEquals(
                merged.optionLogProbabilities(PLAIN, one, List.of(question), options)
                        .getFirst(),
                model(LLAMA)
                        .optionLogProbabilities(with(USED), one, List.of(question), options)
                        .getFirst(),
                1e-12);
    }
}
