package org.einthoven.cli.demo;

import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Schedule;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.Rng;

/** Trains the demo's language model, a small LLaMA, from nothing, on {@link ReadingExercises} alone. */
final class LanguageModelMaker {
    private static final int BATCH = 64;
    private static final double RATE = 2e-3;

    private LanguageModelMaker() {}

    /** Three layers of width 128, of sixteen heads: reading is comparing many words, and with four it was learnt far slower. */
    static LlmConfig config(Tokenizer tokenizer) {
        return new LlmConfig(
                tokenizer.vocabularySize(),
                128,
                256,
                3,
                16,
                16,
                8,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                128,
                false,
                OptionalInt.of(tokenizer.bos().orElseThrow()),
                new TreeSet<>(List.of(tokenizer.eos().orElseThrow())));
    }

    static Params train(Llama model, ReadingExercises exercises, Rng rng, int steps, Consumer<String> log) {
        Params theta = model.init(rng.split("weights"));
        OptimiserState state = OptimiserState.start();
        Schedule schedule = Schedule.cosine(100, steps, 0.02);
        double accuracy = 0.5;
        double mean = 1;
        for (int step = 0; step < steps; step++) {
            Rng r = rng.split("step").split(step);
            ReadingExercises.Batch batch = exercises.draw(r.split("draw"), BATCH, Math.min(1, step / (0.5 * steps)));
            double[] right = new double[1];
            Graded g = Grad.valueAndGrad(
                    p -> {
                        ReadingExercises.Outcome o = exercises.read(model, p, batch, r.split("noise"));
                        right[0] = o.accuracy();
                        return o.loss();
                    },
                    theta,
                    GradMode.CONSTANT);
            Optimiser adam = AdamW.of(RATE * schedule.at(step));
            Optimiser.Stepped s =
                    adam.step(theta, ClipNorm.of(1).apply(g.grads()).gradient(), state);
            theta = s.theta();
            state = s.state();
            accuracy += 0.02 * (right[0] - accuracy);
            mean += 0.02 * (g.value().item() - mean);
            if (step % 100 == 99 || step + 1 == steps) {
                log.accept("language model step %d of %d: loss %.4f, answers right %.3f"
                        .formatted(step + 1, steps, mean, accuracy));
            }
        }
        return theta;
    }
}
