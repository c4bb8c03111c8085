package org.einthoven.tensor.backend;

import java.util.List;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * A language model that lives where a backend computes: its weights crossed once, its key-value cache never does, and for a
 * token only its id or embedding goes there, and logits, or the likeliest token, come back. This is one text of it; a backend
 * holds one text of a model at a time, and a new one ends that before it. For one thread.
 *
 * <p>D width, H query heads, G key and value heads, E head width, F feed-forward width, V vocabulary, S positions.
 */
public interface ResidentDecoder {
    /**
     * A pre-norm decoder of the LLaMA family (Touvron et al., arXiv 2302.13971): RMS norms, grouped queries, rotary positions, a
     * feed-forward layer gated by silu, no biases. Matrices are F32 or of a storage-only type.
     *
     * @param embedding of tokens, [V, D]; the head itself where they are one
     * @param norm factors of the last norm, [D]
     * @param head to the vocabulary, [V, D]
     * @param heads H
     * @param keyHeads G
     * @param headWidth E
     * @param eps of the norms
     * @param scale what scores are multiplied by
     * @param interleaved whether the pairs that turn are (2i, 2i + 1), or (i, i + E/2)
     * @param cos of all positions, [S, E/2]
     * @param sin likewise; S is how many tokens the decoder can hold
     */
    record Model(
            List<Block> blocks,
            Tensor embedding,
            Tensor norm,
            Tensor head,
            int heads,
            int keyHeads,
            int headWidth,
            double eps,
            double scale,
            boolean interleaved,
            Tensor cos,
            Tensor sin) {
        public Model {
            blocks = List.copyOf(blocks);
        }

        /** S, the tokens that a decoder of this model holds at most. */
        public int capacity() {
            return cos.dim(0);
        }

        /** Whether one matrix leads from the vocabulary and to it. */
        public boolean isTied() {
            return embedding == head;
        }
    }

    /**
     * @param attentionNorm factors, [D]
     * @param queries [H E, D]
     * @param keys [G E, D]
     * @param values [G E, D]
     * @param mixed from the heads back, [D, H E]
     * @param feedNorm factors of the norm before the feed-forward layer, [D]
     * @param gate [F, D]
     * @param up [F, D]
     * @param down [D, F]
     */
    record Block(
            Tensor attentionNorm,
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor mixed,
            Tensor feedNorm,
            Tensor gate,
            Tensor up,
            Tensor down) {}

    /** A token and its logit. */
    record Likeliest(int token, float logit) {}

    /** Tokens held. */
    int length();

    /**
     * Logits [V] behind T more tokens, which are held afterwards.
     *
     * @param embeds F32 [T, D]
     * @throws TensorException when that is more than the decoder can hold, or another text has begun
     */
    float[] logits(Tensor embeds);

    /** As {@link #logits(Tensor)} behind one more token. */
    float[] logits(int token);

    /** As {@link #logits(int)}, of which only the largest, of equals the first, is brought back. */
    Likeliest likeliest(int token);
}
