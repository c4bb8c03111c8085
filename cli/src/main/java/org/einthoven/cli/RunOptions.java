package org.einthoven.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.ptbxl.LabelQuestions;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.meta.Control;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of {@code train} and {@code inference}: those of the reference (Tang-Jia-Lu/FSL_ECG_QA), unchanged in name,
 * meaning and default, and ours beside them. What they come to under each protocol is in {@link RunRules}.
 */
final class RunOptions {
    /** Of implicit MAML, in its authors' few-shot runs. */
    static final double STANDARD_PULL = 2;

    // ---------------------------------------------------------------- the reference's options

    @Option(
            names = "--experiment_id",
            defaultValue = "0",
            description = "names the run; OUT is runs/ID without --out (${DEFAULT-VALUE})")
    String experimentId;

    @Option(
            names = "--batchsz_train",
            paramLabel = "N",
            defaultValue = "10000",
            description = "tasks of an epoch (${DEFAULT-VALUE})")
    int trainTasks;

    @Option(
            names = "--batchsz_test",
            paramLabel = "N",
            defaultValue = "1000",
            description = "test tasks (${DEFAULT-VALUE})")
    int testTasks;

    @Option(
            names = "--seen-tasks",
            paramLabel = "N",
            description =
                    "strict: tasks of the table on attributes seen in training; as many as --batchsz_test by default")
    @Nullable
    Integer seenTasks;

    @Option(
            names = "--paraphrased_path",
            paramLabel = "PATH",
            description = "ECG-QA: a folder as published, or one .json or .json.gz")
    @Nullable
    Path questions;

    @Option(
            names = "--test_dataset",
            defaultValue = "ptb-xl",
            description = "ptb-xl, or mimic: samples 1500 to 4000 (${DEFAULT-VALUE})")
    String dataset;

    @Option(
            names = "--model_type",
            description = "family of the language model; the files say it, so this changes nothing")
    @Nullable
    String modelType;

    @Option(
            names = "--model_name",
            required = true,
            paramLabel = "PATH",
            description = "language model, as --llm elsewhere")
    Path model;

    @Option(
            names = "--data_root",
            paramLabel = "DIR",
            description = "folder of ECGs where --data_path and --ecg_path are not given")
    @Nullable
    Path dataRoot;

    @Option(names = "--data_path", paramLabel = "DIR", description = "folder of ECGs where --ecg_path is not given")
    @Nullable
    Path dataPath;

    @Option(
            names = "--question_type",
            defaultValue = "single-verify",
            description = "single-verify, single-choose, single-query, a comparison's, or all three single ones"
                    + " (${DEFAULT-VALUE})")
    String questionType;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "1",
            description = "times --batchsz_train tasks (${DEFAULT-VALUE})")
    int epochs;

    @Option(
            names = "--n_way",
            paramLabel = "N",
            defaultValue = "5",
            description = "classes (seed) or attributes (strict) of a task (${DEFAULT-VALUE})")
    int ways;

    @Option(
            names = "--k_spt",
            paramLabel = "K",
            defaultValue = "5",
            description = "support items of each, in strict of each answer (${DEFAULT-VALUE})")
    int shots;

    @Option(
            names = "--k_qry",
            paramLabel = "Q",
            defaultValue = "5",
            description = "query items of each, in strict of each answer (${DEFAULT-VALUE})")
    int queries;

    @Option(
            names = "--prompt",
            paramLabel = "1|2|3",
            defaultValue = "1",
            description = "wording around a question (${DEFAULT-VALUE})")
    int prompt;

    @Option(
            names = "--dif_exp",
            paramLabel = "0|1",
            defaultValue = "1",
            description = "0 leaves out question ids of fewer than 10 items (${DEFAULT-VALUE})")
    int difExp;

    @Option(
            names = "--frozen_gpt",
            paramLabel = "0|1",
            defaultValue = "1",
            description = "0 lets low-rank adapters of the language model learn, in strict (${DEFAULT-VALUE})")
    int frozenLlm;

    @Option(
            names = "--frozen_features",
            paramLabel = "0|1",
            defaultValue = "1",
            description = "0 lets the outer loop train the encoder too, in strict (${DEFAULT-VALUE})")
    int frozenFeatures;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "0",
            description = "seed: how many more times each support item is given (${DEFAULT-VALUE})")
    int repeats;

    @Option(
            names = "--seq_len",
            paramLabel = "N",
            defaultValue = "30",
            description = "seed: tokens of a question, cut or padded to (${DEFAULT-VALUE})")
    int questionLength;

    @Option(
            names = "--seq_len_a",
            paramLabel = "N",
            defaultValue = "30",
            description = "seed: most tokens of an answer (${DEFAULT-VALUE})")
    int answerLength;

    @Option(
            names = "--prefix_length",
            paramLabel = "P",
            defaultValue = "4",
            description = "embeddings that stand for the ECG (${DEFAULT-VALUE})")
    int prefixLength;

    @Option(
            names = "--mapper_type",
            defaultValue = "ATT",
            description = "MLP, ATT, LIN, or PER over all time steps; seed always takes ATT (${DEFAULT-VALUE})")
    MapperType mapperType;

    @Option(
            names = "--task_num",
            paramLabel = "N",
            defaultValue = "1",
            description = "tasks of an outer step (${DEFAULT-VALUE})")
    int tasksPerStep;

    @Option(
            names = "--meta_lr",
            paramLabel = "R",
            defaultValue = "5e-4",
            description = "rate of the outer loop, AdamW (${DEFAULT-VALUE})")
    double outerRate;

    @Option(
            names = "--update_lr",
            paramLabel = "R",
            defaultValue = "0.05",
            description = "rate of the inner loop (${DEFAULT-VALUE})")
    double innerRate;

    @Option(
            names = "--update_step",
            paramLabel = "S",
            defaultValue = "15",
            description = "inner steps in training (${DEFAULT-VALUE})")
    int innerSteps;

    @Option(
            names = "--update_step_test",
            paramLabel = "S",
            defaultValue = "15",
            description = "inner steps at test (${DEFAULT-VALUE})")
    int testSteps;

    @Option(
            names = "--num_workers",
            paramLabel = "N",
            description = "changes nothing: each ECG is encoded once, see --threads")
    @Nullable
    Integer loaders;

    // ---------------------------------------------------------------- ours

    @Option(
            names = "--questions",
            paramLabel = "ptbxl-labels",
            description =
                    "questions made from the labels of the PTB-XL that the ECGs belong to; no --paraphrased_path then")
    @Nullable
    String madeOf;

    @Option(
            names = "--leads",
            split = ",",
            paramLabel = "LEAD",
            description = "leads that are read, such as I,II,V2; the others are silent (all twelve)")
    @Nullable
    List<String> leads;

    @Option(names = "--ecg_path", paramLabel = "DIR", description = "folder of ECGs named by their ids")
    @Nullable
    Path ecgs;

    @Option(
            names = "--encoder",
            paramLabel = "FILE",
            description = "ECG encoder; without it full-size weights are drawn from --seed")
    @Nullable
    Path encoder;

    @Option(names = "--protocol", defaultValue = "strict", description = "seed or strict (${DEFAULT-VALUE})")
    Protocol protocol;

    @Option(
            names = "--meta",
            description = "second, first, anil, reptile, metasgd, mamlpp or imaml; seed: first, strict: second")
    @Nullable
    Meta meta;

    @Option(
            names = "--pull",
            paramLabel = "L",
            defaultValue = "" + STANDARD_PULL,
            description =
                    "imaml: how strongly the inner loop is pulled back to where it begins, its authors' lambda (${DEFAULT-VALUE})")
    double pull;

    @Option(
            names = "--split",
            description =
                    "strict: key, attribute (default), group, patient, template, strat_fold of PTB-XL, or published, by the lists"
                            + " of ECG-QA; seed: key, or as released without it")
    @Nullable
    Split split;

    @Option(
            names = "--leave-out",
            paramLabel = "GROUP",
            description =
                    "strict: tests on this group of attributes, such as noise, and on half of the patients, and trains"
                            + " on all others; a group that does not exist is answered by those that do")
    @Nullable
    String leftOut;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "outer steps, the first ones, of plain supervised learning on the tasks' items, for ours and the controls"
                            + " alike (${DEFAULT-VALUE})")
    int warmUp;

    @Option(
            names = "--concepts",
            paramLabel = "FILE",
            description =
                    "strict: which attributes are one thing, a CSV of pattern and concept; that of ECG-QA by default")
    @Nullable
    Path concepts;

    @Option(
            names = "--min-class-size",
            paramLabel = "N",
            description = "items that a class (seed) or attribute (strict) needs")
    @Nullable
    Integer minClassSize;

    @Option(names = "--min-question-size", paramLabel = "N", description = "seed: items that a question id needs")
    @Nullable
    Integer minQuestionSize;

    @Option(
            names = "--exclude-templates",
            paramLabel = "LIST|none",
            description = "template ids to leave out; seed: 17,14,26,28,4,40,31, strict: none")
    @Nullable
    String excludedTemplates;

    @Option(
            names = "--ecg_vectors",
            paramLabel = "FILE",
            description = "file of encoded ECGs, which runs can share; OUT/ecg-vectors.bin by default")
    @Nullable
    Path vectors;

    @Option(
            names = "--lora_rank",
            paramLabel = "R",
            defaultValue = "8",
            description = "rank of the adapters that --frozen_gpt 0 lets learn (${DEFAULT-VALUE})")
    int loraRank;

    @Option(
            names = "--validation",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "strict: sets attributes and patients apart from training and test; by N tasks on them the best weights"
                            + " are chosen, and how sure answers are is calibrated (${DEFAULT-VALUE})")
    int validationTasks;

    @Option(
            names = "--validate-every",
            paramLabel = "N",
            defaultValue = "400",
            description =
                    "outer steps between two rounds of the --validation tasks, which choose the weights that are judged"
                            + " (${DEFAULT-VALUE})")
    int validateEvery;

    @Option(
            names = "--robustness",
            description =
                    "strict: asks the test tasks again with leads taken away, with noise added, and in other words")
    boolean robustness;

    @Option(
            names = "--controls",
            paramLabel = "LIST|all|none",
            defaultValue = "all",
            description =
                    "strict: the rows that stand beside ours, such as untrained,ridge; those that are left out are not"
                            + " trained either (${DEFAULT-VALUE})")
    String controls;

    @Option(
            names = "--abstain-below",
            paramLabel = "P",
            description =
                    "strict: withholds answers less sure than this, and says how many and how wrong the others are")
    @Nullable
    Double abstainBelow;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the run; runs/EXPERIMENT_ID by default")
    @Nullable
    Path out;

    // ---------------------------------------------------------------- what they say together

    /** Tasks of the table on what was seen in training. */
    int seenTasks() {
        return seenTasks != null ? seenTasks : testTasks;
    }

    /** Refuses what is no value, before anything is read. */
    void check() {
        Verb.atLeast("--batchsz_train", trainTasks, 1);
        Verb.atLeast("--batchsz_test", testTasks, 1);
        Verb.atLeast("--seen-tasks", seenTasks(), 1);
        Verb.atLeast("--epoch", epochs, 1);
        Verb.atLeast("--n_way", ways, 1);
        Verb.atLeast("--k_spt", shots, 1);
        Verb.atLeast("--k_qry", queries, 1);
        Verb.atLeast("--repeats", repeats, 0);
        Verb.atLeast("--seq_len", questionLength, 1);
        Verb.atLeast("--seq_len_a", answerLength, 1);
        Verb.atLeast("--prefix_length", prefixLength, 1);
        Verb.atLeast("--lora_rank", loraRank, 1);
        Verb.atLeast("--task_num", tasksPerStep, 1);
        Verb.atLeast("--meta_lr", outerRate, 0);
        Verb.atLeast("--update_lr", innerRate, 0);
        if (!(pull > 0) || Double.isInfinite(pull)) {
            throw new Failure.Usage("--pull " + pull + ": must be a finite number above 0");
        }
        Verb.atLeast("--update_step", innerSteps, 0);
        Verb.atLeast("--update_step_test", testSteps, 0);
        Verb.atLeast("--validation", validationTasks, 0);
        Verb.atLeast("--validate-every", validateEvery, 1);
        Verb.atLeast("--warm-up", warmUp, 0);
        AuditVerb.checkThreshold(abstainBelow);
        oneOf("--prompt", prompt, 1, 2, 3);
        oneOf("--dif_exp", difExp, 0, 1);
        oneOf("--frozen_gpt", frozenLlm, 0, 1);
        oneOf("--frozen_features", frozenFeatures, 0, 1);
        if (!dataset.equals("ptb-xl") && !dataset.equals("mimic")) {
            throw new Failure.Usage("--test_dataset " + dataset + ": there are ptb-xl and mimic");
        }
        if (madeOf == null && questions == null || madeOf != null && questions != null) {
            throw new Failure.Usage(
                    "name the questions with --paraphrased_path, or make them with --questions ptbxl-labels");
        }
        if (madeOf != null && !madeOf.equals("ptbxl-labels")) {
            throw new Failure.Usage("--questions " + madeOf + ": there is ptbxl-labels");
        }
        types();
        LeadChoice.of(leads);
        excluded();
        controls();
        ecgFolder();
    }

    private static void oneOf(String option, int value, int... allowed) {
        if (Arrays.stream(allowed).noneMatch(a -> a == value)) {
            throw new Failure.Usage(option + " " + value + ": must be one of " + Arrays.toString(allowed));
        }
    }

    EpisodeShape shape() {
        return new EpisodeShape(ways, shots, queries);
    }

    /** The question types that tasks are cut from, in a fixed order. */
    SortedSet<QuestionType> types() {
        if (questionType.equals("all")) {
            return new TreeSet<>(
                    Set.of(QuestionType.SINGLE_VERIFY, QuestionType.SINGLE_CHOOSE, QuestionType.SINGLE_QUERY));
        }
        return new TreeSet<>(Set.of(QuestionType.labelled(questionType)
                .orElseThrow(() -> new Failure.Usage("--question_type " + questionType + ": there are all, "
                        + Arrays.stream(QuestionType.values())
                                .map(QuestionType::label)
                                .collect(Collectors.joining(", "))))));
    }

    /** Two where ECGs are compared. */
    int ecgsOfAQuestion() {
        return types().last().isComparison() ? 2 : 1;
    }

    /** Reads the questions, or makes them. */
    EcgQa readQuestions() {
        return questions == null ? LabelQuestions.around(ecgFolder()) : EcgQaReader.read(questions);
    }

    /** What is to stand beside ours. */
    SortedSet<Control> controls() {
        if (controls.equals("all")) {
            return new TreeSet<>(Set.of(Control.values()));
        }
        if (controls.equals("none")) {
            return new TreeSet<>();
        }
        return Arrays.stream(controls.split(",", -1))
                .map(name -> Control.named(name.strip())
                        .orElseThrow(() -> new Failure.Usage("--controls " + controls + ": '" + name.strip()
                                + "' is none; there are all, none, "
                                + Arrays.stream(Control.values())
                                        .map(Control::key)
                                        .collect(Collectors.joining(", ")))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Outer steps in all. */
    long steps() {
        return Math.ceilDiv((long) epochs * trainTasks, tasksPerStep);
    }

    Path ecgFolder() {
        Path folder = ecgs != null ? ecgs : dataPath != null ? dataPath : dataRoot;
        if (folder == null) {
            throw new Failure.Usage(
                    "name the folder of ECGs with --ecg_path (or the reference's --data_path or --data_root)");
        }
        return folder;
    }

    Path outFolder() {
        return out != null ? out : Path.of("runs", experimentId);
    }

    /** Templates to leave out; empty when the option is not given. */
    Optional<Set<Integer>> excluded() {
        if (excludedTemplates == null) {
            return Optional.empty();
        }
        if (excludedTemplates.strip().equals("none")) {
            return Optional.of(Set.of());
        }
        try {
            return Optional.of(Arrays.stream(excludedTemplates.split(","))
                    .map(String::strip)
                    .map(Integer::valueOf)
                    .collect(Collectors.toUnmodifiableSet()));
        } catch (NumberFormatException e) {
            throw new Failure.Usage(
                    "--exclude-templates " + excludedTemplates + ": must be numbers with commas, or none");
        }
    }
}
