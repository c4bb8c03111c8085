package org.einthoven.bench.llm;

import java.nio.file.Path;
import java.util.Optional;
import org.einthoven.models.llm.Decoding;

/** A program that runs language models, with one GGUF file open. Token ids go in and come out: no tokenizer is measured. */
interface Engine {
    /** Version and instruction sets, as far as it tells them. */
    String describe();

    /**
     * Reads a prompt, of which nothing is kept from before, and writes on greedily, whatever it writes.
     *
     * @param tokens to write, at least 1
     */
    Turn write(int[] prompt, int tokens);

    /** Logits [V] behind a prompt, to see that engines compute the same. */
    float[] logits(int[] prompt);

    /**
     * How long it took.
     *
     * @param prompt seconds until the first token is known
     * @param others seconds for the tokens after it
     */
    record Turn(double prompt, double others) {}

    /**
     * Opens a file.
     *
     * @param threads that compute
     * @param place where a peer lies, for those that are no part of this build
     */
    static Engine open(String name, Path file, int threads, Optional<Path> place) {
        return switch (name) {
            case Contender.OURS -> new Einthoven(file, threads, Decoding.FROM_FILE);
            case Contender.REPACKED -> new Einthoven(file, threads, Decoding.REPACKED);
            case Contender.LLAMA_CPP -> new LlamaCpp(file, threads, place);
            case Contender.LLAMA3_JAVA -> new Llama3Java(file);
            default -> throw new IllegalArgumentException("no engine is called " + name);
        };
    }
}
