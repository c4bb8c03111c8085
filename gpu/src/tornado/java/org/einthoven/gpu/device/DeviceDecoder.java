package org.einthoven.gpu.device;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.gpu.kernel.Attention;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.ResidentDecoder;

/**
 * A language model on the device, in stages of some layers, each of two graphs of one plan: one reads up to {@link #PIECE}
 * tokens of a prompt at once, the other a single token. Weights cross before the first run, the key-value cache stays, and each
 * run moves embeddings there and the last token's logits back, and the residual stream from stage to stage; a single token
 * moves its id where that suffices, and what is likeliest to follow it back, or logits when they are asked for.
 */
final class DeviceDecoder implements AutoCloseable {
    /** Tokens of a prompt that are read at once. */
    static final int PIECE = 256;

    /**
     * Layers of a stage at most. TornadoVM 5.2 gives a graph 1024 nodes and fails beyond: three for each array that stays, one
     * for each kernel and one for each array that it writes, which is 60 for a layer of Q8_0.
     */
    static final int LAYERS = 12;

    private final ResidentDecoder.Model model;
    private final int piece;
    private final List<Stage> stages = new ArrayList<>();
    private final boolean readsIds; // of single tokens: the head, a matrix of the last stage, has their embeddings
    private Text current = new Text();

    /** Layers that follow each other, with what they need to read a prompt and a single token. */
    private record Stage(DecoderGraph prompt, DecoderGraph step) {}

    DeviceDecoder(ResidentDecoder.Model model, TransferLog log, DeviceMemory memory, Capabilities capabilities) {
        this(model, log, memory, capabilities, PIECE, LAYERS);
    }

    /**
     * @param piece tokens of a prompt that are read at once
     * @param most layers of a stage
     */
    DeviceDecoder(
            ResidentDecoder.Model model,
            TransferLog log,
            DeviceMemory memory,
            Capabilities capabilities,
            int piece,
            int most) {
        memory.require(bytes(model), "the language model with a context of " + model.capacity() + " tokens");
        this.model = model;
        this.piece = piece;
        int layers = model.blocks().size();
        int n = Math.ceilDiv(layers, most);
        this.readsIds = n == 1 && model.isTied();
        for (int i = 0; i < n; i++) {
            int from = layers * i / n;
            int to = layers * (i + 1) / n;
            String which = i == 0 ? "" : " from layer " + from;
            DecoderArrays arrays = new DecoderArrays(model, from, to);
            Graph first = new Graph("prefill" + which, log, memory);
            DecoderGraph prompt = new DecoderGraph(first.resident(arrays.all()), model, arrays, piece, false);
            first.keeps(arrays.all());
            Graph second = first.second("decode" + which);
            DecoderGraph step = new DecoderGraph(second.finds(arrays.all()), model, arrays, 1, readsIds);
            second.keeps(arrays.all());
            if (capabilities.cudaGraphs()) {
                second.replayed();
            }
            stages.add(new Stage(prompt, step));
        }
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
        stages.forEach(s -> s.prompt().close()); // and with it the other graph of the plan
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
                requireRoom(t);
                DecoderGraph last = stages.getLast().prompt();
                for (int from = 0; from < t; from += piece) {
                    last = read(embeds.slice(0, from, Math.min(t, from + piece)));
                }
                return last.logits();
            }
        }

        @Override
        public float[] logits(int token) {
            synchronized (DeviceDecoder.this) {
                return read(token).logits();
            }
        }

        @Override
        public Likeliest likeliest(int token) {
            synchronized (DeviceDecoder.this) {
                return read(token).likeliest();
            }
        }

        private DecoderGraph read(int token) {
            requireRoom(1);
            if (readsIds && length > 0) {
                DecoderGraph step = stages.getFirst().step();
                step.run(token, length++);
                return step;
            }
            Tensor row = model.embedding().embedding(Tensor.of(new int[] {token}, 1));
            return read(row.cast(DType.F32));
        }

        /** Reads tokens [rows, D], and says which graph was the last to do so. */
        private DecoderGraph read(Tensor tokens) {
            int rows = tokens.dim(0);
            float[] stream = tokens.toFloats();
            DecoderGraph last = stages.getLast().prompt();
            for (Stage s : stages) {
                // The first run of a plan is the prompt's, which brings the weights.
                last = rows == 1 && length > 0 && !readsIds ? s.step() : s.prompt();
                last.run(stream, length, rows);
                stream = s == stages.getLast() ? stream : last.stream(rows);
            }
            length += rows;
            return last;
        }

        private void requireRoom(int tokens) {
            if (current != this) {
                throw new TensorException(
                        "decode: another text of this model has begun on the device, which holds one at a time");
            }
            if (tokens == 0 || length + tokens > capacity()) {
                throw new TensorException("decode: " + tokens + " tokens behind " + length + " do not fit a context of "
                        + capacity() + "; shorten the prompt");
            }
        }
    }
}
