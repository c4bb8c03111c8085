package org.einthoven.models.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.backend.ResidentDecoder;

/**
 * Writes on from a prompt: one pass over the prompt, then one of a single token for each token written, with a
 * {@link KvCache}. Single tokens go through a {@link TokenDecoder} where the model has one, and through tensors where not; the
 * logits have the same bits. A backend that keeps whole models where it computes reads and writes instead, as a
 * {@link ResidentDecoder}.
 *
 * @param stop tokens that end a text
 * @param halves whether the key-value cache is rounded to F16, which takes half the memory of F32
 * @param repacked a second copy of the weights that single tokens are written with, where there is one
 */
public record Generator(
        Llama model, Params weights, Set<Integer> stop, boolean halves, Optional<RepackedWeights> repacked) {
    /**
     * Prompts are read in pieces, so that the arrays of a block need memory for this many tokens. Pieces of 256 take 28 MB more
     * for a model of the shape of Llama 3.2 1B, and 1 % less time.
     */
    static final int PREFILL = 128;

    /** Tokens that room is made for behind a prompt, where so many are asked for: growing copies the whole cache. */
    private static final int WRITTEN = 128;

    public Generator {
        stop = Set.copyOf(stop);
    }

    /** With a cache in the type of the arithmetic, and weights as they are stored. */
    public Generator(Llama model, Params weights, Set<Integer> stop) {
        this(model, weights, stop, false, Optional.empty());
    }

    /** Stops at the model's own end tokens. */
    public Generator(Llama model, Params weights) {
        this(model, weights, model.config().eos());
    }

    /**
     * Writes on from token ids, which are used as they are; no BOS is put before them.
     *
     * @throws TensorException when there is no id, or more than the model's context
     */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler) {
        return generate(prompt, maxTokens, sampler, id -> true);
    }

    /**
     * As {@link #generate(int[], int, Sampler)}, telling each token as soon as it is chosen.
     *
     * @param goOn given the token; false ends the text behind it, before the next pass
     */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler, IntPredicate goOn) {
        return generate(prompt, emptyCache(), maxTokens, sampler, goOn);
    }

    /** As {@link #generate(int[], int, Sampler, IntPredicate)}, behind a cache that holds the first tokens of the prompt. */
    Generation generate(int[] prompt, KvCache cache, int maxTokens, Sampler sampler, IntPredicate goOn) {
        requireTokens(prompt);
        int[] rest = Arrays.copyOfRange(prompt, cache.length(), prompt.length);
        return MappedReading.of(() -> {
            Tensor embeds = model.embed(weights, Tensor.of(rest, 1, rest.length));
            return generate(embeds, Arrays.stream(prompt).boxed().toList(), cache, maxTokens, sampler, goOn);
        });
    }

    private static void requireTokens(int[] prompt) {
        if (prompt.length == 0) {
            throw new TensorException("generate: the prompt has no tokens; begin with BOS");
        }
    }

    /**
     * Writes on from embeddings [1, T, D]: token embeddings, a prefix that something else computed, or both joined.
     *
     * @throws TensorException when T is 0 or more than the model's context
     */
    public Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        return MappedReading.of(() -> generate(prompt, List.of(), emptyCache(), maxTokens, sampler, id -> true));
    }

    /** @param ids of the text so far where it has some, for the sampler */
    private Generation generate(
            Tensor prompt, List<Integer> ids, KvCache cache, int maxTokens, Sampler sampler, IntPredicate goOn) {
        if (maxTokens < 0) {
            throw new TensorException("generate: " + maxTokens + " tokens cannot be written; ask for 0 or more");
        }
        if (cache.length() == 0 && !halves && repacked.isEmpty()) {
            int most = (int) Math.min(model.config().maxPositions(), prompt.dim(1) + (long) maxTokens);
            Optional<ResidentDecoder> resident = ResidentLlama.text(model, weights, most);
            if (resident.isPresent()) {
                return resident(resident.get(), prompt.detach(), ids, maxTokens, sampler, goOn);
            }
        }
        long start = System.nanoTime();
        Tensor first = behind(prompt.detach(), cache, Math.min(maxTokens, WRITTEN));
        long prefilled = System.nanoTime();
        Text text = new Text(ids, cache, cache::length, maxTokens, sampler, goOn);
        text.choose(first);
        Optional<TokenDecoder> decoder = text.ended() ? Optional.empty() : decoder(List.of(cache));
        while (!text.ended()) {
            if (decoder.isPresent()) {
                text.choose(decoder.get().logits(text.last()), 0);
            } else {
                text.choose(behind(model.embed(weights, Tensor.of(new int[] {text.last()}, 1, 1)), cache));
            }
        }
        Duration decode = Duration.ofNanos(System.nanoTime() - prefilled);
        return text.generation(prompt.dim(1), Duration.ofNanos(prefilled - start), decode);
    }

    /** Where the backend keeps the whole model: only what a token is goes there, and only logits, or the likeliest, come back. */
    private Generation resident(
            ResidentDecoder decoder,
            Tensor prompt,
            List<Integer> ids,
            int maxTokens,
            Sampler sampler,
            IntPredicate goOn) {
        long start = System.nanoTime();
        requireContext(prompt.dim(1), 0);
        Tensor first = Tensor.of(
                decoder.logits(prompt.reshape(-1, model.config().width())),
                model.config().vocabulary());
        long prefilled = System.nanoTime();
        Text text = new Text(ids, emptyCache(), decoder::length, maxTokens, sampler, goOn);
        text.choose(first);
        while (!text.ended()) {
            if (sampler.takesTheLikeliest()) {
                text.choose(decoder.likeliest(text.last()));
            } else {
                text.choose(decoder.logits(text.last()), 0);
            }
        }
        Duration decode = Duration.ofNanos(System.nanoTime() - prefilled);
        return text.generation(prompt.dim(1), Duration.ofNanos(prefilled - start), decode);
    }

    /**
     * Writes on from several prompts at once: each is read by itself, and then all take a step together, so that each weight
     * is read once for all. The tokens of each are those of {@link #generate(int[], int, Sampler)}.
     *
     * @return one for each prompt; the times are those of all together
     */
    public List<Generation> generate(List<int[]> prompts, int maxTokens, Sampler sampler) {
        return MappedReading.of(() -> together(prompts, maxTokens, sampler));
    }

    private List<Generation> together(List<int[]> prompts, int maxTokens, Sampler sampler) {
        long start = System.nanoTime();
        List<Text> texts = new ArrayList<>();
        for (int[] prompt : prompts) {
            requireTokens(prompt);
            KvCache cache = emptyCache();
            Tensor embeds = model.embed(weights, Tensor.of(prompt.clone(), 1, prompt.length));
            Tensor logits = behind(embeds, cache, Math.min(maxTokens, WRITTEN));
            Text text = new Text(
                    Arrays.stream(prompt).boxed().toList(), cache, cache::length, maxTokens, sampler, id -> true);
            text.choose(logits);
            texts.add(text);
        }
        long prefilled = System.nanoTime();
        List<Text> going = texts.stream().filter(t -> !t.ended()).toList();
        while (!going.isEmpty()) {
            stepTogether(going);
            going = going.stream().filter(t -> !t.ended()).toList();
        }
        Duration prefill = Duration.ofNanos(prefilled - start);
        Duration decode = Duration.ofNanos(System.nanoTime() - prefilled);
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            all.add(texts.get(i).generation(prompts.get(i).length, prefill, decode));
        }
        return all;
    }

    /** Until one of the texts has ended. */
    private void stepTogether(List<Text> texts) {
        Optional<TokenDecoder> decoder =
                decoder(texts.stream().map(t -> t.cache).toList());
        while (texts.stream().noneMatch(Text::ended)) {
            float[] logits = decoder.map(
                            d -> d.logits(texts.stream().mapToInt(Text::last).toArray()))
                    .orElse(null);
            for (int i = 0; i < texts.size(); i++) {
                Text text = texts.get(i);
                if (logits != null) {
                    text.choose(logits, i * model.config().vocabulary());
                } else {
                    text.choose(behind(model.embed(weights, Tensor.of(new int[] {text.last()}, 1, 1)), text.cache));
                }
            }
        }
    }

    private Optional<TokenDecoder> decoder(List<KvCache> caches) {
        return repacked.isPresent()
                ? TokenDecoder.behind(caches, model, weights, repacked.get().kernels())
                : TokenDecoder.behind(caches, model, weights);
    }

    /** One text as it grows. */
    private final class Text {
        private final List<Integer> ids;
        private final int first; // of the tokens written
        private final KvCache cache;
        private final IntSupplier length; // tokens read
        private final int maxTokens;
        private final Sampler sampler;
        private final IntPredicate goOn;
        private Optional<Generation.End> end;
        private int passes; // of which the logits have been used, the prompt's among them

        Text(
                List<Integer> before,
                KvCache cache,
                IntSupplier length,
                int maxTokens,
                Sampler sampler,
                IntPredicate goOn) {
            this.ids = new ArrayList<>(before);
            this.first = before.size();
            this.cache = cache;
            this.length = length;
            this.maxTokens = maxTokens;
            this.sampler = sampler;
            this.goOn = goOn;
            this.end = maxTokens == 0 ? Optional.of(Generation.End.MAX_TOKENS) : Optional.empty();
        }

        boolean ended() {
            return end.isPresent();
        }

        int last() {
            return ids.getLast();
        }

        void choose(Tensor logits) {
            passes++;
            if (!ended()) {
                take(sampler.next(logits, ids, ids.size() - first));
            }
        }

        void choose(float[] logits, int from) {
            passes++;
            take(sampler.next(logits, from, model.config().vocabulary(), ids, ids.size() - first));
        }

        void choose(ResidentDecoder.Likeliest likeliest) {
            passes++;
            take(Sampler.checked(likeliest.token(), likeliest.logit()));
        }

        private void take(int id) {
            if (stop.contains(id)) {
                end = Optional.of(Generation.End.EOS);
                return;
            }
            ids.add(id);
            if (!goOn.test(id)) {
                end = Optional.of(Generation.End.STOPPED);
            } else if (ids.size() - first == maxTokens) {
                end = Optional.of(Generation.End.MAX_TOKENS);
            } else if (length.getAsInt() == model.config().maxPositions()) {
                end = Optional.of(Generation.End.CONTEXT);
            }
        }

        Generation generation(int prompt, Duration prefill, Duration decode) {
            return new Generation(
                    ids.subList(first, ids.size()), end.orElseThrow(), prompt, prefill, decode, passes - 1);
        }
    }

    KvCache emptyCache() {
        return new KvCache(model.config(), halves);
    }

    /** Logits [V] of the token behind those of the cache and [1, T, D], which the cache afterwards holds too. */
    Tensor behind(Tensor embeds, KvCache cache) {
        return behind(embeds, cache, WRITTEN);
    }

    /** @param more tokens that room is made for besides */
    private Tensor behind(Tensor embeds, KvCache cache, int more) {
        int t = embeds.dim(1);
        requireContext(t, cache.length());
        cache.expect((int) Math.min(model.config().maxPositions(), (long) cache.length() + t + more));
        Workspace memory = new Workspace();
        int from = 0;
        while (t - from > PREFILL) {
            model.hidden(weights, embeds.slice(1, from, from + PREFILL), cache, memory);
            from += PREFILL;
        }
        Tensor h = model.hidden(weights, embeds.slice(1, from, t), cache, memory); // [1, at most PREFILL, D]
        return model.head(weights, h.select(1, -1)).reshape(-1); // [V]
    }

    private void requireContext(int tokens, int before) {
        int context = model.config().maxPositions();
        if (tokens > context - before) {
            throw new TensorException("a prompt of " + (before + tokens)
                    + " tokens is longer than this model's context of " + context + "; shorten it");
        }
    }
}
