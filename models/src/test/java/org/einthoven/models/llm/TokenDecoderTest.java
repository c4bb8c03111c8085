package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding without tensors gives the bits of the tensors. That it makes no garbage is a test of the suite. */
class TokenDecoderTest {
    @BeforeEach
    void needsItsKernels() {
        Assumptions.assumeTrue(
                Backends.current().decodeKernels().isPresent(),
                "backend " + Backends.current().name() + " has no kernels for decoding");
    }

    /** Two blocks of eight heads, two of which share a key, wide enough for vectors. */
    private static LlmConfig config(boolean interleaved) {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(100, new RopeScaling.None(), interleaved);
        return new LlmConfig(300, 128, 352, 2, 8, 4, 16, 1e-5, rotary, 600, false, OptionalInt.of(1), new TreeSet<>());
    }

    private static Params weights(Llama model, DType type) {
        Params lively = model.init(Rng.of(222)).map(w -> w.rank() == 2 ? w.mul(5) : w);
        return type == DType.F32 ? lively : lively.map(w -> w.rank() == 2 ? stored(w, type) : w);
    }

    /** A matrix in a storage-only type, in memory that the collector frees. */
    private static Tensor stored(Tensor w, DType type) {
        float[] x = w.toFloats();
        MemorySegment s = Arena.ofAuto().allocate(type.bytes(x.length));
        ValueLayout.OfShort half = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < x.length; i++) {
            switch (type) {
                case F16 -> s.set(half, 2L * i, Float.floatToFloat16(x[i]));
                case BF16 -> s.set(half, 2L * i, (short) (Float.floatToRawIntBits(x[i]) >>> 16));
                case Q8_0 -> {
                    long block = i / 32 * 34L;
                    s.set(half, block, Float.floatToFloat16(0.01f));
                    s.set(ValueLayout.JAVA_BYTE, block + 2 + i % 32, (byte)
                            Math.clamp(Math.round(x[i] / 0.01f), -127, 127));
                }
                default -> throw new IllegalArgumentException(type.toString());
            }
        }
        return Tensor.blocks(type, s, w.shape().toArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q8_0"})
    void theLogitsAreThoseOfTheTensorsBitForBit(DType type) {
        for (boolean interleaved : new boolean[] {false, true}) {
            Llama model = new Llama(config(interleaved));
            Params weights = weights(model, type);
            KvCache cache = new KvCache(model.config());
            Generator generator = new Generator(model, weights);
            int[] prompt = {1, 5, 7, 250, 31};
            generator.behind(model.embed(weights, Tensor.of(prompt, 1, prompt.length)), cache);
            KvCache own = cache.first(cache.length()).orElseThrow();
            TokenDecoder decoder = TokenDecoder.behind(own, model, weights).orElseThrow();
            int id = 17;
            for (int step = 0; step < 70; step++) { // once out of room
                float[] want = generator
                        .behind(model.embed(weights, Tensor.of(new int[] {id}, 1, 1)), cache)
                        .toFloats();
                float[] got = decoder.logits(id);
                assertArrayEquals(bits(want), bits(got), type + ", token " + step);
                id = Sampler.greedy().next(got, step);
                id = (id + step) % 300;
            }
            assertEquals(cache.length(), decoder.length());
        }
    }

    /** Gemma's norms, caps, windows that are left behind, and gates. */
    @ParameterizedTest
    @ValueSource(strings = {"gemma", "gemma2", "gemma3"})
    void otherFamiliesHaveTheBitsOfTheTensorsToo(String family) {
        sameBits(family, false);
    }

    /** Keys and values rounded to F16: the same ones in both, though only one keeps decoded copies. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2"})
    void aCacheOfHalvesHasTheBitsOfTheTensorsToo(String family) {
        sameBits(family, true);
    }

    private static void sameBits(String family, boolean halves) {
        Llama model = new Llama(family.equals("llama") ? LlamaTest.tiny(true, 300) : FamiliesTest.tiny(family));
        Params weights = model.init(Rng.of(222)).map(w -> w.rank() == 2 ? w.mul(20) : w.add(0.1));
        Generator generator = new Generator(model, weights);
        int[] prompt = {1, 5, 7, 3, 9, 4};
        KvCache cache = new KvCache(model.config());
        generator.behind(model.embed(weights, Tensor.of(prompt, 1, prompt.length)), cache);
        TokenDecoder decoder = TokenDecoder.behind(cache.first(cache.length()).orElseThrow(), model, weights)
                .orElseThrow();
        for (int step = 0; step < 200; step++) { // Rows in sight move up more than once.
            int id = step * 7 % 11;
            float[] want = generator
                    .behind(model.embed(weights, Tensor.of(new int[] {id}, 1, 1)), cache)
                    .toFloats();
            assertArrayEquals(bits(want), bits(decoder.logits(id)), family + ", token " + step);
        }
    }

    /** Texts of different lengths, some of which end before others, on one thread and on two. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2"})
    void aBatchWritesWhatEachWritesAlone(String family) {
        Llama model = new Llama(family.equals("llama") ? config(false) : FamiliesTest.tiny(family));
        Params weights = model.init(Rng.of(222)).map(w -> w.rank() == 2 ? w.mul(family.equals("llama") ? 5 : 20) : w);
        List<int[]> prompts =
                List.of(new int[] {1, 5, 7}, new int[] {9}, new int[] {1, 5, 7, 3, 2, 8, 4}, new int[] {6, 6});
        Generator endless = new Generator(model, weights, Set.of());
        Sampler sampler = new Sampler(0.8, 40, 0.95, 0, 1.2, Rng.of(222));
        int third = endless.generate(prompts.get(1), 4, sampler).ids().get(3);
        Generator generator = new Generator(model, weights, Set.of(third));
        int threads = Workers.threads();
        try {
            for (int n : new int[] {1, 2}) {
                Workers.threads(n);
                List<Generation> together = generator.generate(prompts, 12, sampler);
                for (int i = 0; i < prompts.size(); i++) {
                    Generation alone = generator.generate(prompts.get(i), 12, sampler);
                    assertEquals(alone.ids(), together.get(i).ids(), "text " + i + " on " + n + " threads");
                    assertEquals(alone.end(), together.get(i).end());
                    assertEquals(alone.steps(), together.get(i).steps());
                }
                assertEquals(Generation.End.EOS, together.get(1).end());
            }
        } finally {
            Workers.threads(threads);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma3"})
    void theTokensAreThoseOfTheWholeTextReadAgainEachTime(String family) {
        Llama model = new Llama(family.equals("llama") ? LlamaTest.tiny(true) : FamiliesTest.tiny(family));
        Params weights = model.init(Rng.of(222)).map(w -> w.rank() == 2 ? w.mul(20) : w);
        int[] ids = {1, 5, 7};
        List<Integer> cached = new Generator(model, weights, Set.of())
                .generate(ids, 30, Sampler.greedy())
                .ids();
        for (int step = 0; step < 30; step++) {
            Tensor logits = model.logits(weights, Tensor.of(ids.clone(), 1, ids.length));
            int id = Sampler.greedy().next(logits.select(1, -1).reshape(-1), step);
            assertEquals(id, cached.get(step), "token " + step);
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = id;
        }
    }

    @Test
    void thereIsOneTokenOfTheModelForEachText() {
        Llama model = new Llama(config(false));
        Params weights = weights(model, DType.F32);
        KvCache cache = new KvCache(model.config());
        new Generator(model, weights).behind(model.embed(weights, Tensor.of(new int[] {1, 5}, 1, 2)), cache);
        TokenDecoder decoder = TokenDecoder.behind(cache, model, weights).orElseThrow();
        assertThrows(TensorException.class, () -> decoder.logits(new int[] {1, 2}));
        assertThrows(TensorException.class, () -> decoder.logits(300));
        assertThrows(TensorException.class, () -> decoder.logits(-1));
    }

    private static int[] bits(float[] x) {
        int[] bits = new int[x.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(x[i]));
        return bits;
    }

    @Test
    void otherArithmeticAndOtherFamiliesAreLeftToTheTensors() {
        Llama model = new Llama(config(false));
        Params wide = weights(model, DType.F32).cast(DType.F64);
        KvCache cache = new KvCache(model.config());
        new Generator(model, wide).behind(model.embed(wide, Tensor.of(new int[] {1, 5}, 1, 2)), cache);
        assertTrue(TokenDecoder.behind(cache, model, wide).isEmpty());
    }
}
