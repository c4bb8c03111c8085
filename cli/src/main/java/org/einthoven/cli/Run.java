package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.episodes.Concepts;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodePlan;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.meta.Memory;
import org.einthoven.meta.MetaLearner;
import org.einthoven.meta.RunConfig;
import org.einthoven.meta.RunDirectory;
import org.einthoven.meta.UnfrozenEncoder;
import org.einthoven.meta.VectorPool;
import org.einthoven.meta.baseline.AbnormalScorer;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.models.fusion.QaText;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Everything that training and evaluation work with: tasks, the joined model with its frozen parts, and all ECGs as vectors.
 * {@link #open} reads and checks what costs little and writes nothing; {@link #encode} does the long work.
 */
final class Run implements AutoCloseable {
    private static final String VECTORS = "ecg-vectors.bin";
    /** In front of the names of the language model's adapters in what learns. */
    static final String ADAPTERS = "llm";
    /** In front of the encoder's, where it learns; all else is the mapper's. */
    static final String ENCODER = UnfrozenEncoder.ENCODER;

    final RunOptions options;
    final RunRules rules;
    final EpisodePlan plan;
    final EcgQaModel model;
    final QaText text;
    final InnerGraphs graphs;
    final Rng rng;
    final List<String> warnings = new ArrayList<>();
    private final EcgQa questions;
    private final EcgLibrary library;
    private final Llm llm;
    private final long seed;
    private final Map<List<Object>, Set<String>> wordingsOf = new HashMap<>();
    private @Nullable LoadedEncoder loaded; // until all is encoded, where it does not learn: it is large
    private @Nullable EncodedEcgs ecgs; // none before encode()
    private final @Nullable String sideDigest; // of who stands where in a published division
    private @Nullable String modelDigest; // until it is asked for

    /** Reads all but the ECGs themselves, and cuts the tasks. */
    static Run open(RunOptions options, long seed) {
        options.check();
        RunRules rules = new RunRules(options);
        List<String> warnings = rules.check();
        EcgQa questions = options.readQuestions();
        EcgLibrary library = EcgLibrary.open(options.ecgFolder());
        Llm llm = Llm.open(options.model);
        try {
            return new Run(options, rules, warnings, questions, library, llm, seed);
        } catch (RuntimeException e) {
            llm.close();
            throw e;
        }
    }

    private Run(
            RunOptions options,
            RunRules rules,
            List<String> warnings,
            EcgQa questions,
            EcgLibrary library,
            Llm llm,
            long seed) {
        this.options = options;
        this.rules = rules;
        this.questions = questions;
        this.library = library;
        this.llm = llm;
        this.seed = seed;
        this.rng = Rng.of(seed);
        this.text = rules.text(llm.requireTokenizer());
        this.warnings.addAll(warnings);
        this.warnings.addAll(questions.warnings());
        this.warnings.addAll(library.warnings());
        this.plan = rules.plan(answerable(questions), library, rng.split("plan"));
        this.sideDigest = options.split == Split.PUBLISHED
                ? digest(questions.lists().sideOfEcg())
                : options.split == Split.STRAT_FOLD
                        ? digest(library.stratFolds().foldOfEcg())
                        : null;
        this.warnings.addAll(plan.notes());
        if (!rules.isSeed() && options.seenTasks != null && plan.seen().isEmpty()) {
            this.warnings.add(
                    "--seen-tasks is read, but there is no table of attributes seen in training: it is of a split by"
                            + " attribute or by group, with no group named, whose items suffice for it");
        }
        warnOfCutQuestions();
        LoadedEncoder encoder =
                options.encoder == null ? LoadedEncoder.drawn(seed) : LoadedEncoder.read(options.encoder);
        this.loaded = encoder;
        this.warnings.addAll(encoder.warnings());
        Mapper mapper = rules.mapper(encoder.width(), llm.config().width());
        this.model = new EcgQaModel(mapper, FrozenLlm.of(llm), rules.form(llm));
        this.graphs = innerGraphs(llm);
    }

    /** Encodes all ECGs that tasks can draw, each once, and keeps their vectors in the run's folder. */
    void encode(RunDirectory directory) {
        try (FeatureCache cache = FeatureCache.open(vectorFile(directory))) {
            ecgs = EncodedEcgs.of(library, drawable(), this::signal, encoder(), model.mapper(), cache);
        }
        loaded = options.robustness || rules.encoderLearns() ? loaded : null;
    }

    /** The ECGs as the encoder that stands beside these weights sees them, or the frozen one. */
    EcgView view(Params theta) {
        return rules.encoderLearns() ? EcgView.through(this, theta, encoder(), ecgs().pool()) : view();
    }

    /** As the frozen encoder sees them, or the one that training starts from. */
    EcgView view() {
        return new EcgView(this, ecgs().pool());
    }

    private LoadedEncoder encoder() {
        return Objects.requireNonNull(loaded, "kept where it learns, and for --robustness");
    }

    private EncodedEcgs ecgs() {
        return Objects.requireNonNull(ecgs, "encode() comes first");
    }

    private Path vectorFile(RunDirectory directory) {
        return options.vectors != null ? options.vectors : directory.resolve(VECTORS);
    }

    /** Crops [C, 12, T] in mV. */
    Tensor signal(int ecg) {
        return rules.preprocess().apply(library.read(ecg));
    }

    /**
     * The vectors of some ECGs whose signals are changed before the encoder that stands beside these weights, or the frozen one,
     * reads them; only for {@code --robustness}.
     */
    VectorPool encodedAnew(
            Params theta, Set<Integer> ids, RunDirectory directory, BiFunction<Integer, Tensor, Tensor> change) {
        LoadedEncoder by = rules.encoderLearns() ? encoder().with(theta.in(ENCODER)) : encoder();
        try (FeatureCache cache = FeatureCache.open(vectorFile(directory))) {
            return EncodedEcgs.of(library, ids, id -> change.apply(id, signal(id)), by, model.mapper(), cache)
                    .pool();
        }
    }

    /**
     * By attribute, how often a yes-no question about it is answered by yes, among all that are answered by yes or no, an ECG
     * counting once for each question: of questions made from labels the share of the ECGs that have it.
     */
    SortedMap<String, Double> prevalence() {
        Map<String, Map<List<Integer>, Boolean>> answers = new TreeMap<>();
        questions.items().stream()
                .filter(item -> item.questionType() == QuestionType.SINGLE_VERIFY)
                .filter(item -> item.isAnswered("yes") || item.isAnswered("no"))
                .forEach(item -> answers.computeIfAbsent(item.subject(), a -> new HashMap<>())
                        .put(List.of(item.questionId(), item.ecgId()), item.isAnswered("yes")));
        SortedMap<String, Double> shares = new TreeMap<>();
        answers.forEach((attribute, of) -> shares.put(
                attribute, (double) of.values().stream().filter(yes -> yes).count() / of.size()));
        return shares;
    }

    /** The other wordings of what an item asks. */
    List<String> otherWordings(QaItem item) {
        if (wordingsOf.isEmpty()) {
            questions.items().forEach(q -> wordingsOf
                    .computeIfAbsent(asked(q), k -> new TreeSet<>())
                    .add(q.question()));
        }
        Set<String> others = new TreeSet<>(wordingsOf.getOrDefault(asked(item), Set.of()));
        others.remove(item.question());
        return List.copyOf(others);
    }

    private static List<Object> asked(QaItem item) {
        return List.of(item.templateId(), item.questionType(), item.attributes());
    }

    /** Whether the graph of an inner step is kept or made again. */
    Memory memory() {
        return rules.differentiatesTwice() ? graphs.memory() : Memory.KEEP_STEPS;
    }

    /** Of the longest question there is; the seed protocol fills all up to one length. */
    private InnerGraphs innerGraphs(Llm llm) {
        int asked = rules.isSeed()
                ? options.questionLength + options.answerLength
                : wordings().mapToInt(q -> text.question(q).length).max().orElse(0) + 1;
        int prefixes = options.prefixLength * options.ecgsOfAQuestion();
        return new InnerGraphs(options.innerSteps, rules.supportItems(), prefixes + asked, llm.config());
    }

    private EcgQa answerable(EcgQa all) {
        EcgQa there = all.about(library::has);
        int missing = all.items().size() - there.items().size();
        if (there.items().isEmpty()) {
            throw new Failure.BadInput(
                    options.ecgFolder(), "holds none of the ECGs that " + questions.source() + " asks about");
        }
        if (missing > 0) {
            warnings.add(missing + " of " + all.items().size() + " questions are about ECGs that are not in "
                    + options.ecgFolder() + " and are left out");
        }
        return there;
    }

    private void warnOfCutQuestions() {
        long cut = wordings()
                .filter(q -> text.question(q).length > options.questionLength)
                .count();
        if (rules.isSeed() && cut > 0) {
            warnings.add("seed protocol: " + cut + " of " + wordings().count() + " wordings are longer than --seq_len "
                    + options.questionLength + " tokens and are cut");
        }
    }

    private Stream<String> wordings() {
        return questions.items().stream()
                .filter(item -> options.types().contains(item.questionType()))
                .map(QaItem::question)
                .distinct();
    }

    private Set<Integer> drawable() {
        Set<Integer> ids = new TreeSet<>(plan.train().ecgs());
        ids.addAll(plan.test().ecgs());
        plan.seen().ifPresent(seen -> ids.addAll(seen.ecgs()));
        plan.validation().ifPresent(side -> ids.addAll(side.ecgs()));
        return ids;
    }

    /** Token ids of an answer, as it stands behind any question. */
    int[] answer(String answer) {
        return text.tokens("", List.of(answer)).answer();
    }

    /** Of all ECGs that training can draw; empty where they are all normal, or all abnormal. */
    Optional<AbnormalScorer> abnormalScorer(EcgView view) {
        Set<Integer> abnormal = new HashSet<>();
        questions.items().stream()
                .filter(item -> item.questionType() == QuestionType.SINGLE_VERIFY && item.isAnswered("yes"))
                .filter(item -> item.attributes().stream().noneMatch(Concepts::isNormal))
                .forEach(item -> abnormal.addAll(item.ecgIds()));
        List<Integer> ids = List.copyOf(new TreeSet<>(plan.train().ecgs()));
        List<Boolean> labels = ids.stream().map(abnormal::contains).toList();
        if (labels.stream().distinct().count() < 2) {
            return Optional.empty();
        }
        return Optional.of(
                AbnormalScorer.fit(ids.stream().map(view.vectors()::pooled).toList(), labels));
    }

    /** A fresh mapper. */
    Params freshMapper() {
        return model.mapper().init(rng.split("mapper"));
    }

    /** What the outer loop learns, from these weights on; adapters that they lack are fresh, an encoder is the run's. */
    Params start(Params weights) {
        boolean complete =
                rules.adapters().isEmpty() || !weights.in(ADAPTERS).paths().isEmpty();
        Params adapting = besidesEncoder(weights);
        Params start =
                rules.start(complete ? adapting : adapting.and(freshAdapters().under(ADAPTERS)));
        if (!rules.encoderLearns()) {
            return start;
        }
        Params there = weights.in(ENCODER);
        return start.and((there.paths().isEmpty() ? encoder().params() : there).under(ENCODER));
    }

    /** What adapts to a task. */
    static Params besidesEncoder(Params weights) {
        return weights.without(ENCODER);
    }

    /** The encoder as it has learnt. */
    EcgCheckpoint learntEncoder(Params weights) {
        return new EcgCheckpoint(encoder().encoder(), weights.in(ENCODER), List.of());
    }

    /** The outer loop's rule where the encoder learns: the given one, and the encoder behind it. */
    MetaLearner unfrozen(MetaLearner learner) {
        return new UnfrozenEncoder(
                learner,
                encoder().encoder(),
                model.mapper().readsSteps(),
                this::signal,
                encoder().memory());
    }

    private Params freshAdapters() {
        return rules.adapters().orElseThrow().init(llm.config(), rng.split("adapters"));
    }

    /** The tasks of an outer step, in words. */
    List<Episode> trainingEpisodes(long step) {
        return plan.train().batch(rng.split("training tasks"), step, options.tasksPerStep);
    }

    /** The first tasks of an evaluation, in words. */
    List<Episode> testEpisodes(EpisodeSampler of, int count) {
        return LongStream.range(0, count)
                .mapToObj(i -> of.sample(rng.split("test tasks"), i))
                .toList();
    }

    /** An ECG as it was recorded. */
    EcgRecord ecg(int id) {
        return library.read(id);
    }

    // ---------------------------------------------------------------- what it is

    /**
     * What decides the numbers of training.
     *
     * @param start the weights it starts from
     */
    RunConfig config(Params start) {
        Digest asked = new Digest();
        questions.items().forEach(item -> asked.add(item.toString()));
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("seed", seed);
        entries.put("protocol", options.protocol.label());
        entries.put("meta", RunRules.lower(rules.meta()));
        entries.put("split", options.split == null ? "default" : RunRules.lower(options.split));
        if (sideDigest != null) {
            entries.put("published_sides", sideDigest);
        }
        if (rules.meta() == Meta.IMAML && options.pull != RunOptions.STANDARD_PULL) {
            entries.put("pull", options.pull);
        }
        if (options.leftOut != null) {
            entries.put("leave_out", options.leftOut);
        }
        if (options.concepts != null) {
            entries.put("concepts", Digest.ofFile(options.concepts));
        }
        entries.put("question_type", options.questionType);
        if (options.leads != null) {
            entries.put("leads", LeadChoice.of(options.leads).toString());
        }
        entries.put("questions", asked.hex());
        entries.put("ecg_vectors", ecgs().digest());
        entries.put("llm", modelDigest());
        entries.put("n_way", options.ways);
        if (!rules.isSeed() && StrictEpisodes.choosesFourfold(options.types(), options.ways)) {
            entries.put("choices", "four outcomes of each ECG"); // runs without this entry asked for two of them
        }
        entries.put("k_spt", options.shots);
        entries.put("k_qry", options.queries);
        entries.put("task_num", options.tasksPerStep);
        entries.put("update_step", options.innerSteps);
        entries.put("update_lr", options.innerRate);
        entries.put("meta_lr", options.outerRate);
        entries.put("mapper", model.mapper().toString());
        entries.put("dropout", rules.dropout().p());
        entries.put("form", model.form().toString());
        entries.put("prompt", options.prompt);
        entries.put("dif_exp", options.difExp);
        entries.put("repeats", options.repeats);
        entries.put("min_class_size", String.valueOf(options.minClassSize));
        entries.put("min_question_size", String.valueOf(options.minQuestionSize));
        entries.put(
                "exclude_templates",
                options.excluded().map(t -> new TreeSet<>(t).toString()).orElse("default"));
        if (options.warmUp > 0) {
            entries.put("warm_up", options.warmUp);
        }
        entries.put("start", new Digest().add(start).hex());
        rules.adapters().ifPresent(lora -> entries.put("adapters", lora.toString()));
        if (rules.encoderLearns()) {
            entries.put("encoder", "learns");
        }
        if (options.validationTasks > 0) {
            entries.put("validation", "apart");
            entries.put("validation_tasks", options.validationTasks);
            entries.put("validate_every", options.validateEvery);
            entries.put("update_step_test", options.testSteps); // by which the tasks above are answered
        }
        if (memory() != Memory.KEEP_STEPS) {
            entries.put("memory", RunRules.lower(memory()));
        }
        return RunConfig.of(entries);
    }

    private static String digest(Map<Integer, ?> placeOfEcg) {
        Digest digest = new Digest();
        new TreeMap<>(placeOfEcg).forEach((ecg, place) -> digest.add(ecg + " " + place));
        return digest.hex();
    }

    /** All files of a model; read once, since they may be gigabytes. */
    private String modelDigest() {
        if (modelDigest == null) {
            try {
                modelDigest = Digest.ofFolder(options.model);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return modelDigest;
    }

    @Override
    public void close() {
        llm.close();
    }
}
