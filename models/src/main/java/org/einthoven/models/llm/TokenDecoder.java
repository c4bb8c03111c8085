package org.einthoven.models.llm;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * One token after another through a whole model, in arrays that were made once: what {@link Llama#hidden(Params, Tensor,
 * KvCache)} and {@link Llama#head} compute for a single token, with the same bits, and without garbage. The tensors remain the
 * definition; this is their shortest execution. Several texts, each behind a cache of its own, take a step together, and each
 * weight is then read once for all of them; a text has the same bits alone and among others. For one thread:
 *
 * <pre>{@code
 * model.hidden(weights, model.embed(weights, prompt), cache);
 * TokenDecoder decoder = TokenDecoder.behind(cache, model, weights).orElseThrow();
 * for (int step = 0; step < n; step++) {
 *     id = sampler.next(decoder.logits(id), step);
 * }
 * }</pre>
 *
 * <p>n texts, D width, H query heads, G key and value heads, E head width, F feed-forward width, V vocabulary.
 */
public final class TokenDecoder {
    private final LlmConfig config;
    private final DecodeKernels kernels;
    private final List<KvCache> caches;
    private final DecodeKernels.Table embedding;
    private final List<DecodeBlock> blocks;
    private final float[] lastNorm;
    private final DecodeKernels.Linear head;
    private final float[] x; // [n, D], the residual stream
    private final float[] normed; // [n, D]
    private final float[][] logits; // [n, V]
    private final int[] single = new int[1];
    private final Runnable pass = this::pass;

    private TokenDecoder(Llama model, Params p, DecodeKernels kernels, List<KvCache> caches) {
        int n = caches.size();
        this.config = model.config();
        this.kernels = kernels;
        this.caches = List.copyOf(caches);
        this.embedding = kernels.table(p.get(Llama.EMBEDDING));
        this.x = new float[n * config.width()];
        DecodeBlock.Buffers buffers = new DecodeBlock.Buffers(config, kernels, this.caches, x);
        this.blocks = IntStream.range(0, config.layers())
                .mapToObj(layer -> new DecodeBlock(new DecoderBlock(config, layer), model.rope(layer), p, buffers))
                .toList();
        this.lastNorm = config.architecture().norm().factors(p.get(Llama.NORM + ".weight"));
        this.head = kernels.linear(n, p.get(config.tiedHead() ? Llama.EMBEDDING : Llama.HEAD + ".weight"));
        this.normed = new float[x.length];
        this.logits = new float[][] {new float[n * config.vocabulary()]};
    }

    /** Goes on behind the tokens of one cache, as {@link #behind(List, Llama, Params)}. */
    public static Optional<TokenDecoder> behind(KvCache cache, Llama model, Params weights) {
        return behind(List.of(cache), model, weights);
    }

    /**
     * Goes on behind the tokens of caches, which afterwards hold the new ones too. Empty for layer norms, biases, parallel
     * blocks and heads that turn in part (phi), where the backend has no such kernels, and where the arithmetic is not F32:
     * then tensors decode.
     */
    public static Optional<TokenDecoder> behind(List<KvCache> caches, Llama model, Params weights) {
        return behind(caches, model, weights, Backends.current().decodeKernels());
    }

    /** As {@link #behind(List, Llama, Params)}, by given kernels, where there are some. */
    static Optional<TokenDecoder> behind(
            List<KvCache> caches, Llama model, Params weights, Optional<DecodeKernels> kernels) {
        boolean begun = !caches.isEmpty() && caches.stream().allMatch(c -> c.length() > 0);
        return begun && takes(model, weights)
                ? kernels.map(k -> new TokenDecoder(model, weights, k, caches))
                : Optional.empty();
    }

    /** Whether it knows what the model is made of, on a backend that has the kernels. */
    static boolean takes(Llama model, Params weights) {
        LlmConfig config = model.config();
        boolean fits = config.shapes().entrySet().stream().allMatch(e -> {
            DType type = weights.get(e.getKey()).dtype();
            return type == DType.F32 || type.isStorageOnly() && e.getValue().rank() == 2;
        });
        Architecture a = config.architecture();
        boolean plain = a.norm() != Architecture.Norm.LAYER
                && a.feedForward().gated()
                && !a.biases()
                && !a.parallel()
                && config.rotary().share() == 1
                && a.window().map(w -> w.rotary().share() == 1).orElse(true);
        return fits && plain;
    }

    /** Tokens held of a single text. */
    public int length() {
        return caches.getFirst().length();
    }

    /** As {@link #logits(int[])}, of a single text. */
    public float[] logits(int id) {
        single[0] = id;
        return logits(single);
    }

    /**
     * Logits behind one more token of each text: those of text i are [V] from i V on. The array is the decoder's own and is
     * written again by the next call.
     *
     * @param ids one for each text
     * @throws TensorException when an id is none of the model's, and when a context is full
     */
    public float[] logits(int[] ids) {
        int n = caches.size();
        if (ids.length != n) {
            throw new TensorException(
                    "decode: " + ids.length + " tokens for " + n + " texts; there must be one for each");
        }
        for (int i = 0; i < n; i++) {
            if (ids[i] < 0 || ids[i] >= config.vocabulary()) {
                throw new TensorException(
                        "decode: " + ids[i] + " is no token of this model, which has " + config.vocabulary());
            }
            embedding.row(ids[i], x, i * config.width());
        }
        Workers.closely(pass);
        return logits[0];
    }

    /** From the embeddings in the residual stream to logits. */
    private void pass() {
        int n = caches.size();
        if (config.architecture().embeddingScale().factor() != 1) {
            kernels.scale(
                    x, x.length, (float) config.architecture().embeddingScale().factor());
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            blocks.get(layer).apply();
        }
        for (int i = 0; i < n; i++) {
            caches.get(i).advance(1);
        }
        kernels.rmsNorm(x, n, config.normEps(), lastNorm, normed);
        head.run(normed, n, logits);
        if (config.architecture().logitCap().isPresent()) {
            kernels.cap(
                    logits[0],
                    0,
                    logits[0].length,
                    config.architecture().logitCap().getAsDouble());
        }
    }
}
