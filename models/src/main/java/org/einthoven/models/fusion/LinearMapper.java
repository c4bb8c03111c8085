package org.einthoven.models.fusion;

import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * One linear map, {@code vars.0} [P D, E] and {@code vars.1} [P D]: the plainest mapper there is. Dropout acts on the ECG
 * vector.
 */
public record LinearMapper(int ecgWidth, int llmWidth, int prefixLength) implements Mapper {
    @Override
    public Tensor apply(Params p, Tensor ecg) { // [B, E] -> [B, P, D]
        Mapper.checkPooled(ecg, ecgWidth);
        return Linear.project(ecg, p.get("vars.0")).add(p.get("vars.1")).reshape(-1, prefixLength, llmWidth);
    }

    @Override
    public Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng) { // [B, E] -> [B, P, D]
        return apply(p, dropout.apply(rng.split("ecg"), ecg));
    }

    @Override
    public Params init(Rng rng) {
        Params p = new Linear(ecgWidth, prefixLength * llmWidth, true).init(rng);
        return Params.of(Map.of("vars.0", p.get("weight"), "vars.1", p.get("bias")));
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> s = new LinkedHashMap<>();
        s.put("vars.0", Shape.of(prefixLength * llmWidth, ecgWidth));
        s.put("vars.1", Shape.of(prefixLength * llmWidth));
        return s;
    }
}
