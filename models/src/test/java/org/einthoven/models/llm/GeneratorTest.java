package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

/** Generation and scoring on a small model with random weights. */
class GeneratorTest {
    private final Llama model = new Llama(LlamaTest.tiny(true));
    private final Params weights = LlamaTest.lively(model.init(Rng.of(222)));
    private final Generator endless = new Generator(model, weights, Set.of());

    @Test
    void isTheMostLikelyTokenOfEachPrefix() {
        int[] prompt = {1, 5, 7};
        List<Integer> ids = endless.generate(prompt, 12, Sampler.greedy()).ids();
        int[] seen = prompt;
        for (int id : ids) {
            Tensor logits = model.logits(weights, Tensor.of(seen.clone(), 1, seen.length))
                    .select(1, -1);
            assertEquals((int) logits.argMax(1).item(), id);
            seen = Arrays.copyOf(seen, seen.length + 1);
            seen[seen.length - 1] = id;
        }
        assertEquals(12, ids.size());
    }

    @Test
    void endsAtAStopTokenWhichIsNoPartOfTheText() {
        List<Integer> all = endless.generate(new int[] {1, 5}, 6, Sampler.temperature(2, Rng.of(3)))
                .ids();
        int stop = all.get(3);
        int at = all.indexOf(stop);
        Generation g = new Generator(model, weights, Set.of(stop))
                .generate(new int[] {1, 5}, 6, Sampler.temperature(2, Rng.of(3)));
        assertEquals(all.subList(0, at), g.ids());
        assertEquals(Generation.End.EOS, g.end());
    }

    @Test
    void whoListensHearsEachTokenAndMayEndTheText() {
        int[] prompt = {1, 5};
        List<Integer> all = endless.generate(prompt, 6, Sampler.greedy()).ids();
        List<Integer> heard = new ArrayList<>();
        Generation g = endless.generate(prompt, 6, Sampler.greedy(), id -> {
            heard.add(id);
            return heard.size() < 3;
        });
        assertEquals(all.subList(0, 3), g.ids());
        assertEquals(all.subList(0, 3), heard);
        assertEquals(Generation.End.STOPPED, g.end());
        assertEquals(2, g.steps(), "no pass after the last token");
    }

    @Test
    void aStrongPenaltyRepeatsNoTokenOfThePromptOrTheText() {
        Sampler never = new Sampler(0, Integer.MAX_VALUE, 1, 0, 1e6, Rng.of(1));
        List<Integer> ids = endless.generate(new int[] {1, 5}, 4, never).ids();
        assertEquals(4, Set.copyOf(ids).size(), ids.toString());
        assertTrue(!ids.contains(1) && !ids.contains(5), ids.toString());
    }

    @Test
    void endsWhenTheContextIsFull() {
        Generation g = endless.generate(new int[98], 50, Sampler.greedy());
        assertEquals(Generation.End.CONTEXT, g.end());
        assertEquals(3, g.ids().size(), "two fit behind the prompt, and the last one predicts one more");
        assertEquals(2, g.steps());
        TensorException e =
                assertThrows(TensorException.class, () -> endless.generate(new int[101], 1, Sampler.greedy()));
        assertEquals("a prompt of 101 tokens is longer than this model's context of 100; shorten it", e.getMessage());
    }

    @Test
    void aLongPromptIsReadInPieces() {
        Llama wide = new Llama(LlamaTest.tiny(true, 1000));
        int[] prompt = Rng.of(5).stream().ints(2 * Generator.PREFILL + 7, 0, 11).toArray();
        Tensor x = wide.embed(weights, Tensor.of(prompt, 1, prompt.length));
        Tensor want = wide.logitsFromEmbeds(weights, x).select(1, -1).reshape(11);
        KvCache cache = new KvCache(wide.config());
        new Tolerance(1e-12, 1e-12).check("logits", new Generator(wide, weights).behind(x, cache), want);
        assertEquals(prompt.length, cache.length());
    }

    @Test
    void zeroTokensAndNoPrompt() {
        Generation g = endless.generate(new int[] {1}, 0, Sampler.greedy());
        assertTrue(g.ids().isEmpty());
        assertEquals(Generation.End.MAX_TOKENS, g.end());
        assertThrows(TensorException.class, () -> endless.generate(new int[0], 1, Sampler.greedy()));
        assertThrows(TensorException.class, () -> endless.generate(new int[] {1}, -1, Sampler.greedy()));
    }

    @Test
    void scoresOfABatchAreThoseOfEachAlone() {
        Likelihood likelihood = new Likelihood(model, weights);
        int[] prompt = {1, 5, 7};
        List<int[]> options = List.of(new int[] {3}, new int[] {4, 8, 2}, new int[] {9, 9});
        List<Likelihood.Score> scores =
                likelihood.scores(model.embed(weights, Tensor.of(prompt.clone(), 1, 3)), options);
        for (int i = 0; i < options.size(); i++) {
            List<Double> alone = likelihood.score(prompt, options.get(i)).perToken();
            List<Double> batched = scores.get(i).perToken();
            assertEquals(options.get(i).length, batched.size());
            for (int j = 0; j < alone.size(); j++) {
                assertEquals(alone.get(j), batched.get(j), 1e-12);
            }
        }
    }

    @Test
    void probabilitiesOfAllContinuationsAddUpToOne() {
        Likelihood likelihood = new Likelihood(model, weights);
        double sum = 0;
        for (int a = 0; a < 11; a++) {
            for (int b = 0; b < 11; b++) {
                sum += Math.exp(likelihood.score(new int[] {1, 5}, a, b).logProbability());
            }
        }
        assertEquals(1, sum, 1e-12);
    }

    @Test
    void scoringNeedsAPromptAndTokensOfTheModel() {
        Likelihood likelihood = new Likelihood(model, weights);
        assertThrows(TensorException.class, () -> likelihood.score(new int[0], 3));
        assertThrows(TensorException.class, () -> likelihood.score(new int[] {1}));
        assertThrows(TensorException.class, () -> likelihood.score(new int[] {1}, 11));
        Tensor none = Tensor.zeros(DType.F64, 1, 0, 8);
        assertThrows(TensorException.class, () -> likelihood.scores(none, List.of(new int[] {1})));
    }
}
