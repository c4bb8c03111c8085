package org.einthoven.models.llm;

import java.util.OptionalDouble;
import org.einthoven.models.io.GgufKeys;
import org.einthoven.models.llm.Architecture.SlidingWindow;
import org.einthoven.models.llm.LlmConfig.Invalid;
import org.einthoven.tensor.DType;

/** What {@link GgufConfig} reads, written: the metadata of a model by its configuration. */
final class GgufDescription {
    private final String architecture;
    private final LlmConfig config;
    private final GgufKeys keys = new GgufKeys();

    private GgufDescription(String architecture, LlmConfig config) {
        this.architecture = architecture;
        this.config = config;
    }

    /**
     * @param architecture GGUF's name of the family
     * @param name of this model, for people
     * @throws Invalid when GGUF has no way to say a value
     */
    static GgufKeys of(String architecture, String name, LlmConfig config) {
        GgufDescription d = new GgufDescription(architecture, config);
        d.keys.string("general.architecture", architecture)
                .string("general.type", "model")
                .string("general.name", name);
        d.sizes();
        d.rotary();
        switch (architecture) {
            case "gemma2" -> d.window(2);
            case "gemma3" -> d.window(6);
            default -> {}
        }
        d.caps();
        return d.keys;
    }

    private void sizes() {
        u32("vocab_size", config.vocabulary());
        u32("context_length", config.maxPositions());
        u32("embedding_length", config.width());
        u32("block_count", config.layers());
        u32("feed_forward_length", config.intermediate());
        u32("attention.head_count", config.heads());
        u32("attention.head_count_kv", config.keyValueHeads());
        u32("attention.key_length", config.headDim());
        u32("attention.value_length", config.headDim());
        boolean layerNorm = config.architecture().norm() == Architecture.Norm.LAYER;
        f32(layerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", config.normEps());
    }

    private void rotary() {
        LlmConfig.Rotary rotary = config.rotary();
        u32("rope.dimension_count", rotary.turned(config.headDim()));
        f32("rope.freq_base", rotary.theta());
        if (rotary.scaling() instanceof RopeScaling.Linear linear) {
            keys.string(architecture + ".rope.scaling.type", "linear");
            f32("rope.scaling.factor", linear.factor());
        }
    }

    /** @param period of the family: of so many blocks the last sees all tokens; a list says it where that does not hold */
    private void window(int period) {
        Architecture a = config.architecture();
        double scale =
                GgufConfig.queryScale(architecture, config.width(), config.layers(), config.heads(), config.headDim());
        if (Math.abs(a.queryScale().orElse(scale) / scale - 1) > 1e-9) {
            throw new Invalid(
                    "queryScale", "GGUF cannot say it; readers take " + scale + " for this size of " + architecture);
        }
        if (a.window().isEmpty()) {
            return;
        }
        SlidingWindow window = a.window().get();
        u32("attention.sliding_window", window.tokens());
        if (architecture.equals("gemma3")) {
            f32("rope.freq_base_swa", window.rotary().theta());
        }
        SlidingWindow usual = SlidingWindow.allButEach(period, config.layers(), window.tokens(), window.rotary());
        if (!usual.layers().equals(window.layers())) {
            boolean[] slides = new boolean[config.layers()];
            window.layers().forEach(l -> slides[l] = true);
            keys.bools(architecture + "." + GgufConfig.WINDOW_PATTERN, slides);
        }
    }

    private void caps() {
        cap("attn_logit_softcapping", config.architecture().attentionCap());
        cap("final_logit_softcapping", config.architecture().logitCap());
    }

    private void cap(String key, OptionalDouble cap) {
        if (cap.isPresent()) {
            f32(key, cap.getAsDouble());
        }
    }

    /** Divisors of the rotary frequencies for {@code rope_freqs.weight}, where the scaling has no key of its own. */
    static float[] frequencyDivisors(LlmConfig config) {
        if (!(config.rotary().scaling() instanceof RopeScaling.Llama3)) {
            return new float[0];
        }
        LlmConfig.Rotary plain = new LlmConfig.Rotary(
                config.rotary().theta(),
                new RopeScaling.None(),
                false,
                config.rotary().share());
        double[] before = Rope.frequencies(config.headDim(), plain, DType.F64);
        double[] after = Rope.frequencies(config.headDim(), config.rotary(), DType.F64);
        float[] divisors = new float[before.length];
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = (float) (before[i] / after[i]);
        }
        return divisors;
    }

    private void u32(String key, int x) {
        keys.u32(architecture + "." + key, x);
    }

    private void f32(String key, double x) {
        keys.f32(architecture + "." + key, x);
    }
}
