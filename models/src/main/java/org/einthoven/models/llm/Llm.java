package org.einthoven.models.llm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.NameMap;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.models.text.ChatTemplate;
import org.einthoven.models.text.GgufTokenizer;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.WarmUp;

/**
 * A language model opened from files: its configuration, architecture, frozen weights, and tokenizer where the files have one.
 *
 * <p>F32 weights are copied to arrays; F16, BF16 and quantised blocks stay mapped from the file and are decoded as they are
 * used, so they live until {@link #close}.
 *
 * <pre>{@code
 * try (Llm llm = Llm.open(Path.of("stories260K-f32.gguf"))) {
 *     System.out.println(llm.text(llm.generate("Once upon a time", 100, Sampler.greedy())));
 * }
 * }</pre>
 */
public final class Llm implements AutoCloseable {
    private static final int WARM_UP_PROMPT = 32;
    private static final int WARM_UP_TOKENS = 16;

    private final WeightFile file;
    private final Llama model;
    private final Params weights;
    private final Optional<Supplier<Tokenizer>> vocabulary;
    private final Supplier<Optional<ChatTemplate>> chat;
    private final Optional<RepackedWeights> repacked;
    private @Nullable Tokenizer tokenizer; // none before it is asked for

    private Llm(
            WeightFile file,
            Llama model,
            Params weights,
            Optional<Supplier<Tokenizer>> vocabulary,
            Supplier<Optional<ChatTemplate>> chat,
            Decoding decoding) {
        this.file = file;
        this.model = model;
        this.weights = weights;
        this.vocabulary = vocabulary;
        this.chat = chat;
        this.repacked = decoding == Decoding.REPACKED
                ? Optional.of(RepackedWeights.of(model, weights, file.path()))
                : Optional.empty();
    }

    /**
     * Opens one {@code .gguf}, a Hugging Face folder ({@code config.json} and one or several {@code *.safetensors} or
     * {@code pytorch_model*.bin}), or one weight file of such a folder. What a file is shows in its content, not in its name.
     *
     * @throws FormatException when something is missing or not what it claims to be; all missing, unexpected and misshaped
     *     weights are named at once
     */
    public static Llm open(Path path) {
        return open(path, Decoding.FROM_FILE);
    }

    /**
     * As {@link #open(Path)}.
     *
     * @param decoding what tokens are written with; the memory of {@link Decoding#REPACKED} is freed by {@link #close}
     * @throws FormatException when nothing can be repacked that should be
     * @throws TensorException when the backend decodes from no repacked weights
     */
    public static Llm open(Path path, Decoding decoding) {
        // A folder without config.json is told first: it is the commoner mistake than a folder without weights.
        Path folder = WeightFiles.folderOf(path).toAbsolutePath();
        if (Files.isDirectory(path) && !Files.isRegularFile(folder.resolve("config.json"))) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    "config.json",
                    "is not in this folder; a language model is a folder with config.json and *.safetensors, or one"
                            + " .gguf file");
        }
        WeightFile file = WeightFiles.open(path);
        try {
            return file instanceof GgufFile gguf ? gguf(gguf, decoding) : huggingFace(file, folder, decoding);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static Llm gguf(GgufFile file, Decoding decoding) {
        LlmConfig config = GgufConfig.read(file);
        Params weights = weights(FusedQkv.split(file, config), GgufNames.ofHuggingFace(config), config);
        boolean withTokenizer =
                !file.keys().string("tokenizer.ggml.model", GgufTokenizer.NONE).equals(GgufTokenizer.NONE);
        return new Llm(
                file,
                new Llama(config),
                weights,
                withTokenizer ? Optional.of(() -> Tokenizers.of(file)) : Optional.empty(),
                () -> chat(file),
                decoding);
    }

    private static Llm huggingFace(WeightFile file, Path folder, Decoding decoding) {
        HfConfig hf = HfConfig.beside(file, folder);
        LlmConfig config = hf.config();
        Params weights = weights(file, hf.names(), config);
        return new Llm(file, new Llama(config), weights, vocabulary(folder), () -> ChatTemplate.in(folder), decoding);
    }

    private static Optional<ChatTemplate> chat(GgufFile file) {
        String key = GgufTokenizer.CHAT_TEMPLATE;
        return file.keys().has(key)
                ? Optional.of(
                        new ChatTemplate(file.keys().string(key), file.path().toString()))
                : Optional.empty();
    }

    private static Optional<Supplier<Tokenizer>> vocabulary(Path folder) {
        return Tokenizers.fileIn(folder).map(file -> () -> Tokenizers.open(file));
    }

    /** Norm weights take part in arithmetic and are decoded; matrices stay as they are stored. */
    private static Params weights(WeightFile file, NameMap names, LlmConfig config) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        names.load(file, config.shapes()).forEach((name, w) -> {
            if (!w.dtype().isFloating() && !w.dtype().isStorageOnly()) {
                throw new FormatException(
                        file.path().toString(),
                        FormatException.WHOLE_FILE,
                        name,
                        "holds " + w.dtype() + "; weights are F32, BF16, F16 or quantised blocks");
            }
            weights.put(name, w.rank() == 1 && w.dtype().isStorageOnly() ? w.cast(DType.F32) : w);
        });
        return Params.of(weights);
    }

    /** The file that the weights come from. */
    public Path path() {
        return file.path();
    }

    public LlmConfig config() {
        return model.config();
    }

    public Llama model() {
        return model;
    }

    /** Frozen; the names of Hugging Face's LlamaForCausalLM, also for a GGUF file. */
    public Params weights() {
        return weights;
    }

    /** The second copy of matrices that tokens are written with, for {@link Decoding#REPACKED}. */
    public Optional<RepackedWeights> repacked() {
        return repacked;
    }

    /** What {@link #session} and {@code generate} write with. */
    private Generator generator(Set<Integer> stop, boolean halves) {
        return new Generator(model, weights, stop, halves, repacked);
    }

    /**
     * Read when first asked for: ids work without it. Empty when the files have none.
     *
     * @throws FormatException when the files have one that is broken or of a kind that we do not read
     */
    public synchronized Optional<Tokenizer> tokenizer() {
        if (tokenizer == null && vocabulary.isPresent()) {
            tokenizer = vocabulary.get().get();
        }
        return Optional.ofNullable(tokenizer);
    }

    /**
     * The tokenizer, for work that needs text.
     *
     * @throws FormatException when there is none
     */
    public Tokenizer requireTokenizer() {
        return tokenizer()
                .orElseThrow(() -> new FormatException(
                        file.path().toString(),
                        FormatException.WHOLE_FILE,
                        "tokenizer",
                        "text cannot be encoded or decoded without one; put tokenizer.json or tokenizer.model beside"
                                + " the weights, or use ids"));
    }

    /**
     * How the model wants to be spoken to, where its files say so.
     *
     * @throws FormatException when they hold a template that we cannot read
     */
    public Optional<ChatTemplate> chatTemplate() {
        return chat.get();
    }

    /**
     * The chat template, for work that needs one.
     *
     * @throws FormatException when there is none
     */
    public ChatTemplate requireChatTemplate() {
        return chatTemplate()
                .orElseThrow(() -> new FormatException(
                        file.path().toString(),
                        FormatException.WHOLE_FILE,
                        "chat_template",
                        "this model has none; is it one for chats? Put its chat_template.jinja or tokenizer_config.json"
                                + " beside the weights"));
    }

    /** Embeddings [1, T, D] of token ids. */
    public Tensor embed(int... ids) {
        Tensor known = tokens(ids);
        return MappedReading.of(() -> model.embed(weights, known));
    }

    /** Logits [V] of the token behind {@code ids}. */
    public Tensor logits(int... ids) {
        Tensor x = embed(ids);
        return MappedReading.of(() -> new Generator(model, weights).behind(x, new KvCache(config())));
    }

    /** A conversation, which reads only what is new of each prompt. */
    public Session session() {
        return new Session(generator(config().eos(), false));
    }

    /**
     * Writes on from ids while the text is read, piece by piece.
     *
     * @param stops strings that end the text and are no part of it
     */
    public WrittenText write(Session session, int[] prompt, int maxTokens, Sampler sampler, List<String> stops) {
        tokens(prompt);
        return new WrittenText(session, requireTokenizer(), prompt, maxTokens, sampler, stops);
    }

    /** Writes on from ids, which are used as they are. */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler) {
        return generate(prompt, maxTokens, sampler, id -> true);
    }

    /** As {@link #generate(int[], int, Sampler)}, until {@code goOn} is false of a token. */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler, IntPredicate goOn) {
        return generate(prompt, maxTokens, sampler, false, goOn);
    }

    /**
     * As {@link #generate(int[], int, Sampler, IntPredicate)}.
     *
     * @param halves whether the key-value cache is rounded to F16, which takes half the memory
     */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler, boolean halves, IntPredicate goOn) {
        tokens(prompt);
        return generator(config().eos(), halves).generate(prompt, maxTokens, sampler, goOn);
    }

    /** Writes on from embeddings [1, T, D], such as a prefix and the embeddings of a question. */
    public Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        return generator(config().eos(), false).generate(prompt, maxTokens, sampler);
    }

    /**
     * Reads a prompt and writes a few tokens, made up and thrown away, until both are compiled or {@code most} is over: for a
     * program that answers many requests, before the first. See {@link WarmUp}.
     */
    public WarmUp.Report warmUp(Duration most) {
        int[] prompt = new int[Math.min(WARM_UP_PROMPT, config().maxPositions() / 2)];
        Generator endless = generator(Set.of(), false);
        return WarmUp.run(() -> endless.generate(prompt, WARM_UP_TOKENS, Sampler.greedy()), most);
    }

    /** Writes on from a text, after BOS where the tokenizer adds it. */
    public Generation generate(String prompt, int maxTokens, Sampler sampler) {
        return generate(requireTokenizer().encodePrompt(prompt), maxTokens, sampler);
    }

    /** The text of what was generated, as it follows the prompt. */
    public String text(Generation g) {
        return requireTokenizer()
                .continuation(g.ids().stream().mapToInt(Integer::intValue).toArray());
    }

    /** Log-likelihood of a continuation of ids, both used as they are. */
    public Likelihood.Score score(int[] prompt, int... continuation) {
        tokens(prompt);
        return MappedReading.of(() -> new Likelihood(model, weights).score(prompt, continuation));
    }

    /** Log-likelihoods of several continuations of one prompt of embeddings [1, P, D]. */
    public List<Likelihood.Score> scores(Tensor prompt, List<int[]> continuations) {
        return MappedReading.of(() -> new Likelihood(model, weights).scores(prompt, continuations));
    }

    /** I32 [1, T], checked against the vocabulary. */
    private Tensor tokens(int... ids) {
        if (ids.length == 0) {
            throw new TensorException("there are no token ids; begin with BOS");
        }
        for (int id : ids) {
            if (id < 0 || id >= config().vocabulary()) {
                throw new TensorException("ids: " + id + " is no token of " + file.path() + ", which has "
                        + config().vocabulary() + " of them");
            }
        }
        return Tensor.of(ids.clone(), 1, ids.length);
    }

    /** Ends the life of weights that are mapped from the file, and of repacked ones. */
    @Override
    public void close() {
        repacked.ifPresent(RepackedWeights::close);
        file.close();
    }
}
