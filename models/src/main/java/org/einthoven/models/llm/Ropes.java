package org.einthoven.models.llm;

import java.util.Optional;

/**
 * The tables of rotary angles of one model.
 *
 * @param all of blocks that see all tokens
 * @param window of those with a sliding window, where there are any
 */
record Ropes(Rope all, Optional<Window> window) {
    /** Blocks that see {@code tokens} tokens. */
    record Window(int tokens, Rope rope) {}

    static Ropes of(LlmConfig c) {
        return new Ropes(
                new Rope(c, c.rotary()),
                c.architecture().window().map(w -> new Window(w.tokens(), new Rope(c, w.rotary()))));
    }
}
