package org.einthoven.models.llm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.TensorException;

/**
 * Hyper-parameters of a decoder-only language model. {@link HfConfig} reads them from a {@code config.json},
 * {@link GgufConfig} from the metadata of a GGUF file; both name the offending key of theirs when a value makes no sense.
 *
 * @param vocabulary tokens, V
 * @param width of the residual stream, D
 * @param intermediate width of the gated feed-forward layer, F
 * @param layers decoder blocks
 * @param heads query heads, H
 * @param keyValueHeads key and value heads, G, a divisor of H: each serves H/G query heads (Ainslie et al., arXiv 2305.13245)
 * @param headDim width of a head, E, even
 * @param normEps epsilon of RMS normalisation
 * @param rotary rotary embedding
 * @param maxPositions longest sequence, prompt and answer together
 * @param tiedHead whether the output projection is the token embedding
 * @param bos token that begins a sequence
 * @param eos tokens that end one
 */
public record LlmConfig(
        int vocabulary,
        int width,
        int intermediate,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        double normEps,
        Rotary rotary,
        int maxPositions,
        boolean tiedHead,
        OptionalInt bos,
        SortedSet<Integer> eos) {

    /** Far beyond any real model, so that a damaged file is refused before memory is asked for. 512 is llama.cpp's limit. */
    private static final int MAX_LAYERS = 512;

    private static final int MAX_HEADS = 1 << 12;
    private static final int MAX_HEAD_DIM = 1 << 12;
    private static final int MAX_WIDTH = 1 << 17;
    private static final int MAX_INTERMEDIATE = 1 << 20;
    private static final int MAX_VOCABULARY = 1 << 22;

    /**
     * Rotary position embedding.
     *
     * @param theta base of the frequencies: pair i of E/2 turns by theta^(-2i/E) a position
     * @param scaling what is done to the frequencies for longer contexts
     * @param interleaved whether pairs are (2i, 2i+1), as in the query and key rows of GGUF files, or (i, i + E/2)
     */
    public record Rotary(double theta, RopeScaling scaling, boolean interleaved) {}

    /** A value that makes no sense; {@link #component} is the record component that holds it. */
    static final class Invalid extends TensorException {
        private static final long serialVersionUID = 1L;

        private final String component;
        private final String problem;

        Invalid(String component, String problem) {
            super("LlmConfig: " + component + ": " + problem);
            this.component = component;
            this.problem = problem;
        }

        String component() {
            return component;
        }

        String problem() {
            return problem;
        }
    }

    public LlmConfig {
        eos = Collections.unmodifiableSortedSet(new TreeSet<>(eos));
        within("vocabulary", vocabulary, MAX_VOCABULARY);
        within("width", width, MAX_WIDTH);
        within("intermediate", intermediate, MAX_INTERMEDIATE);
        within("layers", layers, MAX_LAYERS);
        within("heads", heads, MAX_HEADS);
        within("keyValueHeads", keyValueHeads, heads);
        require(
                heads % keyValueHeads == 0,
                "keyValueHeads",
                keyValueHeads + " key and value heads do not divide the " + heads + " query heads");
        within("headDim", headDim, MAX_HEAD_DIM);
        require(headDim % 2 == 0, "headDim", headDim + " is odd; rotary embedding turns pairs");
        require(normEps > 0 && normEps < 1, "normEps", normEps + " is not between 0 and 1");
        require(rotary.theta > 0 && rotary.theta < 1e12, "theta", rotary.theta + " is no base of rotary frequencies");
        require(
                !(rotary.scaling instanceof RopeScaling.Divisors d) || d.each().size() == headDim / 2,
                "scaling",
                "there must be one divisor for each of the " + headDim / 2 + " frequencies");
        within("maxPositions", maxPositions, Integer.MAX_VALUE);
        token("bos", bos.orElse(0), vocabulary);
        for (int e : eos) {
            token("eos", e, vocabulary);
        }
    }

    /** Every weight and its shape, under the names of Hugging Face's LlamaForCausalLM. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> s = new LinkedHashMap<>();
        s.put(Llama.EMBEDDING, Shape.of(vocabulary, width));
        for (int l = 0; l < layers; l++) {
            new DecoderBlock(this, l).shapes(s);
        }
        s.put(Llama.NORM, Shape.of(width));
        if (!tiedHead) {
            s.put(Llama.HEAD, Shape.of(vocabulary, width));
        }
        return s;
    }

    private static void within(String component, int value, int most) {
        require(0 < value && value <= most, component, value + " is outside 1 to " + most);
    }

    private static void token(String component, int id, int vocabulary) {
        require(0 <= id && id < vocabulary, component, id + " is outside the vocabulary of " + vocabulary);
    }

    private static void require(boolean ok, String component, String problem) {
        if (!ok) {
            throw new Invalid(component, problem);
        }
    }
}
