package org.einthoven.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.meta.Blindfold;
import org.einthoven.meta.Control;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.EpisodeEncoder;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.report.Report;
import org.einthoven.meta.report.RunReport;
import org.einthoven.meta.report.ScoreTable;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;

/**
 * The whole main job on synthetic ECGs: new patients are made and encoded, crossed 5-way 5-shot tasks are cut from their
 * questions, the mapper adapts to each and is judged beside its controls, on findings that it was trained on and on findings
 * that it never was; some meta-training is done in view, and three questions are answered in words.
 *
 * @param seed of the test patients and tasks; the models were made before, with a seed of their own
 * @param episodes test tasks in each table
 */
public record Demo(DemoModels models, long seed, int episodes) {
    /** Test tasks in each table, unless said otherwise. */
    public static final int EPISODES = 300;

    /** The size of every task. */
    public static final EpisodeShape SHAPE = Recordings.SHAPE;

    private static final int TEST_ECGS = 9000;
    private static final int META_STEPS = 4;
    private static final int META_ECGS = 300;
    private static final SortedSet<Control> CONTROLS = Collections.unmodifiableSortedSet(new TreeSet<>(List.of(
            Control.MAJORITY,
            Control.QUESTION_BLIND,
            Control.ECG_BLIND,
            Control.ECG_BLIND_AT_TEST,
            Control.ZERO_STEPS,
            Control.PROTOTYPES,
            Control.RIDGE)));

    /** Told what is going on. */
    public interface Watch {
        void say(String line);

        /** A part of many steps begins; what comes back is told how many are done. */
        Consumer<Integer> begin(String task, int steps);
    }

    /** A question, what the adapted model said, and the truth. */
    public record Sample(
            String finding, String ecg, String question, String answer, double probabilityYes, String truth) {}

    /** Everything that was found. */
    public record Outcome(
            ResultTable seen, ResultTable unseen, List<Sample> samples, Set<String> heldOut, List<String> notes) {}

    public Outcome run(Watch watch) {
        Rng rng = Rng.of(seed).split("demo");
        Set<Finding> heldOut = HeldOut.draw(Rng.of(DemoModels.SEED));
        List<String> notes = new ArrayList<>();
        metaTrainInView(rng.split("meta-training in view"), watch, notes);

        SyntheticCohort cohort = SyntheticCohort.of(TEST_ECGS, Difficulty.STANDARD, rng.split("test patients"));
        Recordings test = Recordings.encode(
                cohort,
                models.encoder().encoder(),
                models.encoder().params(),
                watch.begin("encoding new patients", TEST_ECGS));
        Blindfold blindfold = new Blindfold(
                test.vectors(), DemoModels.blank(models.llm().requireTokenizer()), rng.split("blindfold"));

        EnumSet<Finding> trained = EnumSet.complementOf(EnumSet.copyOf(heldOut));
        List<EncodedEpisode> unseenTasks = tasks(test, heldOut, rng.split("unseen tasks"));
        ResultTable seen = table(
                "findings seen in training",
                tasks(test, trained, rng.split("seen tasks")),
                blindfold,
                rng,
                watch,
                notes);
        ResultTable unseen = table("findings never trained on", unseenTasks, blindfold, rng, watch, notes);
        return new Outcome(
                seen, unseen, samples(unseenTasks.getFirst(), test, rng), names(heldOut), List.copyOf(notes));
    }

    private static Set<String> names(Set<Finding> findings) {
        Set<String> names = new TreeSet<>();
        findings.forEach(f -> names.add(f.text()));
        return names;
    }

    private List<EncodedEpisode> tasks(Recordings test, Set<Finding> about, Rng rng) {
        EpisodeSampler sampler = test.tasks(about);
        EpisodeEncoder encoder = test.encoder(models.llm().requireTokenizer());
        return IntStream.range(0, episodes)
                .mapToObj(i -> encoder.encode(sampler.sample(rng, i)))
                .toList();
    }

    /** Tasks are independent, so each is adapted to on one thread; results are joined in the order of tasks. */
    private ResultTable table(
            String title, List<EncodedEpisode> tasks, Blindfold blindfold, Rng rng, Watch watch, List<String> notes) {
        Tokenizer tokenizer = models.llm().requireTokenizer();
        MetaEvaluator evaluator = new MetaEvaluator(
                models.model(),
                MapperMaker.inner(MetaOrder.FIRST),
                Recordings.answer(tokenizer, "yes"),
                Recordings.answer(tokenizer, "no"),
                blindfold,
                NonFinite.SKIP,
                rng.split("evaluation"));
        MetaEvaluator.Evaluated[] each = new MetaEvaluator.Evaluated[tasks.size()];
        AtomicInteger done = new AtomicInteger();
        Consumer<Integer> progress = watch.begin(title, tasks.size());
        Workers.forEach(tasks.size(), i -> {
            each[i] = evaluator.evaluate(models.own(), models.blind(), CONTROLS, tasks.subList(i, i + 1), n -> {});
            progress.accept(done.incrementAndGet());
        });
        SequencedMap<String, List<Prediction>> all = new LinkedHashMap<>();
        for (MetaEvaluator.Evaluated e : each) {
            e.predictions().forEach((name, p) -> all.computeIfAbsent(name, n -> new ArrayList<>())
                    .addAll(p));
            notes.addAll(e.notes());
        }
        return ResultTable.of(title, 0.5, all, rng.split("intervals"));
    }

    /** Second-order steps on training patients, from the mapper that comes with the command; they show, and are then dropped. */
    private void metaTrainInView(Rng rng, Watch watch, List<String> notes) {
        Recordings training = DemoModels.trainingRecordings(META_ECGS, rng, models.encoder(), line -> {});
        EpisodeSampler tasks =
                training.tasks(EnumSet.complementOf(EnumSet.copyOf(HeldOut.draw(Rng.of(DemoModels.SEED)))));
        Tokenizer tokenizer = models.llm().requireTokenizer();
        Blindfold open = new Blindfold(training.vectors(), DemoModels.blank(tokenizer), rng);
        MapperMaker.train(
                models.model(),
                models.own(),
                tasks,
                training.encoder(tokenizer),
                open,
                Control.ZERO_STEPS,
                MetaOrder.SECOND,
                META_STEPS,
                rng,
                watch::say);
        notes.add(META_STEPS
                + " second-order meta-steps were run in view; the tables are of the mapper that comes with the"
                + " command");
    }

    /** Adapts to one task about findings never trained on, and answers three of its questions in words. */
    private List<Sample> samples(EncodedEpisode task, Recordings test, Rng rng) {
        Tokenizer tokenizer = models.llm().requireTokenizer();
        Params adapted = MapperMaker.inner(MetaOrder.FIRST)
                .adapted(new EcgQaTask(models.model(), task), models.own(), rng.split("samples"));
        List<int[]> options = List.of(Recordings.answer(tokenizer, "yes"), Recordings.answer(tokenizer, "no"));
        List<Sample> samples = new ArrayList<>();
        for (EncodedEpisode.Item item : task.query().subList(0, 3)) {
            Tensor ecg = item.vector().unsqueeze(0);
            Generation said = models.model().answer(adapted, ecg, item.question(), 8, Sampler.greedy());
            double[] logs = models.model()
                    .optionLogProbabilities(adapted, ecg, List.of(item.question()), List.of(options))
                    .getFirst();
            samples.add(new Sample(
                    item.attribute(),
                    item.ecg(),
                    tokenizer.decode(item.question()),
                    models.llm().text(said).strip(),
                    1 / (1 + Math.exp(logs[1] - logs[0])),
                    item.answerText()));
        }
        return samples;
    }

    /** Writes the page with everything that a reader needs to judge the numbers. */
    public void report(Outcome outcome, double seconds, Path html) {
        SortedMap<String, String> configuration = new TreeMap<>(Map.of(
                "seed", Long.toString(seed),
                "seed of the models", Long.toString(DemoModels.SEED),
                "tasks", Recordings.SHAPE + ", crossed, " + episodes + " a table",
                "inner loop", MapperMaker.STEPS + " steps at rate " + MapperMaker.RATE,
                "encoder", models.encoder().encoder().config().toString(),
                "language model", models.llm().config().toString(),
                "held out", String.join(", ", outcome.heldOut()),
                "test recordings", TEST_ECGS + " synthetic recordings of new patients",
                "seconds", String.format(Locale.ROOT, "%.0f", seconds)));
        List<String> notes = new ArrayList<>(outcome.notes());
        for (Sample s : outcome.samples()) {
            notes.add(
                    "ECG " + s.ecg() + ": " + s.question() + " Answer: " + s.answer() + " (truth: " + s.truth() + ")");
        }
        RunReport run = new RunReport(
                "Synthetic ECGs, embedded models",
                "strict",
                List.of(ScoreTable.of(outcome.unseen()), ScoreTable.of(outcome.seen())),
                Optional.empty(),
                new LinkedHashMap<>(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                new TreeMap<>(),
                configuration,
                notes);
        new Report("Einthoven demo", List.of(run)).write(html);
    }
}
