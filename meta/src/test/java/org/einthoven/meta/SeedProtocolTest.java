package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.episodes.SeedEpisodes;
import org.einthoven.data.episodes.SeedSplit;
import org.einthoven.data.qa.ClassRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.Nucleus;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the reference's numbers mean: what comes of its rules without any ECG, on made-up classes cut by its own sampler. */
class SeedProtocolTest {
    private static final int BOS = 1;
    private static final int YES = 5;
    private static final int NO = 6;
    private static final int END = 2;
    private static final int WIDTH = 8;
    private static final int ECGS = 40;

    /** As many attributes, each always answered the same, with so many items each. */
    private static EpisodeSampler tasks(int classes, int size, int ways, IntPredicate isYes) {
        List<QaItem> items = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            for (int i = 0; i < size; i++) {
                items.add(new QaItem(
                        1,
                        c,
                        items.size(),
                        QuestionType.SINGLE_VERIFY,
                        "x",
                        "?",
                        List.of(isYes.test(c) ? "yes" : "no"),
                        List.of(items.size() % ECGS),
                        List.of("attribute " + c)));
            }
        }
        return SeedEpisodes.plan(
                        new EcgQa("made up", items, List.of()),
                        ClassRules.seed(QuestionType.SINGLE_VERIFY, 1).withMinClassSize(size),
                        SeedSplit.AS_RELEASED,
                        new EpisodeShape(ways, 5, 5),
                        0,
                        ecg -> "patient " + ecg,
                        Rng.of(222))
                .test();
    }

    /** Distinct tasks: each comes twice in a row. */
    private static List<Episode> drawn(EpisodeSampler sampler, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> sampler.sample(Rng.of(7), 2L * i))
                .toList();
    }

    private static final EpisodeEncoder ENCODER = encoder();

    private static EpisodeEncoder encoder() {
        Map<Integer, Tensor> vectors = new TreeMap<>();
        Map<Integer, String> patients = new TreeMap<>();
        for (int ecg = 0; ecg < ECGS; ecg++) {
            vectors.put(ecg, Rng.of(ecg).normal(WIDTH));
            patients.put(ecg, "patient " + ecg);
        }
        return new EpisodeEncoder(new VectorPool(vectors, patients), question -> new int[] {10}, answer ->
                new int[] {BOS, answer.equals("yes") ? YES : NO});
    }

    private static double majority(EpisodeSampler sampler) {
        return drawn(sampler, 4000).stream()
                .map(ENCODER::encode)
                .mapToDouble(e -> {
                    MajorityAnswer majority = MajorityAnswer.of(e.support());
                    return e.query().stream()
                            .mapToDouble(q -> majority.tokenAccuracy(q.answer()))
                            .average()
                            .orElseThrow();
                })
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"5, 0.84375", "2, 0.875"})
    void whoAlwaysSaysTheMajorityAnswer(int ways, double want) {
        RandomGenerator coin = Rng.of(3).stream();
        boolean[] yes = new boolean[1000];
        for (int c = 0; c < yes.length; c++) {
            yes[c] = coin.nextBoolean();
        }
        assertEquals(want, majority(tasks(yes.length, 10, ways, c -> yes[c])), 0.005);
    }

    @ParameterizedTest
    @CsvSource({"5, 0.832", "2, 0.868"})
    void whoAlwaysSaysTheMajorityAnswerOfEighteenBalancedClasses(int ways, double want) {
        assertEquals(want, majority(tasks(18, 14, ways, c -> c % 2 == 0)), 0.005);
    }

    /** Row 16: drawn with replacement, 1 - (1 - 1 / n)^5 of the queries repeat one of five support items of a class of n. */
    @ParameterizedTest
    @CsvSource({"140, 0.035", "50, 0.096", "14, 0.31"})
    void queriesRepeatSupportItems(int size, double want) {
        int repeated = 0;
        int asked = 0;
        for (Episode e : drawn(tasks(20, size, 5, c -> c % 2 == 0), 2000)) {
            Set<Integer> support = new HashSet<>();
            e.support().forEach(s -> support.add(s.item().sampleId()));
            repeated += (int) e.query().stream()
                    .filter(s -> support.contains(s.item().sampleId()))
                    .count();
            asked += e.query().size();
        }
        assertEquals(want, (double) repeated / asked, 0.005);
    }

    /** Row 4: what the filter takes away is never the largest, so the reference's answers are greedy. */
    @Test
    void theTopPFilterInFrontOfArgmaxChangesNothing() {
        Tensor p = Rng.of(9).normal(200, 24).softmax();
        assertArrayEquals(
                p.argMax(-1).toInts(), new Nucleus(0.8).apply(p).argMax(-1).toInts());
    }

    /**
     * The authors' own log: an untrained mapper knows nothing, then learns that answers begin with a BOS, which alone gives
     * one half. Here with a random LLaMA of one block and 24 tokens in place of theirs.
     */
    @Test
    void anUntrainedMapperLearnsTheBosFirst() {
        EcgQaModel model = TinyModel.of(WIDTH, new SeedForm(4, 4, END));
        List<EncodedEpisode> episodes = drawn(tasks(18, 14, 5, c -> c % 2 == 0), 10).stream()
                .map(ENCODER::encode)
                .toList();
        VectorPool strangers = MadeUpEpisodes.pool(WIDTH, 20);
        List<Double> curve = new SeedEvaluator(
                        model,
                        new InnerLoop(15, 0.05, MetaOrder.FIRST),
                        new Dropout(0.5),
                        new Blindfold(strangers, new int[] {10}, Rng.of(2)),
                        Rng.of(222))
                .evaluate(model.mapper().init(Rng.of(1)), episodes, i -> {}).byInnerStep().stream()
                        .map(p -> p.measures().get("token_accuracy"))
                        .toList();
        assertEquals(16, curve.size());
        assertTrue(curve.getFirst() < 0.1, "before any step: " + curve);
        assertTrue(curve.getLast() > 0.35 && curve.getLast() < 0.65, "after 15 steps: " + curve);
    }
}
