package org.einthoven.models.llm;

import java.util.Arrays;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/** How likely a model holds given continuations of a prompt. */
public record Likelihood(Llama model, Params weights) {
    /**
     * Natural log-probabilities of a continuation.
     *
     * @param perToken log p(token | prompt, tokens before it)
     */
    public record Score(List<Double> perToken) {
        public Score {
            perToken = List.copyOf(perToken);
        }

        /** Of the whole continuation: the sum. */
        public double logProbability() {
            return perToken.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /** Of token ids behind token ids, both used as they are. */
    public Score score(int[] prompt, int... continuation) {
        if (prompt.length == 0) {
            throw new TensorException(
                    "score: the prompt has no tokens, so nothing predicts the first of the continuation;"
                            + " begin with BOS");
        }
        Tensor embeds = model.embed(weights, Tensor.of(prompt.clone(), 1, prompt.length));
        return scores(embeds, List.of(continuation)).getFirst();
    }

    /**
     * Of several continuations of one prompt, in one pass: a batch padded on the right.
     *
     * @param prompt embeddings [1, P, D], P at least 1
     * @param continuations token ids, at least one each
     */
    public List<Score> scores(Tensor prompt, List<int[]> continuations) {
        int n = continuations.size();
        int p = prompt.dim(1);
        int longest = continuations.stream().mapToInt(c -> c.length).max().orElse(0);
        if (p == 0 || n == 0 || continuations.stream().anyMatch(c -> c.length == 0)) {
            throw new TensorException(
                    "score: needs a prompt and at least one continuation, each of at least one token");
        }
        // The last token of a continuation is predicted but predicts nothing.
        int t = p + longest - 1;
        int[] padded = new int[n * (longest - 1)];
        for (int i = 0; i < n; i++) {
            int[] c = continuations.get(i);
            System.arraycopy(c, 0, padded, i * (longest - 1), c.length - 1);
        }
        Tensor x = prompt.detach().expand(n, p, prompt.dim(2));
        if (longest > 1) {
            x = Tensor.cat(1, x, model.embed(weights, Tensor.of(padded, n, longest - 1))); // [n, T, D]
        }
        int[] places = places(continuations, p, t);
        Tensor logits = model.logitsAt(weights, x, Tensor.of(places, places.length)); // [all tokens, V]
        double[] each = picked(logits, continuations);
        Score[] scores = new Score[n];
        for (int i = 0, from = 0; i < n; from += continuations.get(i++).length) {
            scores[i] = new Score(Arrays.stream(each, from, from + continuations.get(i).length)
                    .boxed()
                    .toList());
        }
        return List.of(scores);
    }

    /** The positions whose logits predict the tokens of the continuations, in order. */
    private static int[] places(List<int[]> continuations, int p, int t) {
        int[] places = new int[continuations.stream().mapToInt(c -> c.length).sum()];
        for (int i = 0, k = 0; i < continuations.size(); i++) {
            for (int j = 0; j < continuations.get(i).length; j++) {
                places[k++] = i * t + p - 1 + j;
            }
        }
        return places;
    }

    private double[] picked(Tensor logits, List<int[]> continuations) {
        int[] ids = continuations.stream().flatMapToInt(Arrays::stream).toArray();
        for (int id : ids) {
            if (id < 0 || id >= model.config().vocabulary()) {
                throw new TensorException("score: " + id + " is no token of this model, which has "
                        + model.config().vocabulary());
            }
        }
        return logits.cast(DType.F64)
                .logSoftmax()
                .gather(1, Tensor.of(ids, ids.length, 1))
                .toDoubles();
    }
}
