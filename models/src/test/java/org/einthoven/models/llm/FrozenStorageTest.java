package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Architecture.SlidingWindow;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gradients of the loss by embeddings pass through frozen weights as they are stored: in F32 arithmetic they are, to first and
 * second order, those of the decoded model in F64.
 */
class FrozenStorageTest {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Rows of 256, the block of most types. */
    private static final List<LlmConfig> CONFIGS = List.of(llama(), gemma());

    private static LlmConfig llama() {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(100, new RopeScaling.Llama3(8, 1, 4, 64), false);
        return new LlmConfig(5, 256, 256, 1, 2, 1, 128, 1e-6, rotary, 8, false, OptionalInt.empty(), new TreeSet<>());
    }

    private static LlmConfig gemma() {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(100, new RopeScaling.None(), false);
        OptionalDouble cap = OptionalDouble.of(5);
        Architecture gemma2 = Architecture.gemma2(
                256, 0.1, cap, cap, Optional.of(new SlidingWindow(2, new TreeSet<>(List.of(0)), rotary)));
        return new LlmConfig(
                5, 256, 256, 1, 2, 1, 128, 1e-6, rotary, 8, true, OptionalInt.empty(), new TreeSet<>(), gemma2);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"F64", "I32", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void gradientsAreThoseOfTheDecodedModel(DType type) {
        for (LlmConfig config : CONFIGS) {
            Params p = Params.EMPTY;
            for (var e : config.shapes().entrySet()) {
                int[] shape = e.getValue().toArray();
                Rng rng = Rng.of(7).split(e.getKey());
                p = p.with(e.getKey(), shape.length == 1 ? rng.normal(shape).mul(0.3) : weight(type, rng, shape));
            }
            gradients(new Llama(config), p);
        }
    }

    /** With intermediates kept, and with blocks run again. */
    private static void gradients(Llama model, Params p) {
        Tensor x = Rng.of(8).normal(1, 3, 256).mul(0.05);
        Tensor v = Rng.of(9).normal(1, 3, 256);
        Function<Tensor, Tensor> decoded = loss(model, p.cast(DType.F64));
        Tensor wide = x.cast(DType.F64);
        Tensor gradient = Grad.grad(decoded, wide, GradMode.CONSTANT);
        Tensor product = Grad.hvp(decoded, wide, v.cast(DType.F64));
        for (Llama each : List.of(model, model.recomputing())) {
            Function<Tensor, Tensor> stored = loss(each, p);
            close("gradient", Grad.grad(stored, x, GradMode.CONSTANT), gradient);
            close("Hessian times v", Grad.hvp(stored, x, v), product);
        }
    }

    private static Function<Tensor, Tensor> loss(Llama model, Params p) {
        Tensor targets = Tensor.of(new int[] {3, 0, 4}, 1, 3);
        return x -> Losses.crossEntropy(model.logitsFromEmbeds(p, x), targets, Losses.IGNORE);
    }

    /** To F32 accuracy, measured by the largest element. */
    private static void close(String what, Tensor got, Tensor want) {
        double[] w = want.toDoubles();
        double top = 0;
        for (double x : w) {
            top = Math.max(top, Math.abs(x));
        }
        assertTrue(top > 1e-4 && top < 1e6, what + " is about " + top);
        assertEquals(DType.F32, got.dtype());
        new Tolerance(1e-4, 1e-4 * top).check(what, got, want);
    }

    /** Random blocks whose numbers have a deviation of about 0.06. */
    private static Tensor weight(DType type, Rng rng, int... shape) {
        if (type == DType.F32) {
            return rng.normal(shape).mul(0.06);
        }
        Tensor once = blocks(type, rng, 1, shape);
        double rms = Math.sqrt(once.cast(DType.F64).square().mean().item());
        return blocks(type, rng, 0.06 / rms, shape);
    }

    private static Tensor blocks(DType type, Rng rng, double scale, int... shape) {
        RandomGenerator r = rng.stream();
        MemorySegment s = Arena.ofAuto().allocate(type.bytes((long) shape[0] * shape[1]), 2);
        for (long at = 0; at < s.byteSize(); at += 2) {
            float w = (float) (r.nextGaussian() * scale);
            int inBlock = (int) (at % type.blockBytes());
            s.set(
                    SHORT,
                    at,
                    switch (type) {
                        case F16 -> Float.floatToFloat16(w);
                        case BF16 -> (short) (Float.floatToRawIntBits(w) >>> 16);
                        default ->
                            scales(type).containsKey(inBlock)
                                    ? Float.floatToFloat16(
                                            (float) (scale * scales(type).get(inBlock)))
                                    : (short) r.nextInt();
                    });
        }
        return Tensor.blocks(type, s, shape);
    }

    /** Where the F16 scales and minima lie in a block, and their proportions: such that the mean is about 0. */
    private static Map<Integer, Double> scales(DType type) {
        return switch (type) {
            case Q4_1 -> Map.of(0, 1.0, 2, -7.5);
            case Q5_1 -> Map.of(0, 1.0, 2, -15.5);
            case Q4_K -> Map.of(0, 1.0, 2, 7.5);
            case Q5_K -> Map.of(0, 1.0, 2, 15.5);
            case Q2_K -> Map.of(80, 1.0, 82, 1.5);
            case Q3_K -> Map.of(108, 1.0);
            case Q6_K -> Map.of(208, 1.0);
            case TQ1_0 -> Map.of(52, 1.0);
            case TQ2_0 -> Map.of(64, 1.0);
            default -> Map.of(0, 1.0);
        };
    }
}
