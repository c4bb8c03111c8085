package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mappers beside the reference's source, to second order, and their checkpoints. */
class MapperGoldenTest {

    @Test
    void theAttentionMapperIsTheReferences() {
        GoldenCase golden = GoldenCase.of("C_mapper/attention_mapper");
        derivatives(golden, names(golden), p -> attention(golden).apply(p, p.get("x")));
    }

    @Test
    void withGivenDropoutToo() {
        GoldenCase golden = GoldenCase.of("C_mapper/attention_mapper_dropout_given");
        Dropout dropout = new Dropout(golden.attrs().get("p").asDouble());
        derivatives(golden, names(golden), p -> attention(golden)
                .apply(
                        p,
                        p.get("x"),
                        o -> dropout.apply(kept(golden, "keep1"), o),
                        o -> dropout.apply(kept(golden, "keep2"), o)));
    }

    @Test
    void theMlpMapperIsClipCaps() {
        GoldenCase golden = GoldenCase.of("C_mapper/mlp_mapper");
        int d = golden.expected("out").dim(2);
        MlpMapper mapper = new MlpMapper(
                golden.input("x").dim(1), d, golden.attrs().get("prefix_length").asInt());
        assertEquals(golden.attrs().get("hidden").asInt(), mapper.hidden());
        derivatives(golden, List.of("w1", "b1", "w2", "b2"), p -> mapper.apply(p, p.get("x")));
    }

    /** The masks of the reference cover the ECG's row, which is thrown away, too. */
    private static Tensor kept(GoldenCase golden, String mask) {
        Tensor all = golden.input(mask).gt(0);
        return all.slice(1, 0, golden.attrs().get("prefix_length").asInt());
    }

    private static AttentionMapper attention(GoldenCase golden) {
        Tensor x = golden.input("x");
        return new AttentionMapper(
                x.dim(1),
                golden.expected("out").dim(2),
                golden.attrs().get("prefix_length").asInt(),
                golden.attrs().get("num_heads").asInt(),
                ScoreScale.FULL_WIDTH);
    }

    private static List<String> names(GoldenCase golden) {
        return golden.attrs().get("order").valueStream().map(n -> n.asString()).toList();
    }

    /** Value, gradients, and both kinds of second derivative, for x and every parameter. */
    private static void derivatives(GoldenCase golden, List<String> order, Function<Params, Tensor> f) {
        Map<String, String> ours = new LinkedHashMap<>(Map.of("x", "x"));
        for (int i = 0; i < order.size(); i++) {
            ours.put(order.get(i), "vars." + i);
        }
        Map<String, Tensor> at = new LinkedHashMap<>(Map.of("x", golden.input("x"), "cot", golden.input("cot")));
        Map<String, Tensor> v = new LinkedHashMap<>();
        ours.forEach((name, our) -> {
            at.computeIfAbsent(our, n -> golden.get("parameters", name));
            v.put(our, golden.input("v_" + name));
        });
        Params point = Params.of(at);
        Params directions = Params.of(v);
        golden.check("out", f.apply(point));
        Function<Params, Tensor> l1 = p -> p.get("cot").mul(f.apply(p)).sum();
        Function<Params, Tensor> l2 =
                p -> p.get("cot").mul(f.apply(p).square()).sum().mul(0.5);
        Params first = Grad.valueAndGrad(l1, point, GradMode.CONSTANT).grads();
        Params second = Grad.valueAndGrad(p -> along(l1, p, directions), point, GradMode.CONSTANT)
                .grads();
        Params hvp = Grad.valueAndGrad(p -> along(l2, p, directions), point, GradMode.CONSTANT)
                .grads();
        ours.forEach((name, our) -> {
            golden.check("gradient of " + name, first.get(our), golden.get("gradients", name));
            golden.check("dG_d_" + name, second.get(our), golden.get("second_order", "dG_d_" + name));
            golden.check("hvp2_" + name, hvp.get(our), golden.get("second_order", "hvp2_" + name));
        });
        golden.check("dG_d_cot", second.get("cot"), golden.get("second_order", "dG_d_cot"));
    }

    /** The derivative of a loss along the directions. */
    private static Tensor along(Function<Params, Tensor> loss, Params p, Params directions) {
        Params g = Grad.valueAndGrad(loss, p, GradMode.DIFFERENTIABLE).grads();
        return directions.paths().stream()
                .map(path -> g.get(path).mul(directions.get(path)).sum())
                .reduce(Tensor::add)
                .orElseThrow();
    }

    // ---------------------------------------------------------------- checkpoints

    @ParameterizedTest
    @ValueSource(strings = {"1_2-way_2-shot.pt", "legacy.pt"})
    void aCheckpointOfTheReference(String file) {
        GoldenCase golden = GoldenCase.of("C_mapper/mapper_checkpoint");
        MapperCheckpoint c = MapperCheckpoint.load(golden.file(file), 32);
        golden.section("parameters")
                .forEach((name, want) ->
                        assertArrayEquals(want.toFloats(), c.params().get(name).toFloats(), name));
        assertEquals(new AttentionMapper(24, 32, 4, 8, ScoreScale.FULL_WIDTH), c.mapper());
        golden.check("out", c.mapper().apply(c.params(), golden.input("x")).cast(DType.F64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mapper.pt", "mapper.safetensors"})
    void whatIsSavedIsReadBackBitForBit(String name, @TempDir Path folder) {
        AttentionMapper mapper = AttentionMapper.reference(24, 32);
        Params theta = mapper.init(Rng.of(222));
        Path file = folder.resolve(name);
        new MapperCheckpoint(mapper, theta).save(file);
        MapperCheckpoint back = MapperCheckpoint.load(file, 32);
        assertEquals(mapper, back.mapper());
        assertEquals(theta.paths(), back.params().paths());
        theta.forEach((path, t) ->
                assertArrayEquals(t.toFloats(), back.params().get(path).toFloats(), path));
    }

    @Test
    void safetensorsKeepTheKindOfMapper(@TempDir Path folder) {
        for (Mapper mapper : List.of(
                new AttentionMapper(6, 8, 3, 2, ScoreScale.HEAD_WIDTH),
                new MlpMapper(6, 8, 3),
                new LinearMapper(6, 8, 3),
                new PerceiverMapper(6, 8, 3, 4, 2, 1))) {
            Path file = folder.resolve("mapper.safetensors");
            new MapperCheckpoint(mapper, mapper.init(Rng.of(1))).save(file);
            assertEquals(mapper, MapperCheckpoint.load(file, 8).mapper());
        }
    }

    @Test
    void adaptersThatItLearntTogetherWithComeAlong(@TempDir Path folder) {
        Mapper mapper = new LinearMapper(6, 8, 3);
        Params adapters = Params.of(Map.of(
                "model.layers.0.self_attn.q_proj.lora_A.weight", Rng.of(3).normal(2, 8)));
        MapperCheckpoint both = new MapperCheckpoint(mapper, mapper.init(Rng.of(1)), adapters);
        both.save(folder.resolve("mapper.safetensors"));
        for (MapperCheckpoint back : List.of(
                MapperCheckpoint.load(folder.resolve("mapper.safetensors"), 8),
                MapperCheckpoint.load(folder.resolve("mapper.safetensors"), mapper))) {
            assertEquals(mapper, back.mapper());
            assertEquals(both.theta().paths(), back.theta().paths());
            both.theta()
                    .forEach((path, t) -> assertArrayEquals(
                            t.toFloats(), back.theta().get(path).toFloats(), path));
        }
        assertThrows(IllegalArgumentException.class, () -> both.save(folder.resolve("mapper.pt")));
    }

    @Test
    void aTorchFileIsNotWrittenWhereItWouldLoseTheScale(@TempDir Path folder) {
        Mapper mapper = new AttentionMapper(6, 8, 3, 2, ScoreScale.HEAD_WIDTH);
        MapperCheckpoint c = new MapperCheckpoint(mapper, mapper.init(Rng.of(1)));
        assertThrows(IllegalArgumentException.class, () -> c.save(folder.resolve("mapper.pt")));
        assertTrue(Files.notExists(folder.resolve("mapper.pt")));
        Mapper perceiver = new PerceiverMapper(6, 8, 3, 4, 2, 1);
        MapperCheckpoint unknown = new MapperCheckpoint(perceiver, perceiver.init(Rng.of(1)));
        assertThrows(IllegalArgumentException.class, () -> unknown.save(folder.resolve("perceiver.pt")));
        Mapper mlp = new MlpMapper(6, 8, 3);
        new MapperCheckpoint(mlp, mlp.init(Rng.of(1))).save(folder.resolve("mlp.pt"));
        assertEquals(mlp, MapperCheckpoint.load(folder.resolve("mlp.pt"), 8).mapper());
    }

    @Test
    void aMapperForAnotherModelOrWithOtherTensorsIsRefused(@TempDir Path folder) {
        AttentionMapper mapper = AttentionMapper.reference(24, 32);
        Path file = folder.resolve("mapper.pt");
        new MapperCheckpoint(mapper, mapper.init(Rng.of(1)).with("vars.13", Tensor.zeros(DType.F32, 2))).save(file);
        String said = assertThrows(FormatException.class, () -> MapperCheckpoint.load(file, 32))
                .getMessage();
        assertTrue(said.contains("unexpected: mapper_net.vars.13"), said);
        said = assertThrows(FormatException.class, () -> MapperCheckpoint.load(file, 64))
                .getMessage();
        assertTrue(said.contains("width 32, but the language model has width 64"), said);
    }

    // ---------------------------------------------------------------- the layer

    @Test
    void theReferencesParametersInItsOrder() {
        for (int d : new int[] {2048, 4096, 2304}) {
            long n = AttentionMapper.reference(768, d).shapes().values().stream()
                    .mapToLong(Shape::size)
                    .sum();
            assertEquals((long) d * d + 2312L * d + 3072, n);
        }
        Params theta = AttentionMapper.reference(24, 32).init(Rng.of(3));
        assertEquals(
                List.of(
                        "vars.0", "vars.1", "vars.2", "vars.3", "vars.4", "vars.5", "vars.6", "vars.7", "vars.8",
                        "vars.9", "vars.10", "vars.11", "vars.12"),
                theta.paths());
        assertEquals(1, theta.get("vars.9").get(0));
        assertEquals(0, theta.get("vars.10").get(0));
        double bound = Math.sqrt(6.0 / (24 + 32));
        double[] w = theta.get("vars.1").toDoubles();
        assertTrue(Arrays.stream(w).allMatch(x -> Math.abs(x) <= bound));
        assertTrue(Arrays.stream(w).anyMatch(x -> Math.abs(x) > 0.9 * bound));
    }

    @Test
    void headWidthScalingIsAnotherMapper() {
        AttentionMapper full = AttentionMapper.reference(24, 32);
        AttentionMapper head = new AttentionMapper(24, 32, 4, 8, ScoreScale.HEAD_WIDTH);
        Params theta = full.init(Rng.of(4));
        Tensor ecg = Rng.of(5).normal(2, 24);
        Tensor gap = full.apply(theta, ecg).sub(head.apply(theta, ecg)).abs().max(2, false);
        assertTrue(gap.mean().item() > 1e-3);
    }

    @Test
    void severalVectorsOfOneEcgAreSeenInAnyOrder() {
        AttentionMapper mapper = AttentionMapper.reference(24, 32);
        Params theta = mapper.init(Rng.of(6));
        Tensor steps = Rng.of(7).normal(2, 5, 24);
        double[] forwards = mapper.apply(theta, steps).toDoubles();
        assertArrayEquals(forwards, mapper.apply(theta, steps.flip(1)).toDoubles(), 1e-5);
        assertEquals(Shape.of(2, 4, 32), mapper.apply(theta, steps).shape());
    }

    @Test
    void dropoutIsTheSameForTheSameKey() {
        for (Mapper mapper :
                List.of(AttentionMapper.reference(24, 32), new MlpMapper(24, 32, 4), new LinearMapper(24, 32, 4))) {
            Params theta = mapper.init(Rng.of(8));
            Tensor ecg = Rng.of(9).normal(2, 24);
            Dropout half = new Dropout(0.5);
            double[] a = mapper.apply(theta, ecg, half, Rng.of(10)).toDoubles();
            assertArrayEquals(a, mapper.apply(theta, ecg, half, Rng.of(10)).toDoubles());
            double[] b = mapper.apply(theta, ecg, half, Rng.of(11)).toDoubles();
            assertTrue(!Arrays.equals(a, b), mapper.toString());
            assertArrayEquals(
                    mapper.apply(theta, ecg).toDoubles(),
                    mapper.apply(theta, ecg, new Dropout(0), Rng.of(10)).toDoubles());
        }
    }
}
