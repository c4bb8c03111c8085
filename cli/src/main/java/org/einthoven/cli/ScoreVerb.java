package org.einthoven.cli;

import org.einthoven.models.llm.Likelihood;
import org.einthoven.models.llm.Llm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How likely a language model holds one text behind another. */
@Command(name = "score", description = "log-likelihood of a continuation")
final class ScoreVerb extends LlmVerb {
    @Option(
            names = "--ids",
            required = true,
            paramLabel = "LIST",
            converter = TokenIds.Converter.class,
            description = "token ids of what comes before, used verbatim")
    TokenIds prompt;

    @Option(
            names = "--continuation",
            required = true,
            paramLabel = "LIST",
            converter = TokenIds.Converter.class,
            description = "token ids to score")
    TokenIds continuation;

    @Override
    Result result(Llm llm) {
        Likelihood.Score score = llm.score(prompt.ids(), continuation.ids());
        Result r = new Result().put("logprob", score.logProbability()).put("per_token", score.perToken());
        r.line("log-probability %.6f", score.logProbability());
        for (int i = 0; i < continuation.ids().length; i++) {
            r.line("%8d  %12.6f", continuation.ids()[i], score.perToken().get(i));
        }
        return r;
    }
}
