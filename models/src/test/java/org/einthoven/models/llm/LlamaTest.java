package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

/** Properties of the model that need no reference numbers. */
class LlamaTest {
    private static final Tolerance TIGHT = new Tolerance(1e-12, 1e-12);
    private static final Rng RNG = Rng.of(222);

    /** Two blocks of two heads sharing one key, width 8. */
    static LlmConfig tiny(boolean tied) {
        return tiny(tied, 100);
    }

    static LlmConfig tiny(boolean tied, int positions) {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(100, new RopeScaling.None(), false);
        return new LlmConfig(
                11, 8, 12, 2, 2, 1, 4, 1e-5, rotary, positions, tied, OptionalInt.of(1), new TreeSet<>(List.of(2)));
    }

    private final Llama model = new Llama(tiny(false));
    private final Params weights = lively(model.init(RNG));

    /** Fresh weights are so small that attention is nearly uniform; larger ones show more. */
    static Params lively(Params p) {
        return p.map(w -> w.rank() == 2 ? w.mul(20) : w).cast(DType.F64);
    }

    private static Tensor ids(int... ids) {
        return Tensor.of(ids, 1, ids.length);
    }

    @Test
    void laterTokensDoNotChangeEarlierLogits() {
        Tensor all = model.logits(weights, ids(1, 5, 7, 3, 9));
        Tensor some = model.logits(weights, ids(1, 5, 7));
        TIGHT.check("the first three", all.slice(1, 0, 3), some);
        double moved = model.logits(weights, ids(1, 5, 8))
                .sub(some)
                .slice(1, 2, 3)
                .abs()
                .sum()
                .item();
        assertTrue(moved > 1e-3, "another last token changes its logits, by " + moved);
    }

    @Test
    void cacheGivesTheLogitsOfTheWholeSequenceHoweverItIsCut() {
        int[] all = new int[90]; // beyond the first room of the cache
        Arrays.setAll(all, i -> (i * 7 + 3) % 11);
        Tensor embeds = model.embed(weights, ids(all));
        Tensor whole = model.hidden(weights, embeds);
        for (int[] cuts : new int[][] {{0, 90}, {0, 1, 2, 3, 90}, {0, 40, 63, 64, 65, 90}}) {
            KvCache cache = new KvCache(model.config());
            Tensor[] parts = new Tensor[cuts.length - 1];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = model.hidden(weights, embeds.slice(1, cuts[i], cuts[i + 1]), cache);
            }
            TIGHT.check(Arrays.toString(cuts), Tensor.cat(1, parts), whole);
            assertEquals(90, cache.length());
        }
    }

    @Test
    void aCacheThatIsToldItsLengthNeverGrows() {
        LlmConfig c = model.config();
        KvCache cache = new KvCache(c);
        cache.expect(100);
        Tensor first = Rng.of(1).normal(1, c.keyValueHeads(), 70, c.headDim());
        Tensor rest = Rng.of(2).normal(1, c.keyValueHeads(), 30, c.headDim());
        cache.append(0, first, first);
        cache.advance(70);
        KvCache.Rows before = cache.rows(0);
        KvCache.Seen seen = cache.append(0, rest, rest);
        assertEquals(before, cache.rows(0));
        assertEquals(100, before.room());
        Tensor all = Tensor.cat(2, first, rest);
        assertArrayEquals(all.toFloats(), seen.keys().toFloats());
        assertArrayEquals(all.toFloats(), seen.values().toFloats());
    }

    @Test
    void rowsThatACacheHasShownStayAsTheyWere() {
        KvCache cache = new KvCache(model.config());
        Tensor k = RNG.normal(1, 1, 3, 4);
        KvCache.Seen seen = cache.append(0, k, k);
        cache.advance(3);
        float[] before = seen.keys().toFloats();
        cache.append(0, k.neg(), k);
        assertArrayEquals(before, seen.keys().toFloats());
        assertArrayEquals(k.toFloats(), before);
    }

    @Test
    void cacheRefusesToLoseAGradient() {
        Tensor x = model.embed(weights, ids(1, 2)).track();
        assertThrows(TensorException.class, () -> model.hidden(weights, x, new KvCache(model.config())));
    }

    /** Questions of several lengths, padded on the right, as the few-shot code gives them to its model: without a mask. */
    @Test
    void paddedPipelineIsTheReference() {
        GoldenCase golden = GoldenCase.of("F_pipeline/seed_pipeline");
        try (Llm llm = Llm.open(golden.file(golden.attrs().get("llm").stringValue()))) {
            Params p = llm.weights().cast(DType.F64);
            Tensor x = Tensor.cat(1, golden.expected("spt.prefix"), llm.model().embed(p, golden.input("spt.q")));
            Tensor logits = llm.model().logitsFromEmbeds(p, x);
            golden.check("spt.logits", logits);
        }
    }

    @Test
    void logitsAtPlacesAreThoseOfTheWholePass() {
        Tensor x = model.embed(weights, Tensor.of(new int[] {1, 5, 7, 3, 9, 2}, 2, 3));
        Tensor all = model.logitsFromEmbeds(weights, x).reshape(6, -1);
        Tensor places = Tensor.of(new int[] {4, 2}, 2);
        TIGHT.check("places", model.logitsAt(weights, x, places), all.indexSelect(0, places));
    }

    /** Only the places are then computed in the last block. To second order, as in meta-training. */
    @Test
    void logitsAtEquallyManyPlacesHaveTheBitsOfTheWholePass() {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(100, new RopeScaling.None(), true);
        Llama llama = new Llama(new LlmConfig(
                31, 32, 48, 2, 4, 2, 8, 1e-5, rotary, 100, true, OptionalInt.of(1), new TreeSet<>(List.of(2))));
        Params frozen = llama.init(RNG).map(w -> w.rank() == 2 ? w.mul(10) : w);
        Tensor x = RNG.split("embeddings").normal(5, 20, 32);
        Tensor v = RNG.split("direction").normal(5, 20, 32);
        Tensor places = Tensor.of(new int[] {17, 18, 30, 39, 40, 41, 75, 77, 98, 99}, 10);
        Tensor labels = Tensor.of(new int[] {3, 2, 7, 2, 3, 2, 5, 2, 3, 2}, 10);
        Function<Tensor, Tensor> some = e -> llama.logitsAt(frozen, e, places);
        Function<Tensor, Tensor> all =
                e -> llama.logitsFromEmbeds(frozen, e).reshape(100, -1).embedding(places);
        assertArrayEquals(all.apply(x).toFloats(), some.apply(x).toFloats(), 0f);
        Function<Tensor, Tensor> someLoss = e -> Losses.crossEntropy(some.apply(e), labels, Losses.IGNORE);
        Function<Tensor, Tensor> allLoss = e -> Losses.crossEntropy(all.apply(e), labels, Losses.IGNORE);
        assertArrayEquals(
                Grad.grad(allLoss, x, GradMode.CONSTANT).toFloats(),
                Grad.grad(someLoss, x, GradMode.CONSTANT).toFloats(),
                0f);
        assertArrayEquals(
                Grad.hvp(allLoss, x, v).toFloats(), Grad.hvp(someLoss, x, v).toFloats(), 0f);
    }

    @Test
    void recomputedBlocksHaveTheSameGradientOfWeightsAndEmbeddings() {
        Tensor x = RNG.split("shift").normal64(1, 4, 8);
        Graded plain = gradient(model, x);
        Graded again = gradient(model.recomputing(), x);
        assertEquals(plain.value().item(), again.value().item(), 1e-12);
        plain.grads().forEach((name, g) -> {
            TIGHT.check(name, again.grads().get(name), g);
            assertTrue(g.abs().sum().item() > 0, name + " has a gradient");
        });
    }

    private Graded gradient(Llama llama, Tensor shift) {
        return Grad.valueAndGrad(
                p -> {
                    Params w = p.in("weights");
                    Tensor x = llama.embed(w, ids(1, 5, 7, 3)).add(p.get("shift"));
                    return llama.logitsFromEmbeds(w, x).square().mean();
                },
                weights.under("weights").with("shift", shift),
                GradMode.CONSTANT);
    }

    @Test
    void gradientsAreRightToSecondOrder() {
        Tensor x = model.embed(weights, ids(1, 5, 7));
        GradCheck check = new GradCheck(2e-4, 1e-6, RNG.split("check")); // curved enough to need a small step
        check.check(in -> model.logitsFromEmbeds(weights, in.getFirst()), List.of(x))
                .assertOk();
        String name = "model.layers.0.self_attn.k_proj.weight";
        check.check(in -> model.logitsFromEmbeds(weights.with(name, in.getFirst()), x), List.of(weights.get(name)))
                .assertOk();
    }

    @Test
    void learnsASequenceFromScratch() {
        Llama small = new Llama(tiny(true));
        Params p = small.init(RNG.split("learn"));
        assertFalse(p.has("lm_head.weight"), "the tied head is the embedding");
        Tensor text = ids(1, 5, 7, 3, 9, 4, 8);
        Tensor next = ids(5, 7, 3, 9, 4, 8, 2);
        Function<Params, Tensor> loss = q -> Losses.crossEntropy(small.logits(q, text), next, Losses.IGNORE);
        double first = loss.apply(p).item();
        for (int step = 0; step < 60; step++) {
            Params g = Grad.valueAndGrad(loss, p, GradMode.CONSTANT).grads();
            p = p.zip(g, (w, d) -> w.sub(d.mul(0.5)));
        }
        double last = loss.apply(p).item();
        assertTrue(last < 0.5 * first, first + " fell to " + last);
    }

    @Test
    void tooLongASequenceIsOneClearLine() {
        Tensor x = Tensor.ones(DType.F64, 1, 101, 8);
        TensorException e = assertThrows(TensorException.class, () -> model.hidden(weights, x));
        assertEquals(
                "a sequence of 101 tokens is longer than this model's context of 100; shorten the prompt",
                e.getMessage());
    }
}
