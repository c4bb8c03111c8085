package org.einthoven.models.llm;

import java.util.function.Supplier;
import org.einthoven.models.llm.LlmConfig.Rotary;
import org.einthoven.tensor.TensorException;

/**
 * Reads what a {@code config.json} says of rotary embedding: {@code rope_theta} and {@code rope_scaling}, or both in
 * {@code rope_parameters} as transformers 5 writes them.
 */
final class HfRotary {
    private HfRotary() {}

    /** Of all blocks, or of those without a sliding window. */
    static Rotary read(JsonFields text, double theta) {
        double share = text.number("partial_rotary_factor", 1);
        if (text.has("rope_parameters")) {
            JsonFields r = text.object("rope_parameters");
            JsonFields all = r.has("full_attention") ? r.object("full_attention") : r;
            return new Rotary(
                    all.number("rope_theta", theta),
                    scaling("rope_parameters", all),
                    false,
                    all.number("partial_rotary_factor", share));
        }
        RopeScaling scaling = text.has("rope_scaling")
                ? scaling("rope_scaling", text.object("rope_scaling"))
                : new RopeScaling.None();
        return new Rotary(text.number("rope_theta", theta), scaling, false, share);
    }

    /** Of the blocks with a sliding window, where they have their own. */
    static Rotary ofWindow(JsonFields text) {
        if (text.has("rope_parameters") && text.object("rope_parameters").has("sliding_attention")) {
            JsonFields r = text.object("rope_parameters").object("sliding_attention");
            return new Rotary(r.number("rope_theta", 10_000), scaling("rope_parameters", r), false);
        }
        return new Rotary(text.number("rope_local_base_freq", 10_000), new RopeScaling.None(), false);
    }

    private static RopeScaling scaling(String key, JsonFields r) {
        String type = r.has("rope_type") ? r.text("rope_type") : r.text("type");
        Supplier<RopeScaling> read =
                switch (type) {
                    case "default" -> RopeScaling.None::new;
                    case "linear" -> () -> new RopeScaling.Linear(r.number("factor"));
                    case "llama3" ->
                        () -> new RopeScaling.Llama3(
                                r.number("factor"),
                                r.number("low_freq_factor"),
                                r.number("high_freq_factor"),
                                r.number("original_max_position_embeddings"));
                    default ->
                        throw r.bad(
                                key,
                                "rotary scaling \"" + type + "\" is not supported; default, linear and llama3 are");
                };
        try {
            return read.get();
        } catch (TensorException e) {
            throw r.bad(key, e.getMessage());
        }
    }
}
