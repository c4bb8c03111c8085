package org.einthoven.gpu.device;

import java.util.List;
import org.einthoven.gpu.kernel.Attention;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.ResidentDecoder;

/**
 * A language model on the device, in two graphs of one plan: one reads up to {@link #PIECE} tokens of a prompt at once, the
 * other a single token. Weights cross before the first run, the key-value cache stays, and each run moves embeddings there and
 * the last token's logits back.
 */
final class DeviceDecoder implements AutoCloseable {
    /** Tokens of a prompt that are read at once. */
    static final int PIECE = 256;

    private final ResidentDecoder.Model model;
    private final int piece;
    private final DecoderGraph prompt;
    private final DecoderGraph step;
    private Text current = new Text();

    DeviceDecoder(ResidentDecoder.Model model, TransferLog log, DeviceMemory memory) {
        this(model, log, memory, PIECE);
    }

    /** @param piece tokens of a prompt that are read at once */
    DeviceDecoder(ResidentDecoder.Model model, TransferLog log, DeviceMemory memory, int piece) {
        memory.require(bytes(model), "the language model with a context of " + model.capacity() + " tokens");
        this.model = model;
        this.piece = piece;
        DecoderArrays arrays = new DecoderArrays(model);
        Graph first = new Graph("prefill", log, memory);
        this.prompt = new DecoderGraph(first.resident(arrays.all()), model, arrays, piece);
        first.keeps(arrays.all());
        Graph second = first.second("decode");
        this.step = new DecoderGraph(second.finds(arrays.all()), model, arrays, 1);
        second.keeps(arrays.all());
    }

    /** Whether there are kernels for the model. */
    static boolean fits(ResidentDecoder.Model model) {
        return model.headWidth() <= Attention.LARGEST_HEAD;
    }

    /** On the device, without the memory between kernels. */
    static long bytes(ResidentDecoder.Model m) {
        long n = DeviceWeights.bytes(m.head()) + 2 * 4L * m.cos().size();
        for (ResidentDecoder.Block b : m.blocks()) {
            for (Tensor w : List.of(b.queries(), b.keys(), b.values(), b.mixed(), b.gate(), b.up(), b.down())) {
                n += DeviceWeights.bytes(w);
            }
            n += 2 * 4L * m.keyHeads() * m.capacity() * m.headWidth();
        }
        return n;
    }

    int capacity() {
        return model.capacity();
    }

    /** A text from its first token; the one before it ends. */
    ResidentDecoder text() {
        current = new Text();
        return current;
    }

    @Override
    public void close() {
        current = new Text();
        prompt.close(); // and with it the other graph of the plan
    }

    private final class Text implements ResidentDecoder {
        private int length;

        @Override
        public int length() {
            return length;
        }

        @Override
        public float[] logits(Tensor embeds) {
            synchronized (DeviceDecoder.this) {
                int t = embeds.dim(0);
                if (current != this) {
                    throw new TensorException(
                            "decode: another text of this model has begun on the device, which holds one"
                                    + " at a time");
                }
                if (t == 0 || length + t > capacity()) {
                    throw new TensorException("decode: " + t + " tokens behind " + length + " do not fit a context of "
                            + capacity() + "; shorten the prompt");
                }
                DecoderGraph graph = prompt;
                for (int from = 0; from < t; from += piece) {
                    Tensor rows = embeds.slice(0, from, Math.min(t, from + piece));
                    // The first run of the plan is the prompt's, which brings the weights.
                    graph = rows.dim(0) == 1 && length > 0 ? step : prompt;
                    graph.run(rows.toFloats(), length, rows.dim(0));
                    length += rows.dim(0);
                }
                return graph.logits();
            }
        }
    }
}
