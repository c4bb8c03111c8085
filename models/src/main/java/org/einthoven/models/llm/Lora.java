package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * Low-rank adapters (Hu et al., "LoRA", arXiv 2106.09685): beside a frozen projection W [out, in], of any storage type, stand two
 * small matrices that learn,
 *
 * <pre>y = x W^T + (x A^T) B^T,   A [rank, in],   B [out, rank]</pre>
 *
 * B begins at zero, so the model begins as it is. (The paper's scale alpha / rank is 1.) Their names are PEFT's, e.g.
 * {@code model.layers.0.self_attn.q_proj.lora_A.weight}; put among a model's weights by {@code weights.and(adapters)}, every
 * block takes them.
 *
 * @param projections which of a block's, e.g. {@code self_attn.q_proj}
 */
public record Lora(int rank, SortedSet<String> projections) {
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";

    public Lora {
        if (rank < 1 || projections.isEmpty()) {
            throw new IllegalArgumentException(
                    "low-rank adapters need a rank of 1 or more and a projection, got " + rank + ", " + projections);
        }
        projections = Collections.unmodifiableSortedSet(new TreeSet<>(projections));
    }

    /** Beside query and value projections, as in the paper. */
    public static Lora of(int rank) {
        return new Lora(rank, new TreeSet<>(List.of(DecoderBlock.Q, DecoderBlock.V)));
    }

    /**
     * Fresh F32 adapters for every block: A uniform in +-1/sqrt(in), B zero.
     *
     * @throws IllegalArgumentException when the model has no such projection
     */
    public Params init(LlmConfig config, Rng rng) {
        Map<String, Shape> shapes = config.shapes();
        Map<String, Tensor> p = new LinkedHashMap<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String projection : projections) {
                String path = new DecoderBlock(config, layer).path(projection);
                Shape w = shapes.get(path + ".weight");
                if (w == null) {
                    throw new IllegalArgumentException("the model has no projection " + path);
                }
                int in = w.dim(1);
                double bound = 1 / Math.sqrt(in);
                p.put(path + A, rng.split(path).uniform(rank, in).mul(2 * bound).sub(bound));
                p.put(path + B, Tensor.zeros(DType.F32, w.dim(0), rank).contiguous());
            }
        }
        return Params.of(p);
    }

    /**
     * What keeps adapters from standing beside a model's projections, one line each: names or shapes that are not of it, or one
     * matrix of a pair. Empty where they fit.
     */
    public static List<String> misfits(LlmConfig config, Params adapters) {
        Map<String, Shape> shapes = config.shapes();
        List<String> misfits = new ArrayList<>();
        for (String name : adapters.paths()) {
            boolean down = name.endsWith(A);
            String path = name.replaceFirst("\\.lora_[AB]\\.weight$", "");
            Shape w = shapes.get(path + ".weight");
            Shape own = adapters.get(name).shape();
            if (w == null || path.equals(name)) {
                misfits.add(name + " is beside no projection of it");
            } else if (!adapters.has(path + (down ? B : A))) {
                misfits.add(name + " stands alone");
            } else if (own.rank() != 2 || own.dim(down ? 1 : 0) != w.dim(down ? 1 : 0)) {
                misfits.add(name + " is " + own + " beside " + w);
            } else if (down && own.dim(0) != adapters.get(path + B).dim(1)) {
                misfits.add(name + " is " + own + ", but its pair is "
                        + adapters.get(path + B).shape());
            }
        }
        return misfits;
    }

    /** What the adapters of a projection add to it, if p holds any: [..., in] to [..., out]. */
    static Tensor added(Params p, String path, Tensor x, Tensor y) {
        return p.has(path + A) ? y.add(x.linear(p.get(path + A)).linear(p.get(path + B))) : y;
    }

    /** The model's weights with W + B A in the place of each adapted W, dense and in the type of the adapters. */
    public static Params merged(Params weights, Params adapters) {
        Map<String, Tensor> all = new TreeMap<>(weights.toMap());
        for (String name : adapters.paths()) {
            if (name.endsWith(A)) {
                String path = name.substring(0, name.length() - A.length());
                Tensor a = adapters.get(name).detach();
                Tensor b = adapters.get(path + B).detach();
                all.put(
                        path + ".weight",
                        weights.get(path + ".weight").cast(a.dtype()).add(b.matmul(a)));
            }
        }
        return Params.of(all);
    }
}
