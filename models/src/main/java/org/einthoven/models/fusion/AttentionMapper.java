package org.einthoven.models.fusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * The mapper of "Electrocardiogram-Language Model for Few-Shot Question Answering with Meta Learning" (Tang et al., CHIL
 * 2025, <a href="https://arxiv.org/abs/2410.14464">arXiv 2410.14464</a>): P learnt rows look at themselves and at the ECG in
 * one block of set attention (Lee et al., <a href="https://arxiv.org/abs/1810.00825">arXiv 1810.00825</a>).
 *
 * <pre>
 * S = [prefix; ecg]      Q = prefix W_q + b_q     K = S W_k + b_k     V = S W_v + b_v
 * O = Q + softmax(Q K^T / sqrt(D)) V              O = norm_1(drop(O))
 * O = O + leaky_relu(O W_o + b_o)                 O = norm_2(drop(O))
 * </pre>
 *
 * <p>The reference computes the rows of the ECG as well and then throws them away; here only the P rows are asked. B batch,
 * N ECG vectors (1 when pooled), S = P + N, H heads, d = D / H.
 */
public record AttentionMapper(int ecgWidth, int llmWidth, int prefixLength, int heads, ScoreScale scale)
        implements Mapper {
    private static final double NORM_EPS = 1e-5;
    private static final double LEAK = 0.01;

    private static final String PREFIX = "vars.0"; // [P, E]
    private static final int QUERY = 1; // weight [D, E] and, behind it, bias [D]; likewise the next three
    private static final int KEY = 3;
    private static final int VALUE = 5;
    private static final int OUT = 7; // weight [D, D]
    private static final int NORM_1 = 9; // weight [D], bias [D]
    private static final int NORM_2 = 11;

    /** By the square root of which width the attention scores are divided. */
    public enum ScoreScale {
        /** D, as the reference has it. */
        FULL_WIDTH,
        /** D / H, as in the transformer. */
        HEAD_WIDTH
    }

    public AttentionMapper {
        if (ecgWidth < 1 || llmWidth < 1 || prefixLength < 1 || heads < 1 || llmWidth % heads != 0) {
            throw new ShapeException("attention mapper: ECG width " + ecgWidth + ", LLM width " + llmWidth
                    + ", prefix length " + prefixLength + ", heads " + heads
                    + ": all must be positive, and the heads must divide the LLM width");
        }
    }

    /** As the reference: 4 rows, 8 heads, scores over the square root of the full width. */
    public static AttentionMapper reference(int ecgWidth, int llmWidth) {
        return new AttentionMapper(ecgWidth, llmWidth, 4, 8, ScoreScale.FULL_WIDTH);
    }

    @Override
    public Tensor apply(Params p, Tensor ecg) { // [B, E] or [B, N, E] -> [B, P, D]
        return apply(p, ecg, UnaryOperator.identity(), UnaryOperator.identity());
    }

    @Override
    public Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng) { // [B, E] or [B, N, E] -> [B, P, D]
        return apply(p, ecg, o -> dropout.apply(rng.split("attention"), o), o -> dropout.apply(rng.split("output"), o));
    }

    /** With dropout of the caller's making before the first and the second norm, each of [B, P, D]. */
    public Tensor apply(Params p, Tensor ecg, UnaryOperator<Tensor> first, UnaryOperator<Tensor> second) {
        Tensor prefix = p.get(PREFIX).unsqueeze(0); // [1, P, E]
        Tensor vectors = Mapper.steps(ecg, ecgWidth); // [B, N, E]
        Tensor all = Tensor.cat(1, prefix.expand(vectors.dim(0), prefixLength, ecgWidth), vectors); // [B, S, E]
        Tensor q = split(linear(p, QUERY, prefix)); // [1, H, P, d]
        Tensor k = split(linear(p, KEY, all)); // [B, H, S, d]
        Tensor v = split(linear(p, VALUE, all)); // [B, H, S, d]
        int scaled = scale == ScoreScale.FULL_WIDTH ? llmWidth : llmWidth / heads;
        Tensor attention = q.matmul(k.t()).mul(1 / Math.sqrt(scaled)).softmax(); // [B, H, P, S]
        Tensor o = join(q.add(attention.matmul(v))); // [B, P, D]
        o = norm(p, NORM_1, first.apply(o));
        o = o.add(linear(p, OUT, o).leakyRelu(LEAK));
        return norm(p, NORM_2, second.apply(o));
    }

    private Tensor linear(Params p, int at, Tensor x) {
        return Linear.project(x, p.get(vars(at))).add(p.get(vars(at + 1)));
    }

    private Tensor norm(Params p, int at, Tensor x) {
        return x.layerNorm(NORM_EPS, p.get(vars(at)), p.get(vars(at + 1)));
    }

    private Tensor split(Tensor x) { // [B, S, D] -> [B, H, S, d]
        return x.reshape(x.dim(0), x.dim(1), heads, llmWidth / heads).transpose(1, 2);
    }

    private Tensor join(Tensor x) { // [B, H, P, d] -> [B, P, D]
        return x.transpose(1, 2).reshape(x.dim(0), x.dim(2), llmWidth);
    }

    /** Prefix normal, matrices Xavier-uniform, biases 0, norms 1 and 0. */
    @Override
    public Params init(Rng rng) {
        Map<String, Tensor> p = new LinkedHashMap<>();
        shapes().forEach((name, shape) -> {
            int[] s = shape.toArray();
            if (name.equals(PREFIX)) {
                p.put(name, rng.split(name).normal(s));
            } else if (s.length == 2) {
                p.put(name, Linear.xavierUniform(rng.split(name), s[0], s[1]));
            } else {
                boolean normWeight = name.equals(vars(NORM_1)) || name.equals(vars(NORM_2));
                float[] x = new float[s[0]];
                Arrays.fill(x, normWeight ? 1 : 0);
                p.put(name, Tensor.of(x, s));
            }
        });
        return Params.of(p);
    }

    @Override
    public Map<String, Shape> shapes() {
        List<Shape> s = new ArrayList<>();
        s.add(Shape.of(prefixLength, ecgWidth));
        for (int i = 0; i < 3; i++) {
            s.add(Shape.of(llmWidth, ecgWidth));
            s.add(Shape.of(llmWidth));
        }
        s.add(Shape.of(llmWidth, llmWidth));
        for (int i = 0; i < 5; i++) {
            s.add(Shape.of(llmWidth));
        }
        Map<String, Shape> m = new LinkedHashMap<>();
        for (int i = 0; i < s.size(); i++) {
            m.put(vars(i), s.get(i));
        }
        return m;
    }

    private static String vars(int i) {
        return "vars." + i;
    }
}
