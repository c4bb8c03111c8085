package org.einthoven.models.llm;

import java.time.Duration;
import java.util.List;

/**
 * What a model wrote.
 *
 * @param ids the generated tokens, without the prompt and without the token that ended it
 * @param end why it ended
 * @param prompt tokens of the prompt that were read: all but those that a {@link Session} had read before
 * @param prefill time for the prompt, up to the first token's logits
 * @param decode time for the {@code steps} tokens after it
 * @param steps passes of one token each
 */
public record Generation(List<Integer> ids, End end, int prompt, Duration prefill, Duration decode, int steps) {
    public Generation {
        ids = List.copyOf(ids);
    }

    /** Why a generation ended. */
    public enum End {
        /** The model wrote one of its end tokens. */
        EOS,
        /** As many tokens as were asked for. */
        MAX_TOKENS,
        /** The model's context is full. */
        CONTEXT,
        /** Who listens to the tokens wants no more: a stop string is complete, or the listener was called off. */
        STOPPED
    }

    public double prefillTokensPerSecond() {
        return prompt / seconds(prefill);
    }

    public double decodeTokensPerSecond() {
        return steps == 0 ? 0 : steps / seconds(decode);
    }

    private static double seconds(Duration d) {
        return Math.max(1, d.toNanos()) * 1e-9;
    }
}
