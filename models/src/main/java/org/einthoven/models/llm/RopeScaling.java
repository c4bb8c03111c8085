package org.einthoven.models.llm;

import java.util.List;
import org.einthoven.tensor.TensorException;

/** How rotary frequencies are changed so that a model reads longer texts than it was first trained on. */
public sealed interface RopeScaling {
    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** All frequencies divided by {@code factor} (Chen et al., arXiv 2306.15595). */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            positive("factor", factor);
        }
    }

    /**
     * Llama 3.1: waves longer than {@code original / lowFrequency} positions are slowed by {@code factor}, those shorter than
     * {@code original / highFrequency} kept, and between the two it goes over smoothly
     * (github.com/meta-llama/llama-models, {@code apply_scaling}).
     *
     * @param original positions of the first training, {@code original_max_position_embeddings}
     */
    record Llama3(double factor, double lowFrequency, double highFrequency, double original) implements RopeScaling {
        public Llama3 {
            positive("factor", factor);
            positive("low_freq_factor", lowFrequency);
            positive("original_max_position_embeddings", original);
            if (!(highFrequency > lowFrequency)) {
                throw new TensorException(
                        "high_freq_factor: " + highFrequency + " must be more than low_freq_factor, " + lowFrequency);
            }
        }
    }

    /** Each frequency with a divisor of its own: what GGUF files hold as {@code rope_freqs.weight}. */
    record Divisors(List<Double> each) implements RopeScaling {
        public Divisors {
            each = List.copyOf(each);
            each.forEach(d -> positive("rope_freqs.weight", d));
        }
    }

    private static void positive(String name, double x) {
        if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
            throw new TensorException(name + ": " + x + " is not a positive number");
        }
    }
}
