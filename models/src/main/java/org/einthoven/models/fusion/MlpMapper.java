package org.einthoven.models.fusion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * ClipCap's mapper (Mokady et al., <a href="https://arxiv.org/abs/2111.09734">arXiv 2111.09734</a>): linear, tanh, linear.
 * Weights and biases are {@code vars.0} [M, E], {@code vars.1} [M], {@code vars.2} [P D, M] and {@code vars.3} [P D], with M
 * the width in between. Dropout acts on what is in between.
 */
public record MlpMapper(int ecgWidth, int llmWidth, int prefixLength, int hidden) implements Mapper {
    /** As ClipCap: in between is half as wide as the prefix. */
    public MlpMapper(int ecgWidth, int llmWidth, int prefixLength) {
        this(ecgWidth, llmWidth, prefixLength, llmWidth * prefixLength / 2);
    }

    @Override
    public Tensor apply(Params p, Tensor ecg) { // [B, E] -> [B, P, D]
        return apply(p, ecg, UnaryOperator.identity());
    }

    @Override
    public Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng) { // [B, E] -> [B, P, D]
        return apply(p, ecg, h -> dropout.apply(rng.split("hidden"), h));
    }

    private Tensor apply(Params p, Tensor ecg, UnaryOperator<Tensor> drop) {
        Mapper.checkPooled(ecg, ecgWidth);
        Tensor h = Linear.project(ecg, p.get("vars.0")).add(p.get("vars.1")).tanh(); // [B, M]
        Tensor y = Linear.project(drop.apply(h), p.get("vars.2")).add(p.get("vars.3")); // [B, P D]
        return y.reshape(-1, prefixLength, llmWidth);
    }

    @Override
    public Params init(Rng rng) {
        Params first = new Linear(ecgWidth, hidden, true).init(rng.split("first"));
        Params second = new Linear(hidden, prefixLength * llmWidth, true).init(rng.split("second"));
        return Params.of(Map.of(
                "vars.0", first.get("weight"),
                "vars.1", first.get("bias"),
                "vars.2", second.get("weight"),
                "vars.3", second.get("bias")));
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> s = new LinkedHashMap<>();
        s.put("vars.0", Shape.of(hidden, ecgWidth));
        s.put("vars.1", Shape.of(hidden));
        s.put("vars.2", Shape.of(prefixLength * llmWidth, hidden));
        s.put("vars.3", Shape.of(prefixLength * llmWidth));
        return s;
    }
}
