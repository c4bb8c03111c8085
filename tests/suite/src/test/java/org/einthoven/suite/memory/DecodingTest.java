package org.einthoven.suite.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.KvCache;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.llm.TokenDecoder;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decoding in steady state allocates nothing, on any thread: compiled code, and room for the tokens to come. */
class DecodingTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Rounds of tokens until the compiler has done its work; how soon that is depends on the machine's load. */
    private static final int ROUNDS = 300;

    private static final int TOKENS = 20;

    private final int threads = Workers.threads();

    @AfterEach
    void asManyThreadsAsBefore() {
        Workers.threads(threads);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
    void aTokenCostsNoMemory(DType type) {
        Assumptions.assumeTrue(
                Backends.current().decodeKernels().isPresent(),
                "backend " + Backends.current().name() + " has no kernels for decoding");
        // The head is large enough to be shared among threads.
        LlmConfig config = new LlmConfig(
                4000,
                128,
                352,
                2,
                8,
                4,
                16,
                1e-5,
                new LlmConfig.Rotary(100, new RopeScaling.None(), false),
                600,
                false,
                OptionalInt.of(1),
                new TreeSet<>());
        Llama model = new Llama(config);
        Params weights = model.init(Rng.of(222)).map(w -> w.rank() == 2 ? stored(w, type) : w);
        for (int n : new int[] {1, 2}) {
            Workers.threads(n);
            assertEquals(
                    0, fewestBytes(model, weights), type + " on " + n + " threads: bytes for " + TOKENS + " tokens");
        }
    }

    /** Of all rounds. */
    private static long fewestBytes(Llama model, Params weights) {
        Sampler greedy = Sampler.greedy();
        long fewest = Long.MAX_VALUE;
        TokenDecoder decoder = started(model, weights);
        int id = 17;
        for (int round = 0; round < ROUNDS && fewest > 0; round++) {
            if (decoder.length() > 500) {
                decoder = started(model, weights);
            }
            while (decoder.length() < 260) { // Behind these there is room for 512.
                id = greedy.next(decoder.logits(id), decoder.length());
            }
            long[] helpers = helpers();
            long others = allocated(helpers);
            long own = THREADS.getCurrentThreadAllocatedBytes();
            for (int token = 0; token < TOKENS; token++) {
                id = greedy.next(decoder.logits(id), decoder.length());
            }
            long mine = THREADS.getCurrentThreadAllocatedBytes() - own;
            fewest = Math.min(fewest, mine + allocated(helpers) - others);
        }
        return fewest;
    }

    private static TokenDecoder started(Llama model, Params weights) {
        KvCache cache = new KvCache(model.config());
        model.hidden(weights, model.embed(weights, Tensor.of(new int[] {1, 5}, 1, 2)), cache);
        return TokenDecoder.behind(cache, model, weights).orElseThrow();
    }

    /** What the bits of the weights are does not matter here. */
    private static Tensor stored(Tensor w, DType type) {
        return type == DType.F32
                ? w
                : Tensor.blocks(
                        type,
                        Arena.ofAuto().allocate(type.bytes(w.size())),
                        w.shape().toArray());
    }

    /** Threads that work for this one. */
    private static long[] helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("einthoven-worker"))
                .mapToLong(Thread::threadId)
                .toArray();
    }

    private static long allocated(long[] threads) {
        return Arrays.stream(threads).map(THREADS::getThreadAllocatedBytes).sum();
    }
}
