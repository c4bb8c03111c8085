package org.einthoven.bench.llm;

import java.nio.file.Path;
import org.einthoven.models.llm.Decoding;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backends;

/**
 * What a race wants to know of the weights in a file.
 *
 * @param type of its matrices
 * @param repacks whether {@link Decoding#REPACKED} takes them
 * @param bytes of all weights
 * @param flops of a token of a prompt, in its blocks
 */
record Weights(DType type, boolean repacks, double bytes, double flops) {
    static Weights of(Path file) {
        try (Llm llm = Llm.open(file)) {
            Tensor gate = llm.weights().get("model.layers.0.mlp.gate_proj.weight");
            boolean repacks =
                    Backends.current().decodeKernels().map(k -> k.repacks(gate)).orElse(false);
            double bytes = 0;
            double flops = 0;
            for (String name : llm.weights().paths()) {
                Tensor w = llm.weights().get(name);
                bytes += w.dtype().bytes(w.size());
                flops += w.rank() == 2 && name.contains(".layers.") ? 2.0 * w.size() : 0;
            }
            return new Weights(gate.dtype(), repacks, bytes, flops);
        }
    }
}
