package org.einthoven.models.llm;

import java.util.Optional;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.backend.ResidentDecoder;

/** A {@link Llama} as a backend keeps it where it computes, weights, key-value cache and all. */
final class ResidentLlama {
    /** A context that a longer text does not soon outgrow, since weights cross again then. */
    private static final int LEAST_CONTEXT = 256;

    private ResidentLlama() {}

    /**
     * A new text of at most so many tokens. Empty where the backend keeps no models, for families that depart from LLaMA's, and
     * where the arithmetic is not F32: then ops compute, one by one.
     */
    static Optional<ResidentDecoder> text(Llama model, Params weights, int tokens) {
        LlmConfig config = model.config();
        boolean fits = config.shapes().keySet().stream().map(weights::get).allMatch(ResidentLlama::frozenSingle);
        if (!config.architecture().equals(Architecture.LLAMA) || config.rotary().share() != 1 || !fits) {
            return Optional.empty();
        }
        int context = Math.max(LEAST_CONTEXT, Integer.highestOneBit(Math.max(1, tokens - 1)) * 2);
        return Backends.current().decoder(() -> described(model, weights, Math.min(context, config.maxPositions())));
    }

    private static boolean frozenSingle(Tensor w) {
        return !w.isTracked() && (w.dtype() == DType.F32 || w.dtype().isStorageOnly() && w.rank() == 2);
    }

    private static ResidentDecoder.Model described(Llama model, Params p, int context) {
        LlmConfig config = model.config();
        Rope.Angles angles = model.rope(0).at(DType.F32, 0, context);
        Tensor embedding = p.get(Llama.EMBEDDING);
        return new ResidentDecoder.Model(
                IntStream.range(0, config.layers())
                        .mapToObj(layer -> block(new DecoderBlock(config, layer), p))
                        .toList(),
                embedding,
                p.get(Llama.NORM + ".weight"),
                config.tiedHead() ? embedding : p.get(Llama.HEAD + ".weight"),
                config.heads(),
                config.keyValueHeads(),
                config.headDim(),
                config.normEps(),
                new DecoderBlock(config, 0).queryScale(),
                config.rotary().interleaved(),
                angles.cos(),
                angles.sin());
    }

    private static ResidentDecoder.Block block(DecoderBlock b, Params p) {
        return new ResidentDecoder.Block(
                p.get(b.path(DecoderBlock.ATTENTION_NORM) + ".weight"),
                p.get(b.path(DecoderBlock.Q) + ".weight"),
                p.get(b.path(DecoderBlock.K) + ".weight"),
                p.get(b.path(DecoderBlock.V) + ".weight"),
                p.get(b.path(DecoderBlock.O) + ".weight"),
                p.get(b.path(DecoderBlock.MIDDLE_NORM) + ".weight"),
                p.get(b.path(DecoderBlock.GATE) + ".weight"),
                p.get(b.path(DecoderBlock.UP) + ".weight"),
                p.get(b.path(DecoderBlock.DOWN) + ".weight"));
    }
}
