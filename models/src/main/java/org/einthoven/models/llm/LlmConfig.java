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
 * @param intermediate width of the feed-forward layer, F
 * @param layers decoder blocks
 * @param heads query heads, H
 * @param keyValueHeads key and value heads, G, a divisor of H: each serves H/G query heads (Ainslie et al., arXiv 2305.13245)
 * @param headDim width of a head, E, even
 * @param normEps epsilon of normalisation
 * @param rotary rotary embedding
 * @param maxPositions longest sequence, prompt and answer together
 * @param tiedHead whether the output projection is the token embedding
 * @param bos token that begins a sequence
 * @param eos tokens that end one
 * @param architecture what tells the model's family from others
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
        SortedSet<Integer> eos,
        Architecture architecture) {

    /** Far beyond any real model, so that a damaged file is refused before memory is asked for. 512 is llama.cpp's limit. */
    static final int MAX_LAYERS = 512;

    private static final int MAX_HEADS = 1 << 12;
    private static final int MAX_HEAD_DIM = 1 << 12;
    private static final int MAX_WIDTH = 1 << 17;
    private static final int MAX_INTERMEDIATE = 1 << 20;
    private static final int MAX_VOCABULARY = 1 << 22;

    /**
     * Rotary position embedding.
     *
     * @param theta base of the frequencies: pair i of R/2 turns by theta^(-2i/R) a position
     * @param scaling what is done to the frequencies for longer contexts
     * @param interleaved whether pairs are (2i, 2i+1), as in the query and key rows of LLaMA's GGUF files, or (i, i + R/2)
     * @param share R/E, of the columns of a head those that turn, the first ones; the others stay
     */
    public record Rotary(double theta, RopeScaling scaling, boolean interleaved, double share) {
        /** All columns of a head turn. */
        public Rotary(double theta, RopeScaling scaling, boolean interleaved) {
            this(theta, scaling, interleaved, 1);
        }

        /** R, the columns of a head of {@code headDim} that turn. */
        int turned(int headDim) {
            return (int) (share * headDim);
        }
    }

    /** A model of the family of {@link Architecture#LLAMA}. */
    public LlmConfig(
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
        this(
                vocabulary,
                width,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                headDim,
                normEps,
                rotary,
                maxPositions,
                tiedHead,
                bos,
                eos,
                Architecture.LLAMA);
    }

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
        require(normEps > 0 && normEps < 1, "normEps", normEps + " is not between 0 and 1");
        rotary("theta", rotary, headDim);
        if (architecture.window().isPresent()) {
            Architecture.SlidingWindow window = architecture.window().get();
            rotary("windowTheta", window.rotary(), headDim);
            require(
                    window.layers().isEmpty()
                            || window.layers().last() < layers
                                    && window.layers().first() >= 0,
                    "window",
                    "is said of block " + window.layers() + ", but there are " + layers);
        }
        within("maxPositions", maxPositions, Integer.MAX_VALUE);
        token("bos", bos.orElse(0), vocabulary);
        for (int e : eos) {
            token("eos", e, vocabulary);
        }
    }

    /** Every weight and its shape, under the names of Hugging Face's LlamaForCausalLM and GemmaForCausalLM. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> s = new LinkedHashMap<>();
        s.put(Llama.EMBEDDING, Shape.of(vocabulary, width));
        for (int l = 0; l < layers; l++) {
            new DecoderBlock(this, l).shapes(s);
        }
        norm(s, Llama.NORM, width);
        if (!tiedHead) {
            s.put(Llama.HEAD + ".weight", Shape.of(vocabulary, width));
        }
        if (architecture.biases()) {
            s.put(Llama.HEAD + ".bias", Shape.of(vocabulary));
        }
        return s;
    }

    /** Adds the weights of a norm over {@code width} columns. */
    void norm(Map<String, Shape> s, String path, int width) {
        s.put(path + ".weight", Shape.of(width));
        if (architecture.norm() == Architecture.Norm.LAYER) {
            s.put(path + ".bias", Shape.of(width));
        }
    }

    /** Whether a block sees only the latest tokens. */
    boolean slides(int layer) {
        return architecture.window().isPresent()
                && architecture.window().get().layers().contains(layer);
    }

    /** Rotary embedding of a block. */
    Rotary rotary(int layer) {
        return slides(layer) ? architecture.window().get().rotary() : rotary;
    }

    private static void rotary(String theta, Rotary r, int headDim) {
        require(r.theta > 0 && r.theta < 1e12, theta, r.theta + " is no base of rotary frequencies");
        require(r.share > 0 && r.share <= 1, "share", r.share + " is no share of a head's columns");
        int turned = r.turned(headDim);
        require(
                turned % 2 == 0 && turned > 0,
                r.share == 1 ? "headDim" : "share",
                turned + " is odd or 0; rotary embedding turns pairs of columns");
        require(
                !(r.scaling instanceof RopeScaling.Divisors d) || d.each().size() == turned / 2,
                "scaling",
                "there must be one divisor for each of the " + turned / 2 + " frequencies");
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
