package org.einthoven.cli;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a language model expects behind some tokens. */
@Command(name = "logits", description = "logits of the last position")
final class LogitsVerb extends LlmVerb {
    private static final int SHOWN = 10;

    @Option(
            names = "--ids",
            required = true,
            paramLabel = "LIST",
            converter = TokenIds.Converter.class,
            description = "token ids, used verbatim")
    TokenIds prompt;

    @Override
    Result result(Llm llm) {
        Tensor logits = llm.logits(prompt.ids()); // [V]
        double[] x = logits.toDoubles();
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i])) {
                throw new TensorException("the logit of token " + i + " is " + x[i] + "; are the weights damaged?");
            }
        }
        Result r = new Result().put("logits", logits);
        r.line("the %d largest of %d logits (all of them with --json)", Math.min(SHOWN, x.length), x.length);
        List<Integer> best = IntStream.range(0, x.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -x[i]))
                .limit(SHOWN)
                .toList();
        best.forEach(i -> r.line("%8d  %12.6f", i, x[i]));
        return r;
    }
}
