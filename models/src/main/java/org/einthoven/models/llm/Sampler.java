package org.einthoven.models.llm;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Chooses the next token. The most likely one at temperature 0; else one drawn from softmax(logits / temperature), cut to the
 * {@code topK} most likely tokens, then to the fewest that together have probability {@code topP} (nucleus sampling, Holtzman
 * et al., arXiv 1904.09751), and to those at least {@code minP} times as likely as the likeliest (Nguyen et al., arXiv
 * 2407.01082). The choice at a step depends on the key and the step alone.
 *
 * @param temperature 0 or more
 * @param topK at least 1; {@link Integer#MAX_VALUE} for all
 * @param topP in (0, 1]; 1 for all
 * @param minP in [0, 1]; 0 for all
 * @param repetitionPenalty of tokens that were there before, also in greedy choice: positive logits are divided by it and
 *     negative ones multiplied (Keskar et al., arXiv 1909.05858); 1 for none
 */
public record Sampler(double temperature, int topK, double topP, double minP, double repetitionPenalty, Rng rng) {
    public Sampler {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new TensorException("temperature: " + temperature + " must be 0 or more");
        }
        if (topK < 1) {
            throw new TensorException("top-k: " + topK + " must be 1 or more");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new TensorException("top-p: " + topP + " must be above 0 and at most 1");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new TensorException("min-p: " + minP + " must be 0 to 1");
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
            throw new TensorException("repetition-penalty: " + repetitionPenalty + " must be more than 0");
        }
    }

    /** Without a least probability and a penalty. */
    public Sampler(double temperature, int topK, double topP, Rng rng) {
        this(temperature, topK, topP, 0, 1, rng);
    }

    /** Always the most likely token; of equals the first. */
    public static Sampler greedy() {
        return new Sampler(0, Integer.MAX_VALUE, 1, Rng.of(0));
    }

    /** From the whole distribution at a temperature. */
    public static Sampler temperature(double temperature, Rng rng) {
        return new Sampler(temperature, Integer.MAX_VALUE, 1, rng);
    }

    /** As {@link #next(Tensor, Collection, long)} of a text that has no tokens yet. */
    public int next(Tensor logits, long step) {
        return next(logits, List.of(), step);
    }

    /**
     * The token of generation step {@code step}.
     *
     * @param logits [V]
     * @param before tokens of the text so far, in any order; only a penalty asks for them
     */
    public int next(Tensor logits, Collection<Integer> before, long step) {
        double[] x = logits.toDoubles();
        if (repetitionPenalty != 1) {
            for (int id : Set.copyOf(before)) {
                x[id] = Math.min(x[id] > 0 ? x[id] / repetitionPenalty : x[id] * repetitionPenalty, Double.MAX_VALUE);
            }
        }
        int best = best(x);
        if (temperature == 0) {
            return best;
        }
        double top = x[best];
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.exp((x[i] - top) / temperature);
        }
        double u = rng.split(step).stream().nextDouble();
        return topK >= x.length && topP == 1 && minP == 0 ? draw(x, inOrder(x.length), x.length, u) : drawLikely(x, u);
    }

    /** As {@link #next(Tensor, long)}, for logits in an array, which is left as it is; the most likely one costs no memory. */
    public int next(float[] logits, long step) {
        return next(logits, 0, logits.length, List.of(), step);
    }

    /** As {@link #next(Tensor, Collection, long)}, for the {@code n} logits from {@code logits[from]}. */
    int next(float[] logits, int from, int n, Collection<Integer> before, long step) {
        return takesTheLikeliest()
                ? best(logits, from, n)
                : next(Tensor.of(Arrays.copyOfRange(logits, from, from + n), n), before, step);
    }

    /** Whether the choice asks for nothing but the likeliest token. */
    boolean takesTheLikeliest() {
        return temperature == 0 && repetitionPenalty == 1;
    }

    /** The token that something else found to be the likeliest, when its logit is a number. */
    static int checked(int token, float logit) {
        check(token, logit);
        return token;
    }

    private static int best(float[] x, int from, int n) {
        int best = 0;
        for (int i = 0; i < n; i++) {
            check(i, x[from + i]);
            best = x[from + i] > x[from + best] ? i : best;
        }
        return best;
    }

    private int drawLikely(double[] weight, double u) {
        int[] order = byWeight(weight);
        int k = Math.min(topK, order.length);
        double all = sum(weight, order, k);
        double nucleus = 0;
        int n = 0;
        while (n < k && nucleus < topP * all && weight[order[n]] >= minP) { // the likeliest has weight 1
            nucleus += weight[order[n++]];
        }
        return draw(weight, order, n, u);
    }

    /** One of the first n of {@code order}, with probabilities in proportion to their weights. */
    private static int draw(double[] weight, int[] order, int n, double u) {
        double left = u * sum(weight, order, n);
        for (int i = 0; i < n - 1; i++) {
            left -= weight[order[i]];
            if (left < 0) {
                return order[i];
            }
        }
        return order[n - 1];
    }

    private static double sum(double[] weight, int[] order, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += weight[order[i]];
        }
        return sum;
    }

    private static int best(double[] x) {
        int best = 0;
        for (int i = 0; i < x.length; i++) {
            check(i, x[i]);
            best = x[i] > x[best] ? i : best;
        }
        return best;
    }

    private static void check(int token, double logit) {
        if (!(logit < Double.POSITIVE_INFINITY)) {
            throw new TensorException("the logit of token " + token + " is " + logit + "; are the weights damaged?");
        }
    }

    private static int[] inOrder(int n) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /** Heaviest first, of equals the lower id. Weights are not negative, and the bits of such floats sort as the numbers. */
    private static int[] byWeight(double[] weight) {
        long[] keys = new long[weight.length];
        Arrays.setAll(keys, i -> (long) -Float.floatToRawIntBits((float) weight[i]) << 32 | i);
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }
}
