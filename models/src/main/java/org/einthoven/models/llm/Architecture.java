package org.einthoven.models.llm;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.LlmConfig.Invalid;
import org.einthoven.tensor.Tensor;

/**
 * What tells one family of decoders from another; {@link DecoderBlock} builds them all. {@link #LLAMA} is the plainest, and
 * each other family says only where it departs from it.
 *
 * @param norm how the residual stream is normalised
 * @param postNorms whether what attention and feed-forward layer give is normalised too, before it is added
 * @param queryKeyNorm whether the queries and keys of each head are normalised, before they are turned
 * @param parallel whether attention and feed-forward layer both read the block's input, by one norm
 * @param feedForward the feed-forward layer
 * @param biases whether every projection has a bias, that to the vocabulary too
 * @param queryScale what scores are multiplied by; 1/sqrt(E) when empty
 * @param attentionCap c of scores c tanh(score / c)
 * @param logitCap c of logits c tanh(logit / c)
 * @param embeddingScale what embeddings are multiplied by
 * @param window blocks that see only the latest tokens
 */
public record Architecture(
        Norm norm,
        boolean postNorms,
        boolean queryKeyNorm,
        boolean parallel,
        FeedForward feedForward,
        boolean biases,
        OptionalDouble queryScale,
        OptionalDouble attentionCap,
        OptionalDouble logitCap,
        EmbeddingScale embeddingScale,
        Optional<SlidingWindow> window) {

    /** LLaMA 1 to 3.2 (Touvron et al., arXiv 2302.13971; Llama 3: arXiv 2407.21783). */
    public static final Architecture LLAMA = new Architecture(
            Norm.RMS,
            false,
            false,
            false,
            FeedForward.GATED_SILU,
            false,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            EmbeddingScale.NONE,
            Optional.empty());

    /** Phi-1.5 and phi-2 (Li et al., arXiv 2309.05463), as Hugging Face's PhiForCausalLM. */
    public static final Architecture PHI = new Architecture(
            Norm.LAYER,
            false,
            false,
            true,
            FeedForward.GELU_TANH,
            true,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            EmbeddingScale.NONE,
            Optional.empty());

    /** Gemma (arXiv 2403.08295), with the norms of its own checkpoints. */
    public static Architecture gemma(int width) {
        return new Architecture(
                Norm.RMS_FROM_ONE,
                false,
                false,
                false,
                FeedForward.GATED_GELU_TANH,
                false,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                new EmbeddingScale(Math.sqrt(width), true),
                Optional.empty());
    }

    /** Gemma 2 (arXiv 2408.00118), with the norms of its own checkpoints. */
    public static Architecture gemma2(
            int width,
            double queryScale,
            OptionalDouble attentionCap,
            OptionalDouble logitCap,
            Optional<SlidingWindow> window) {
        return new Architecture(
                Norm.RMS_FROM_ONE,
                true,
                false,
                false,
                FeedForward.GATED_GELU_TANH,
                false,
                OptionalDouble.of(queryScale),
                attentionCap,
                logitCap,
                new EmbeddingScale(Math.sqrt(width), true),
                window);
    }

    /** Gemma 3 (arXiv 2503.19786), its text model, with the norms of its own checkpoints. */
    public static Architecture gemma3(
            int width,
            double queryScale,
            OptionalDouble attentionCap,
            OptionalDouble logitCap,
            Optional<SlidingWindow> window) {
        return new Architecture(
                Norm.RMS_FROM_ONE,
                true,
                true,
                false,
                FeedForward.GATED_GELU_TANH,
                false,
                OptionalDouble.of(queryScale),
                attentionCap,
                logitCap,
                new EmbeddingScale(Math.sqrt(width), false),
                window);
    }

    /** The same with norms of another kind: converters to GGUF add the 1 to the weights of Gemma's. */
    Architecture with(Norm other) {
        return new Architecture(
                other,
                postNorms,
                queryKeyNorm,
                parallel,
                feedForward,
                biases,
                queryScale,
                attentionCap,
                logitCap,
                embeddingScale,
                window);
    }

    public Architecture {
        positive("queryScale", queryScale);
        positive("attentionCap", attentionCap);
        positive("logitCap", logitCap);
    }

    private static void positive(String component, OptionalDouble x) {
        if (x.isPresent() && !(x.getAsDouble() > 0 && x.getAsDouble() < Double.POSITIVE_INFINITY)) {
            throw new Invalid(component, x.getAsDouble() + " is not a positive number");
        }
    }

    /** Normalisation over the last axis, with a weight and perhaps a bias of that length. */
    public enum Norm {
        /** x / rms(x) times the weight (Zhang and Sennrich, arXiv 1910.07467). */
        RMS,
        /** x / rms(x) times 1 + the weight: so Gemma's checkpoints have it. */
        RMS_FROM_ONE,
        /** (x - mean) / deviation times the weight, plus a bias (Ba et al., arXiv 1607.06450). */
        LAYER;

        /** What {@link #RMS} and {@link #RMS_FROM_ONE} multiply the columns by. */
        float[] factors(Tensor weight) {
            return (this == RMS_FROM_ONE ? weight.add(1) : weight).toFloats();
        }

        /** With {@code path.weight} and, for {@link #LAYER}, {@code path.bias}: [..., D] to [..., D]. */
        Tensor apply(Params p, String path, Tensor x, double eps) {
            Tensor weight = p.get(path + ".weight");
            return switch (this) {
                case RMS -> x.rmsNorm(eps, weight);
                case RMS_FROM_ONE -> x.rmsNorm(eps, weight.add(1));
                case LAYER -> x.layerNorm(eps, weight, p.get(path + ".bias"));
            };
        }
    }

    /** The feed-forward layer of a block. */
    public enum FeedForward {
        /** down(silu(gate(x)) * up(x)) (SwiGLU: Shazeer, arXiv 2002.05202). */
        GATED_SILU,
        /** down(gelu(gate(x)) * up(x)), gelu by its tanh formula (GeGLU, the same paper). */
        GATED_GELU_TANH,
        /** down(gelu(up(x))), gelu by its tanh formula. */
        GELU_TANH;

        boolean gated() {
            return this != GELU_TANH;
        }

        Tensor activate(Tensor x) {
            return this == GATED_SILU ? x.silu() : x.geluTanh();
        }
    }

    /**
     * What embeddings are multiplied by before the first block.
     *
     * @param ofGiven whether also embeddings that did not come from tokens: Gemma 1 and 2 scale inside the model, Gemma 3
     *     where it looks a token up
     */
    public record EmbeddingScale(double factor, boolean ofGiven) {
        static final EmbeddingScale NONE = new EmbeddingScale(1, false);

        /** Embeddings of tokens as the caller sees them. */
        Tensor ofTokens(Tensor embeds) {
            return ofGiven || factor == 1 ? embeds : embeds.mul(factor);
        }

        /** What the first block reads. */
        Tensor entering(Tensor embeds) {
            return ofGiven && factor != 1 ? embeds.mul(factor) : embeds;
        }
    }

    /**
     * Some blocks see only the latest tokens (Beltagy et al., arXiv 2004.05150).
     *
     * @param tokens that are seen, the token itself and those before it
     * @param layers the blocks, from 0
     * @param rotary rotary embedding in them
     */
    public record SlidingWindow(int tokens, SortedSet<Integer> layers, LlmConfig.Rotary rotary) {
        public SlidingWindow {
            layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
            if (tokens < 1) {
                throw new Invalid("window", "a window of " + tokens + " tokens does not hold the token itself");
            }
        }

        /** All blocks but each {@code period}-th. */
        static SlidingWindow allButEach(int period, int layers, int tokens, LlmConfig.Rotary rotary) {
            SortedSet<Integer> sliding = new TreeSet<>();
            for (int l = 0; l < Math.min(layers, LlmConfig.MAX_LAYERS); l++) {
                if ((l + 1) % period != 0) {
                    sliding.add(l);
                }
            }
            return new SlidingWindow(tokens, sliding, rotary);
        }
    }
}
