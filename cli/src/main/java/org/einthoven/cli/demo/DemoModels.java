package org.einthoven.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.meta.Blindfold;
import org.einthoven.meta.Control;
import org.einthoven.meta.EpisodeEncoder;
import org.einthoven.meta.MetaOrder;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.io.AtomicFile;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Workers;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The small models that the demo begins with, as files in one folder. {@code einthoven make-models} makes all of them from
 * nothing: the language model from text alone, the encoder from ECGs without labels, the mappers from questions of which none
 * is about a held-out finding and none is asked of an ECG that has one.
 */
public final class DemoModels implements AutoCloseable {
    /** Everything random about the making; which findings are held out follows from it. */
    public static final long SEED = 222;

    public static final String LLM = "llm";
    public static final String ENCODER = "encoder.safetensors";
    public static final String MAPPER = "mapper.safetensors";

    /** Steps of each part. */
    public record Steps(int languageModel, int encoder, int mapper) {
        /** Those of the models that come with the command. */
        public static final Steps FULL = new Steps(3000, 400, 1200);
    }

    /** Recordings that the mappers learn from. */
    private static final int TRAINING_ECGS = 4000;

    /** Where findings are held out the others come so much more often that an ECG shows as many as at test. */
    private static final Difficulty TRAINING = Difficulty.STANDARD.withCompany(
            Difficulty.STANDARD.company() * Finding.values().length / (Finding.values().length - HeldOut.LEAST));

    private final Llm llm;
    private final EcgCheckpoint encoder;
    private final Map<Control, Params> mappers;
    private final Params own;
    private final AttentionMapper shape;

    private DemoModels(
            Llm llm, EcgCheckpoint encoder, AttentionMapper shape, Params own, Map<Control, Params> mappers) {
        this.llm = llm;
        this.encoder = encoder;
        this.shape = shape;
        this.own = own;
        this.mappers = mappers;
    }

    /** All files of a folder of models, in the order in which they are made. */
    public static List<String> files() {
        return List.of(
                LLM + "/tokenizer.json",
                LLM + "/config.json",
                LLM + "/model.safetensors",
                ENCODER,
                MAPPER,
                mapperFile(Control.QUESTION_BLIND),
                mapperFile(Control.ECG_BLIND));
    }

    private static String mapperFile(Control control) {
        return "mapper-" + control.key() + ".safetensors";
    }

    /** Opens a folder in which all of {@link #files} are. */
    public static DemoModels open(Path folder) {
        Llm llm = Llm.open(folder.resolve(LLM));
        EcgCheckpoint encoder = EcgCheckpoint.load(folder.resolve(ENCODER));
        AttentionMapper shape = mapper(encoder.encoder(), llm.config());
        return new DemoModels(
                llm,
                encoder,
                shape,
                MapperCheckpoint.load(folder.resolve(MAPPER), shape).params(),
                Map.of(
                        Control.QUESTION_BLIND,
                        MapperCheckpoint.load(folder.resolve(mapperFile(Control.QUESTION_BLIND)), shape)
                                .params(),
                        Control.ECG_BLIND,
                        MapperCheckpoint.load(folder.resolve(mapperFile(Control.ECG_BLIND)), shape)
                                .params()));
    }

    /** Makes what is not there yet; a part that is there is kept, so that making can be interrupted and continued. */
    public static void make(Path folder, Steps steps, Consumer<String> log) throws IOException {
        make(folder, steps, TRAINING_ECGS, log);
    }

    static void make(Path folder, Steps steps, int trainingEcgs, Consumer<String> log) throws IOException {
        Rng rng = Rng.of(SEED);
        Path llm = folder.resolve(LLM);
        Files.createDirectories(llm);
        if (!Files.exists(llm.resolve("model.safetensors"))) {
            write(llm.resolve("tokenizer.json"), Vocabulary.tokenizerJson());
            Tokenizer tokenizer = Tokenizers.open(llm.resolve("tokenizer.json"));
            LlmConfig config = LanguageModelMaker.config(tokenizer);
            write(llm.resolve("config.json"), json(config));
            ReadingExercises exercises = new ReadingExercises(tokenizer, Vocabulary.phrases(), Vocabulary.questions());
            Params weights = LanguageModelMaker.train(
                    new Llama(config), exercises, rng.split("language model"), steps.languageModel(), log);
            SafetensorsWriter.write(llm.resolve("model.safetensors"), weights.toMap(), Map.of("format", "pt"));
        }
        if (!Files.exists(folder.resolve(ENCODER))) {
            EcgEncoder encoder = new EcgEncoder(EncoderMaker.config());
            Params weights = EncoderMaker.train(encoder, rng.split("encoder"), steps.encoder(), log);
            new EcgCheckpoint(encoder, weights, List.of()).save(folder.resolve(ENCODER));
        }
        makeMappers(folder, steps.mapper(), trainingEcgs, rng, log);
    }

    /** Ours and the two blind ones learn from the same tasks, side by side. */
    private static void makeMappers(Path folder, int steps, int trainingEcgs, Rng rng, Consumer<String> log) {
        List<Control> wanted = Stream.of(Control.ZERO_STEPS, Control.QUESTION_BLIND, Control.ECG_BLIND)
                .filter(c -> !Files.exists(folder.resolve(fileOf(c))))
                .toList();
        if (wanted.isEmpty()) {
            return;
        }
        try (Llm llm = Llm.open(folder.resolve(LLM))) {
            EcgCheckpoint encoder = EcgCheckpoint.load(folder.resolve(ENCODER));
            AttentionMapper shape = mapper(encoder.encoder(), llm.config());
            EcgQaModel model = new EcgQaModel(shape, FrozenLlm.of(llm), new StrictForm());
            Set<Finding> heldOut = HeldOut.draw(rng);
            log.accept("held out: " + heldOut.stream().map(Finding::text).toList());
            Recordings training = trainingRecordings(trainingEcgs, rng, encoder, log);
            EpisodeSampler tasks = training.tasks(EnumSet.complementOf(EnumSet.copyOf(heldOut)));
            EpisodeEncoder items = training.encoder(llm.requireTokenizer());
            Blindfold blindfold =
                    new Blindfold(training.vectors(), blank(llm.requireTokenizer()), rng.split("training blindfold"));
            Workers.forEach(wanted.size(), i -> {
                Control c = wanted.get(i);
                Params trained = MapperMaker.train(
                        model,
                        shape.init(rng.split("mapper")),
                        tasks,
                        items,
                        blindfold,
                        c,
                        MetaOrder.FIRST,
                        steps,
                        rng.split("meta-training"),
                        log);
                new MapperCheckpoint(shape, trained).save(folder.resolve(fileOf(c)));
            });
        }
    }

    /** Our own mapper sees everything, and so does the control of no steps, whose weights are the same. */
    private static String fileOf(Control control) {
        return control == Control.ZERO_STEPS ? MAPPER : mapperFile(control);
    }

    /** New patients without held-out findings. */
    static Recordings trainingRecordings(int ecgs, Rng rng, EcgCheckpoint encoder, Consumer<String> log) {
        SyntheticCohort cohort = SyntheticCohort.of(ecgs, TRAINING, rng.split("training patients"))
                .without(HeldOut.draw(Rng.of(SEED)));
        return Recordings.encode(cohort, encoder.encoder(), encoder.params(), done -> {
            if (done == ecgs) {
                log.accept(ecgs + " training recordings encoded");
            }
        });
    }

    /** What a question-blind learner is asked every time. */
    static int[] blank(Tokenizer tokenizer) {
        return tokenizer.encode("is there this?");
    }

    private static AttentionMapper mapper(EcgEncoder encoder, LlmConfig llm) {
        return AttentionMapper.reference(encoder.config().width(), llm.width());
    }

    private static void write(Path file, String text) {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String json(LlmConfig c) {
        ObjectNode o = new ObjectMapper().createObjectNode().put("model_type", "llama");
        o.putArray("architectures").add("LlamaForCausalLM");
        o.put("vocab_size", c.vocabulary()).put("hidden_size", c.width()).put("intermediate_size", c.intermediate());
        o.put("num_hidden_layers", c.layers()).put("num_attention_heads", c.heads());
        o.put("num_key_value_heads", c.keyValueHeads())
                .put("head_dim", c.headDim())
                .put("rms_norm_eps", c.normEps());
        o.put("rope_theta", c.rotary().theta()).put("max_position_embeddings", c.maxPositions());
        o.put("tie_word_embeddings", c.tiedHead()).put("hidden_act", "silu");
        o.put("bos_token_id", c.bos().orElseThrow()).put("eos_token_id", c.eos().first());
        return o.toPrettyString() + "\n";
    }

    Llm llm() {
        return llm;
    }

    EcgCheckpoint encoder() {
        return encoder;
    }

    /** Our mapper, meta-trained. */
    Params own() {
        return own;
    }

    /** The mappers of controls that are trained blind. */
    Map<Control, Params> blind() {
        return mappers;
    }

    EcgQaModel model() {
        return new EcgQaModel(shape, FrozenLlm.of(llm), new StrictForm());
    }

    @Override
    public void close() {
        llm.close();
    }
}
