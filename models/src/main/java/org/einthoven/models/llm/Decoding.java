package org.einthoven.models.llm;

/** Which copy of the weights single tokens are written with, once the prompt has been read. */
public enum Decoding {
    /** The file's own, as for a prompt: the same bits as the model's tensors. */
    FROM_FILE,

    /**
     * A second copy of the matrices in Q4_0, with their rows interleaved by 32, which decodes faster. It takes as much memory
     * again as they do, for as long as the model is open. What is multiplied with them is rounded to 8 bits in blocks of 32,
     * as llama.cpp does, so logits are its class of accuracy: off those of the file's weights by 0.5 % of their length in
     * stories260K (at worst 1.8 %), and not the same bits. Prompts, scores and gradients do not know of it.
     */
    REPACKED
}
