package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.einthoven.autograd.Params;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.ecg.Preprocess;
import org.einthoven.data.episodes.Concepts;
import org.einthoven.data.episodes.EpisodePlan;
import org.einthoven.data.episodes.SeedEpisodes;
import org.einthoven.data.episodes.SeedSplit;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.data.episodes.StrictRules;
import org.einthoven.data.qa.ClassRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.meta.Anil;
import org.einthoven.meta.ConjugateGradient;
import org.einthoven.meta.GradientDescent;
import org.einthoven.meta.ImplicitMaml;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.InnerRule;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MamlPlusPlus;
import org.einthoven.meta.Memory;
import org.einthoven.meta.MetaLearner;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.MetaSgd;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.Proximal;
import org.einthoven.meta.Reptile;
import org.einthoven.meta.Supervised;
import org.einthoven.meta.VectorsFixed;
import org.einthoven.models.fusion.AnswerForm;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.LinearMapper;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.models.fusion.MlpMapper;
import org.einthoven.models.fusion.PerceiverMapper;
import org.einthoven.models.fusion.PlainText;
import org.einthoven.models.fusion.QaText;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.fusion.SeedText;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Lora;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/** What the options come to: the rules of the reference (Tang et al., CHIL 2025) beside strict ones. */
record RunRules(RunOptions options) {
    private static final int EXAMPLES = 3;
    private static final int MAPPER_HEADS = 8;
    private static final double SEED_DROPOUT = 0.5;
    private static final int MIMIC_START = 1500;

    /** Crops of a 10 s record whose vectors are averaged: its two halves (row 19 of the table: the seed has one). */
    private static final int STRICT_CROPS = 2;

    /** Of implicit MAML: the conjugate gradient steps of its authors' few-shot runs. */
    private static final ConjugateGradient IMPLICIT_SOLVER = new ConjugateGradient(5, 1e-10);

    /** Of MAML++: every inner step counts for a tenth of the outer steps, and the first half is of first order. */
    private static final int ANNEAL_SHARE = 10;

    private static final int FIRST_ORDER_SHARE = 2;

    boolean isSeed() {
        return options.protocol == Protocol.SEED;
    }

    Meta meta() {
        return options.meta != null ? options.meta : isSeed() ? Meta.FIRST : Meta.SECOND;
    }

    /**
     * Refuses what the protocol cannot do.
     *
     * @return what the protocol does otherwise than the options seem to say
     */
    List<String> check() {
        List<String> warnings = new ArrayList<>();
        if (isSeed()) {
            if (options.ecgsOfAQuestion() > 1) {
                throw new Failure.Usage("--question_type " + options.questionType
                        + ": the seed protocol asks about single ECGs; take --protocol strict for comparisons");
            }
            if (options.split != null && options.split != Split.KEY) {
                throw new Failure.Usage("--split " + lower(options.split) + ": the seed protocol splits by class key"
                        + " (--split key), or, as released, not at all; the other splits are strict's");
            }
            if (options.leftOut != null) {
                throw new Failure.Usage("--leave-out " + options.leftOut
                        + ": the seed protocol splits by class key; take --protocol strict to leave a group out");
            }
            if (options.mapperType != MapperType.ATT) {
                warnings.add("seed protocol: --mapper_type " + options.mapperType
                        + " is read, but the attention mapper is always used");
            }
            unused(warnings, options.validationTasks > 0, "--validation", "seed");
            unused(warnings, options.abstainBelow != null, "--abstain-below", "seed");
            unused(warnings, options.robustness, "--robustness", "seed");
            unused(warnings, options.seenTasks != null, "--seen-tasks", "seed");
            unused(warnings, !options.controls.equals("all"), "--controls", "seed");
            unused(warnings, options.warmUp > 0, "--warm-up", "seed");
            unused(warnings, options.concepts != null, "--concepts", "seed");
            if (options.innerSteps < 2) {
                warnings.add("seed protocol: the mean query loss after steps 2.. is undefined for --update_step "
                        + options.innerSteps + "; the last step's loss is taken");
            }
            if (meta() != Meta.FIRST) {
                warnings.add(
                        "seed protocol with --meta " + lower(meta()) + ": the reference's gradients are first-order");
            }
        } else {
            if (options.leftOut != null && options.leftOut.isBlank()) {
                throw new Failure.Usage(
                        "--leave-out names no group; name one, or take --split group to have groups drawn");
            }
            if (options.leftOut != null && split() != Split.GROUP) {
                throw new Failure.Usage("--leave-out " + options.leftOut + " with --split " + lower(split())
                        + ": a group is left out by --split group, which needs not be said");
            }
            if (options.warmUp >= options.steps()) {
                throw new Failure.Usage("--warm-up " + options.warmUp + ": of " + options.steps()
                        + " outer steps none would be left for --meta " + lower(meta()));
            }
            unused(warnings, options.minQuestionSize != null, "--min-question-size", "strict");
            unused(warnings, options.repeats != 0, "--repeats", "strict");
            unused(warnings, options.difExp == 0, "--dif_exp 0", "strict");
        }
        if (meta() != Meta.IMAML && options.pull != RunOptions.STANDARD_PULL) {
            warnings.add("--pull has no meaning with --meta " + lower(meta()) + "; it is of imaml");
        }
        if (meta() == Meta.IMAML && options.innerRate * options.pull > 1) {
            warnings.add("--meta imaml: an inner step of --update_lr " + options.innerRate + " goes past where --pull "
                    + options.pull + " draws it, and back; take a rate of at most " + 1 / options.pull);
        }
        if (isSeed()) {
            dead(warnings, "--frozen_gpt", options.frozenLlm, "language model");
            dead(warnings, "--frozen_features", options.frozenFeatures, "encoder");
        } else if (encoderLearns() && (meta() == Meta.REPTILE || meta() == Meta.IMAML)) {
            throw new Failure.Usage("--frozen_features 0 with --meta " + lower(meta())
                    + ": the inner loop leaves the encoder alone, and this outer loop has no gradient for what does not"
                    + " adapt; take second, first, anil, metasgd or mamlpp");
        }
        return warnings;
    }

    /** Says that training will choose no weights, where it ends before that. */
    Optional<String> lateValidation() {
        boolean late = !isSeed() && options.validationTasks > 0 && options.steps() < options.validateEvery;
        return late
                ? Optional.of("--validate-every " + options.validateEvery + ": training ends after " + options.steps()
                        + " outer steps, before the first validation, so the last weights are judged, not the best")
                : Optional.empty();
    }

    private static void unused(List<String> warnings, boolean given, String option, String protocol) {
        if (given) {
            warnings.add(option + " has no meaning in the " + protocol + " protocol");
        }
    }

    private static void dead(List<String> warnings, String option, int value, String what) {
        if (value == 0) {
            warnings.add("seed protocol: " + option + " 0 is read, but the " + what + " stays frozen");
        }
    }

    static String lower(Enum<?> e) {
        return e.name().toLowerCase(java.util.Locale.ROOT);
    }

    // ---------------------------------------------------------------- tasks

    EpisodePlan plan(EcgQa qa, EcgLibrary library, Rng rng) {
        if (isSeed()) {
            List<ClassRules> rules =
                    options.types().stream().map(this::classRules).toList();
            SeedSplit split = options.split == null ? SeedSplit.AS_RELEASED : SeedSplit.AS_INTENDED;
            return SeedEpisodes.plan(qa, rules, split, options.shape(), options.repeats, library::patient, rng);
        }
        StrictRules rules = split() == Split.STRAT_FOLD
                ? StrictRules.of(library.stratFolds(), options.shape())
                : StrictRules.of(split(), options.shape());
        rules = rules.withTypes(options.types())
                .withMinClassSize(options.minClassSize == null ? 0 : options.minClassSize)
                .withExcludedTemplates(options.excluded().orElse(Set.of()));
        rules = options.leftOut == null ? rules : rules.leavingOut(options.leftOut);
        rules = options.concepts == null ? rules : rules.withConcepts(concepts(options.concepts, qa));
        rules = options.validationTasks > 0 ? rules.withValidation() : rules;
        return StrictEpisodes.plan(qa, rules, library::patient, rng);
    }

    /** A table that names nothing of what is asked about is another data set's. */
    private static Concepts concepts(Path file, EcgQa qa) {
        Concepts concepts = Concepts.read(file);
        Set<String> asked = qa.items().stream()
                .flatMap(item -> item.attributes().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        if (!asked.isEmpty() && asked.stream().noneMatch(concepts::names)) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "pattern",
                    "none is found in any attribute that is asked about, such as "
                            + asked.stream().limit(EXAMPLES).collect(Collectors.joining(", "))
                            + "; write patterns that fit these, or leave --concepts out");
        }
        return concepts;
    }

    /** Of strict tasks. */
    private Split split() {
        return options.split != null ? options.split : options.leftOut != null ? Split.GROUP : Split.ATTRIBUTE;
    }

    private ClassRules classRules(QuestionType type) {
        ClassRules rules = ClassRules.seed(type, options.difExp);
        rules = options.minClassSize == null ? rules : rules.withMinClassSize(options.minClassSize);
        rules = options.minQuestionSize == null ? rules : rules.withMinQuestionSize(options.minQuestionSize);
        return rules.withExcludedTemplates(options.excluded().orElse(ClassRules.SEED_EXCLUDED));
    }

    Preprocess preprocess() {
        Preprocess standard = Preprocess.standard().withLeads(LeadChoice.of(options.leads));
        if (options.dataset.equals("mimic") && isSeed()) {
            return standard.startingAt(MIMIC_START);
        }
        return isSeed() ? standard : standard.withCrops(STRICT_CROPS);
    }

    // ---------------------------------------------------------------- texts and models

    QaText text(Tokenizer tokenizer) {
        SeedText.Prompt prompt = SeedText.Prompt.number(options.prompt);
        if (isSeed()) {
            return new SeedText(tokenizer, prompt);
        }
        return switch (prompt) {
            case QUESTION_ANSWER -> new PlainText(tokenizer);
            case BARE -> new PlainText(tokenizer, "", "");
            case BOTH_OR_NONE -> new PlainText(tokenizer, "", " The answer can be both, none or in question.");
        };
    }

    AnswerForm form(Llm llm) {
        if (!isSeed()) {
            return new StrictForm();
        }
        Tokenizer tokenizer = llm.requireTokenizer();
        int pad = tokenizer
                .eos()
                .orElseThrow(() -> new Failure.BadInput(
                        options.model, "its tokenizer names no end token, which the seed protocol pads with"));
        return new SeedForm(options.questionLength, options.answerLength, pad);
    }

    Mapper mapper(int ecgWidth, int llmWidth) {
        int p = options.prefixLength;
        return switch (isSeed() ? MapperType.ATT : options.mapperType) {
            case ATT -> new AttentionMapper(ecgWidth, llmWidth, p, MAPPER_HEADS, AttentionMapper.ScoreScale.FULL_WIDTH);
            case MLP -> new MlpMapper(ecgWidth, llmWidth, p);
            case LIN -> new LinearMapper(ecgWidth, llmWidth, p);
            case PER -> new PerceiverMapper(ecgWidth, llmWidth, p);
        };
    }

    /** In the mapper: on, at test too, in the reference; off here. */
    Dropout dropout() {
        return new Dropout(isSeed() ? SEED_DROPOUT : 0);
    }

    // ---------------------------------------------------------------- learning

    /** Beside the language model, where they are to learn. */
    Optional<Lora> adapters() {
        return !isSeed() && options.frozenLlm == 0 ? Optional.of(Lora.of(options.loraRank)) : Optional.empty();
    }

    /** Whether the outer loop moves the encoder too; the inner loop never does. */
    boolean encoderLearns() {
        return !isSeed() && options.frozenFeatures == 0;
    }

    /** What the outer loop learns, for these weights. */
    Params start(Params weights) {
        return meta() == Meta.METASGD ? MetaSgd.start(weights, options.innerRate) : weights;
    }

    /** The weights in what the outer loop learnt: the mapper's own, and those of adapters under {@code llm.}. */
    Params learnt(Params theta) {
        return meta() == Meta.METASGD ? new MetaSgd().weights(theta) : theta;
    }

    private InnerRule rule(Mapper mapper) {
        return encoderLearns() ? new VectorsFixed(ruleOfWeights(mapper)) : ruleOfWeights(mapper);
    }

    private InnerRule ruleOfWeights(Mapper mapper) {
        return switch (meta()) {
            case SECOND, FIRST, REPTILE, MAMLPP -> new GradientDescent(options.innerRate);
            case IMAML -> new Proximal(options.innerRate, options.pull);
            case ANIL -> new Anil(options.innerRate, head(mapper));
            case METASGD -> new MetaSgd();
        };
    }

    /** The last layer, which alone adapts in ANIL. */
    private static Set<String> head(Mapper mapper) {
        return switch (mapper) {
            case AttentionMapper a -> Set.of("vars.7", "vars.8", "vars.9", "vars.10", "vars.11", "vars.12");
            case MlpMapper m -> Set.of("vars.2", "vars.3");
            case LinearMapper l -> Set.of("vars.0", "vars.1");
            case PerceiverMapper p -> Set.of("output.weight", "output.bias", "output_norm.weight", "output_norm.bias");
        };
    }

    /** Whether an outer step would keep graphs of gradients. */
    boolean differentiatesTwice() {
        return switch (meta()) {
            case SECOND, ANIL, METASGD, MAMLPP -> true;
            case FIRST, REPTILE, IMAML -> false;
        };
    }

    /** Items of the largest support set: of every way, in strict, as many for each outcome. */
    int supportItems() {
        int outcomes = isSeed()
                ? 1
                : options.types().stream().mapToInt(StrictRules::outcomes).max().orElseThrow();
        return options.ways * options.shots * outcomes;
    }

    /** The rule of each outer step, the warm-up before it included. */
    LongFunction<MetaLearner> learner(Mapper mapper, Memory memory) {
        LongFunction<MetaLearner> meta = metaLearner(mapper, memory);
        MetaLearner supervised = supervised(mapper);
        int warmUp = warmUp();
        return step -> step < warmUp ? supervised : meta.apply(step - warmUp);
    }

    /** Outer steps that are supervised: none in the seed's protocol. */
    private int warmUp() {
        return isSeed() ? 0 : options.warmUp;
    }

    /** Learning without an inner loop. */
    MetaLearner supervised(Mapper mapper) {
        return new Supervised(testLoop(mapper), NonFinite.SKIP);
    }

    private LongFunction<MetaLearner> metaLearner(Mapper mapper, Memory memory) {
        long outerSteps = options.steps() - warmUp();
        int steps = options.innerSteps;
        MetaOrder order = meta() == Meta.FIRST ? MetaOrder.FIRST : MetaOrder.SECOND;
        InnerLoop inner = new InnerLoop(steps, rule(mapper), order);
        MetaObjective objective = isSeed() && steps >= 2 ? new MetaObjective.MeanFrom(2) : MetaObjective.LAST;
        return switch (meta()) {
            case REPTILE -> {
                MetaLearner reptile = new Reptile(inner, NonFinite.SKIP);
                yield step -> reptile;
            }
            case IMAML -> {
                MetaLearner implicit = new ImplicitMaml(inner, IMPLICIT_SOLVER, NonFinite.SKIP);
                yield step -> implicit;
            }
            case MAMLPP ->
                new MamlPlusPlus(
                        inner,
                        Math.max(1, outerSteps / ANNEAL_SHARE),
                        outerSteps / FIRST_ORDER_SHARE,
                        NonFinite.SKIP,
                        Maml.Watch.EVERY_STEP,
                        memory);
            case SECOND, FIRST, ANIL, METASGD -> {
                MetaLearner maml = new Maml(inner, objective, NonFinite.SKIP, Maml.Watch.EVERY_STEP, memory);
                yield step -> maml;
            }
        };
    }

    /** Adaptation to a test task. */
    InnerLoop testLoop(Mapper mapper) {
        return new InnerLoop(options.testSteps, rule(mapper), MetaOrder.FIRST);
    }
}
