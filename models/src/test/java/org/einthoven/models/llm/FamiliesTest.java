package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.models.llm.Architecture.SlidingWindow;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties that hold for each family of decoders, without reference numbers. */
class FamiliesTest {
    private static final Tolerance TIGHT = new Tolerance(1e-11, 1e-11);
    private static final Rng RNG = Rng.of(222);
    private static final int WINDOW = 4;

    /** Three blocks of four heads of width 4, two sharing a key; width 8. */
    static LlmConfig tiny(String family) {
        LlmConfig.Rotary local = new LlmConfig.Rotary(10, new RopeScaling.None(), false);
        OptionalDouble cap = OptionalDouble.of(2);
        return switch (family) {
            case "gemma" -> config(Architecture.gemma(8), 1);
            case "gemma2" ->
                config(
                        Architecture.gemma2(
                                8, 0.4, cap, cap, Optional.of(SlidingWindow.allButEach(2, 3, WINDOW, local))),
                        1);
            case "gemma3" ->
                config(
                        Architecture.gemma3(
                                8,
                                0.4,
                                OptionalDouble.empty(),
                                OptionalDouble.empty(),
                                Optional.of(SlidingWindow.allButEach(3, 3, WINDOW, local))),
                        1);
            case "phi" -> config(Architecture.PHI, 0.5);
            default -> throw new AssertionError(family);
        };
    }

    private static LlmConfig config(Architecture a, double share) {
        return new LlmConfig(
                11,
                8,
                12,
                3,
                4,
                2,
                4,
                1e-5,
                new LlmConfig.Rotary(100, new RopeScaling.Linear(2), false, share),
                300,
                a != Architecture.PHI,
                OptionalInt.of(1),
                new TreeSet<>(List.of(2)),
                a);
    }

    /** Of a size at which attention is not uniform, with norms and biases that differ from their first values. */
    private static Params lively(Llama model) {
        Params p = model.init(RNG);
        return Params.of(p.toMap().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> {
                    Tensor w = e.getValue();
                    Tensor noise =
                            RNG.split("lively " + e.getKey()).normal(w.shape().toArray());
                    return w.rank() == 2 ? w.mul(20) : w.add(noise.mul(0.3));
                })))
                .cast(DType.F64);
    }

    private static Tensor ids(int n) {
        int[] ids = new int[n];
        Arrays.setAll(ids, i -> (i * 7 + i / 5 + 3) % 11);
        return Tensor.of(ids, 1, n);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma", "gemma2", "gemma3", "phi"})
    void cacheGivesTheStatesOfTheWholeSequenceHoweverItIsCut(String family) {
        Llama model = new Llama(tiny(family));
        Params p = lively(model);
        int n = 150; // beyond the first room of the cache, also of a window
        Tensor embeds = model.embed(p, ids(n));
        Tensor whole = model.hidden(p, embeds);
        KvCache cache = new KvCache(model.config());
        Tensor[] parts = new Tensor[90];
        int from = 0;
        for (int i = 0; i < parts.length; i++) {
            int to = i == 0 ? 3 : i == 40 ? from + 50 : i == parts.length - 1 ? n : from + 1;
            parts[i] = model.hidden(p, embeds.slice(1, from, to), cache);
            from = to;
        }
        TIGHT.check("states", Tensor.cat(1, parts), whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma", "gemma2", "gemma3", "phi"})
    void everyWeightLearnsAndRecomputedBlocksHaveTheSameGradients(String family) {
        Llama model = new Llama(tiny(family));
        Params p = lively(model);
        Graded plain = gradient(model, p);
        Graded again = gradient(model.recomputing(), p);
        assertEquals(p.paths(), plain.grads().paths());
        plain.grads().forEach((name, g) -> {
            TIGHT.check(name, again.grads().get(name), g);
            // The softmax does not see what all keys have in common.
            boolean keyBias = name.endsWith("k_proj.bias");
            assertTrue(keyBias || g.abs().sum().item() > 1e-6, name + " has a gradient");
        });
    }

    private static Graded gradient(Llama model, Params p) {
        return Grad.valueAndGrad(w -> model.logits(w, ids(7)).square().mean(), p, GradMode.CONSTANT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma", "gemma2", "gemma3", "phi"})
    void gradientsOfEmbeddingsAreRightToSecondOrder(String family) {
        Llama model = new Llama(tiny(family));
        Params p = lively(model);
        new GradCheck(2e-4, 1e-6, RNG.split("check"))
                .check(in -> model.logitsFromEmbeds(p, in.getFirst()), List.of(model.embed(p, ids(6))))
                .assertOk();
    }

    /** In one block with a window of three, the last of five tokens sees the third and not the second. */
    @Test
    void aWindowEndsWhereItSays() {
        LlmConfig c = tiny("gemma2");
        SlidingWindow window = new SlidingWindow(3, new TreeSet<>(List.of(0)), c.rotary());
        Architecture a =
                Architecture.gemma2(8, 0.4, OptionalDouble.empty(), OptionalDouble.empty(), Optional.of(window));
        Llama model = new Llama(new LlmConfig(11, 8, 12, 1, 4, 2, 4, 1e-5, c.rotary(), 300, true, c.bos(), c.eos(), a));
        Params p = lively(model);
        double[] moved = new double[5];
        Tensor whole = model.logits(p, Tensor.of(new int[] {1, 5, 7, 3, 9}, 1, 5));
        for (int t = 0; t < 5; t++) {
            int[] ids = {1, 5, 7, 3, 9};
            ids[t] = 8;
            moved[t] = model.logits(p, Tensor.of(ids, 1, 5))
                    .sub(whole)
                    .select(1, -1)
                    .abs()
                    .sum()
                    .item();
        }
        assertEquals(0, moved[0]);
        assertEquals(0, moved[1]);
        assertTrue(moved[2] > 1e-3 && moved[3] > 1e-3 && moved[4] > 1e-3, Arrays.toString(moved));
    }

    @Test
    void aCacheKeepsOfAWindowOnlyItsRows() {
        LlmConfig c = tiny("gemma2"); // blocks 0 and 2 have the window
        KvCache cache = new KvCache(c);
        KvCache.Seen[] seen = new KvCache.Seen[3];
        for (int t = 0; t < 290; t++) {
            Tensor k = Tensor.full(DType.F32, t, 1, 2, 1, 4).contiguous();
            for (int layer = 0; layer < 3; layer++) {
                seen[layer] = cache.append(layer, k, k);
            }
            cache.advance(1);
        }
        assertEquals(290, seen[1].keys().dim(2));
        assertEquals(List.of(286.0, 287.0, 288.0, 289.0), first(seen[0].keys()));
        assertEquals(List.of(286.0, 287.0, 288.0, 289.0), first(seen[2].values()));
        int stored = ((Storage.F32) seen[0].keys().storage()).array().length;
        assertTrue(stored <= 2 * 64 * 4, "stores " + stored + " numbers");
    }

    private static List<Double> first(Tensor rows) { // of the first head, the first column
        return Arrays.stream(rows.select(0, 0).select(0, 0).select(1, 0).toDoubles())
                .boxed()
                .toList();
    }
}
