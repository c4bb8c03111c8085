package org.einthoven.models.llm;

import java.util.Arrays;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Chooses the next token. The most likely one at temperature 0; else one drawn from softmax(logits / temperature), cut to the
 * {@code topK} most likely tokens and then to the fewest that together have probability {@code topP} (nucleus sampling,
 * Holtzman et al., arXiv 1904.09751). The choice at a step depends on the key and the step alone.
 *
 * @param temperature 0 or more
 * @param topK at least 1; {@link Integer#MAX_VALUE} for all
 * @param topP in (0, 1]; 1 for all
 */
public record Sampler(double temperature, int topK, double topP, Rng rng) {
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
    }

    /** Always the most likely token; of equals the first. */
    public static Sampler greedy() {
        return new Sampler(0, Integer.MAX_VALUE, 1, Rng.of(0));
    }

    /** From the whole distribution at a temperature. */
    public static Sampler temperature(double temperature, Rng rng) {
        return new Sampler(temperature, Integer.MAX_VALUE, 1, rng);
    }

    /**
     * The token of generation step {@code step}.
     *
     * @param logits [V]
     */
    public int next(Tensor logits, long step) {
        double[] x = logits.toDoubles();
        int best = best(x);
        if (temperature == 0) {
            return best;
        }
        double top = x[best];
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.exp((x[i] - top) / temperature);
        }
        double u = rng.split(step).stream().nextDouble();
        return topK >= x.length && topP == 1 ? draw(x, inOrder(x.length), x.length, u) : drawLikely(x, u);
    }

    private int drawLikely(double[] weight, double u) {
        int[] order = byWeight(weight);
        int k = Math.min(topK, order.length);
        double all = sum(weight, order, k);
        double nucleus = 0;
        int n = 0;
        while (n < k && nucleus < topP * all) {
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
            if (!(x[i] < Double.POSITIVE_INFINITY)) {
                throw new TensorException("the logit of token " + i + " is " + x[i] + "; are the weights damaged?");
            }
            best = x[i] > x[best] ? i : best;
        }
        return best;
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
