package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.LinearMapper;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradient of an encoder that is not frozen, through the mapper's adaptation; all in F64. */
class UnfrozenEncoderTest {
    private static final int WIDTH = 8;
    private static final int LAST_ECG = 6;
    private static final int SAMPLES = 100;

    private final EcgEncoder encoder = encoder();
    private final EcgQaModel model = model();
    private final VectorPool pool = pool();

    private static EcgEncoder encoder() {
        EcgEncoderConfig.Conv conv = new EcgEncoderConfig.Conv(4, 5, 5);
        return new EcgEncoder(new EcgEncoderConfig(12, List.of(conv, conv), false, WIDTH, 2, 2, 16, 4, 2, false, 1));
    }

    private static EcgQaModel model() {
        FrozenLlm llm = TinyModel.of(WIDTH, new StrictForm()).llm();
        return new EcgQaModel(
                new LinearMapper(WIDTH, llm.width(), 2),
                new FrozenLlm(llm.model(), llm.weights().cast(DType.F64)),
                new StrictForm());
    }

    private static VectorPool pool() {
        Map<Integer, Tensor> vectors = new HashMap<>();
        Map<Integer, String> patients = new HashMap<>();
        for (int ecg = 1; ecg <= LAST_ECG; ecg++) {
            vectors.put(ecg, Tensor.zeros(DType.F64, WIDTH));
            patients.put(ecg, "patient " + ecg);
        }
        return new VectorPool(vectors, patients);
    }

    /** Two crops of noise. */
    private static Tensor signal(int ecg) {
        return Rng.of(ecg).normal(2, 12, SAMPLES).cast(DType.F64);
    }

    private Params theta() {
        Params phi = encoder.init(Rng.of(1)).map(w -> w.rank() > 1 ? w.mul(3) : w);
        return model.mapper()
                .init(Rng.of(2))
                .and(phi.under(UnfrozenEncoder.ENCODER))
                .cast(DType.F64);
    }

    /** Yes-no items about three ECGs, and about another three; the second task shares ECGs with the first. */
    private List<UnfrozenTask> tasks() {
        return IntStream.of(0, 1)
                .mapToObj(t -> new UnfrozenTask(
                        model,
                        "task " + t,
                        pool,
                        vectors -> new EncodedEpisode(
                                "task " + t, items(vectors, 1 + t, 3), items(vectors, 4, LAST_ECG - t)),
                        new Dropout(0)))
                .toList();
    }

    private static List<EncodedEpisode.Item> items(VectorPool vectors, int from, int to) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int ecg = from; ecg <= to; ecg++) {
            boolean yes = ecg % 2 == 0;
            items.add(new EncodedEpisode.Item(
                    "a",
                    "c",
                    "p" + ecg,
                    "" + ecg,
                    vectors.of(ecg),
                    new int[] {10},
                    new int[] {yes ? 5 : 6},
                    yes ? "yes" : "no"));
        }
        return items;
    }

    private UnfrozenEncoder learner(MetaOrder order, Memory memory) {
        InnerLoop inner = new InnerLoop(2, new VectorsFixed(new GradientDescent(0.3)), order);
        Maml maml = new Maml(inner, MetaObjective.LAST, NonFinite.FAIL, Maml.Watch.EVERY_STEP, memory);
        return new UnfrozenEncoder(maml, encoder, false, UnfrozenEncoderTest::signal, new Workspace());
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void agreesWithFiniteDifferences(Memory memory) {
        UnfrozenEncoder learner = learner(MetaOrder.SECOND, memory);
        Params theta = theta();
        MetaGradient g = learner.gradient(theta, tasks());
        for (String part : List.of("encoder", "encoder.feature_extractor", "encoder.conv_pos")) {
            Rng rng = Rng.of(9);
            Params direction = scaledTo(1e-5, named(theta, part, rng));
            double difference = (learner.gradient(theta.zip(direction, Tensor::add), tasks())
                                    .loss()
                            - learner.gradient(theta.zip(direction, Tensor::sub), tasks())
                                    .loss())
                    / 2;
            double slope = dot(g.gradient(), direction);
            assertTrue(Math.abs(slope) > 1e-10, part + ": nothing depends on it: " + slope);
            assertEquals(difference, slope, 2e-6 * Math.abs(slope) + 1e-13, part);
        }
    }

    /** A direction in these paths, zeros elsewhere. */
    private static Params named(Params theta, String part, Rng rng) {
        Map<String, Tensor> d = new HashMap<>();
        theta.forEach((path, w) -> {
            Tensor noise = rng.split(path).normal(w.shape().toArray()).cast(DType.F64);
            d.put(path, path.startsWith(part) ? noise : noise.mul(0));
        });
        return Params.of(d);
    }

    private static Params scaledTo(double length, Params d) {
        double norm = Math.sqrt(dot(d, d));
        return d.map(x -> x.mul(length / norm));
    }

    private static double dot(Params a, Params b) {
        return a.zip(b, (x, y) -> x.mul(y).sum()).tensors().stream()
                .mapToDouble(Tensor::item)
                .sum();
    }

    /** What the mapper learns is what it learns from the same vectors behind a frozen encoder. */
    @Test
    void theMapperLearnsAsBehindAFrozenEncoder() {
        Params theta = theta();
        UnfrozenEncoder learner = learner(MetaOrder.SECOND, Memory.KEEP_STEPS);
        MetaGradient g = learner.gradient(theta, tasks());
        Params frozen = EcgEncoder.frozen(theta.in(UnfrozenEncoder.ENCODER));
        VectorPool seen = pool.through(ecg -> learner.vector(frozen, signal(ecg)));
        Maml maml = new Maml(new InnerLoop(2, 0.3, MetaOrder.SECOND), MetaObjective.LAST);
        List<EcgQaTask> tasks = tasks().stream()
                .map(t -> new EcgQaTask(model, t.episode().apply(seen)))
                .toList();
        MetaGradient expected = maml.gradient(theta.without(UnfrozenEncoder.ENCODER), tasks);
        assertEquals(expected.loss(), g.loss());
        expected.gradient()
                .forEach((path, x) ->
                        assertArrayEquals(x.toDoubles(), g.gradient().get(path).toDoubles(), path));
    }

    /** The first order leaves out what goes through the inner gradients, so the encoder's gradient is another. */
    @Test
    void theFirstOrderIsAnother() {
        Params theta = theta();
        Params second = learner(MetaOrder.SECOND, Memory.KEEP_STEPS)
                .gradient(theta, tasks())
                .gradient();
        Params first = learner(MetaOrder.FIRST, Memory.KEEP_STEPS)
                .gradient(theta, tasks())
                .gradient();
        Params difference = second.zip(first, Tensor::sub).in(UnfrozenEncoder.ENCODER);
        Params whole = second.in(UnfrozenEncoder.ENCODER);
        assertTrue(dot(difference, difference) > 1e-4 * dot(whole, whole));
    }

    @Test
    void whatGivesTheEncoderNoGradientIsRefused() {
        Reptile reptile = new Reptile(
                new InnerLoop(2, new VectorsFixed(new GradientDescent(0.3)), MetaOrder.FIRST), NonFinite.FAIL);
        String refusal = assertThrows(
                        IllegalArgumentException.class,
                        () -> new UnfrozenEncoder(
                                reptile, encoder, false, UnfrozenEncoderTest::signal, new Workspace()))
                .getMessage();
        assertTrue(refusal.contains("not by Reptile"), refusal);
    }
}
