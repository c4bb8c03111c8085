package org.einthoven.bench.llm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.einthoven.models.llm.Decoding;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Generator;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.Workers;

/** Ours. */
final class Einthoven implements Engine {
    private final Llm llm;
    private final Generator endless;

    Einthoven(Path file, int threads, Decoding decoding) {
        Workers.threads(threads);
        llm = Llm.open(file, decoding);
        endless = new Generator(llm.model(), llm.weights(), Set.of(), false, llm.repacked());
    }

    @Override
    public String describe() {
        String copy = llm.repacked()
                .map(r ->
                        ", single tokens by a second copy of %.0f MB; prompts, and so these logits, by the file's weights"
                                .formatted(r.bytes() / 1e6))
                .orElse("");
        return "this commit, " + Runtime.version() + copy;
    }

    @Override
    public Turn write(int[] prompt, int tokens) {
        Generation g = endless.generate(prompt, tokens, Sampler.greedy());
        return new Turn(seconds(g.prefill()), seconds(g.decode()));
    }

    private static double seconds(Duration d) {
        return d.toNanos() * 1e-9;
    }

    @Override
    public float[] logits(int[] prompt) {
        return llm.logits(prompt).toFloats();
    }
}
