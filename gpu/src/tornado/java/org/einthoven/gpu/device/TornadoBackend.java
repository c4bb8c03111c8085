package org.einthoven.gpu.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.einthoven.gpu.device.Programs.Key;
import org.einthoven.gpu.device.Programs.WeightIdentity;
import org.einthoven.gpu.kernel.Attention;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.ResidentDecoder;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Shapes.Signature;

/**
 * Matrix products, frozen linear maps, convolutions and their transposes, attention and its gradient, softmax, norms and rotary
 * embeddings of F32 on the device; everything else, above all what moves as much as it computes, on the host, counted in the {@link TransferLog}. As
 * derivatives are written in the same ops, so are gradients of any order. This class says what goes where; {@link Blocks} makes
 * the graphs.
 */
public final class TornadoBackend implements Backend, AutoCloseable {
    private static final Tensor NO_WEIGHT = Tensor.scalar(0f);

    private final Backend host;
    private final DeviceMemory memory;
    private final TransferLog log = new TransferLog();
    private final Programs programs;
    private final Blocks blocks;
    private final Capabilities capabilities;
    private final Map<WeightIdentity, DeviceDecoder> decoders = new HashMap<>();

    /** {@code host} computes what has no kernel. */
    TornadoBackend(Backend host, DeviceMemory memory) {
        this(host, memory, Capabilities.NONE);
    }

    TornadoBackend(Backend host, DeviceMemory memory, Capabilities capabilities) {
        this.host = host;
        this.memory = memory;
        this.programs = new Programs(memory);
        this.blocks = new Blocks(log, memory, capabilities);
        this.capabilities = capabilities;
    }

    @Override
    public String name() {
        return "tornado";
    }

    /** What crossed, and what was computed where. */
    public TransferLog log() {
        return log;
    }

    @Override
    public String account() {
        return log.toString();
    }

    /** Memory of the device. */
    public DeviceMemory memory() {
        return memory;
    }

    @Override
    public boolean supports(Op op, Tensor... x) {
        return onDevice(op, x) || host.supports(op, x);
    }

    /** Whether the device computes this op on these operands. */
    static boolean onDevice(Op op, Tensor... x) {
        boolean some = true;
        for (Tensor t : x) {
            boolean mask = t.dtype() == DType.BOOL && isAttention(op);
            some &= (t.dtype() == DType.F32 || mask) && t.size() > 0 && t.size() <= Integer.MAX_VALUE;
        }
        return some
                && switch (op) {
                    case Op.MatMul(), Op.Softmax(), Op.LogSoftmax() -> true;
                    case Op.FrozenLinear f -> f.weight().size() > 0;
                    case Op.Convolution c -> true;
                    case Op.Norm n -> true;
                    case Op.ScaledNorm n -> true;
                    case Op.NormGrad n -> true;
                    case Op.Rope r -> true;
                    case Op.Attention a -> attends(a, x);
                    case Op.AttentionGrad a -> attends(a.of(), Arrays.copyOfRange(x, 1, x.length));
                    default -> false;
                };
    }

    private static boolean isAttention(Op op) {
        return op instanceof Op.Attention || op instanceof Op.AttentionGrad;
    }

    /** Heads as wide as the kernels carry, and something for every query to see. */
    private static boolean attends(Op.Attention op, Tensor... x) {
        return x[0].dim(-1) <= Attention.LARGEST_HEAD
                && x[2].dim(-1) <= Attention.LARGEST_HEAD
                && HiddenKeys.of(x).leavesSome(op.sight(), x[0].dim(-2), x[1].dim(-2));
    }

    /** One graph at a time: the device is one, and programs share their arrays with whoever runs them. */
    @Override
    public synchronized Tensor run(Op op, Signature out, Tensor... x) {
        if (!onDevice(op, x) || out.shape().size() == 0) {
            DType type = x[0].dtype();
            log.stayed(type == DType.F32 ? Shapes.name(op) : Shapes.name(op) + " " + type);
            return host.run(op, out, x);
        }
        int[] shape = out.shape().toArray();
        return switch (op) {
            case Op.MatMul() -> Tensor.of(product(x[0], x[1], out.shape()), shape);
            case Op.FrozenLinear f ->
                Tensor.of(linear(x[0], f, (int) out.shape().size()), shape);
            case Op.Attention a -> Tensor.of(attention(a, false, x), shape);
            case Op.AttentionGrad a -> Tensor.of(attention(a.of(), true, x), shape);
            default -> Tensor.of(rest(op, out.shape(), x), shape);
        };
    }

    @Override
    public synchronized Optional<ResidentDecoder> decoder(Supplier<ResidentDecoder.Model> described) {
        ResidentDecoder.Model model = described.get();
        if (!DeviceDecoder.fits(model)) {
            return Optional.empty();
        }
        WeightIdentity weights = new WeightIdentity(model.head());
        Optional<DeviceDecoder> known = Optional.ofNullable(decoders.get(weights));
        if (known.isPresent() && known.get().capacity() >= model.capacity()) {
            return Optional.of(known.get().text());
        }
        known.ifPresent(DeviceDecoder::close);
        decoders.remove(weights);
        long bytes = DeviceDecoder.bytes(model);
        programs.makeRoom(bytes);
        if (!memory.fits(bytes)) {
            decoders.values().forEach(DeviceDecoder::close);
            decoders.clear();
        }
        DeviceDecoder made = new DeviceDecoder(model, log, memory, capabilities);
        decoders.put(weights, made);
        return Optional.of(made.text());
    }

    private float[] product(Tensor a, Tensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.dim(-1);
        // A matrix that is the transpose of a dense one crosses as that one, and the kernel reads it transposed.
        boolean transA = turned(a);
        boolean transB = turned(b);
        Tensor av = a.rank() == 2 ? a : a.expand(out.with(-1, k));
        Tensor bv = b.rank() == 2 ? b : b.expand(out.with(-2, k));
        int products = (int) (out.size() / ((long) m * n));
        int[] sizes = {
            m, n, k, transA ? 1 : 0, transB ? 1 : 0, a.rank() == 2 ? 0 : m * k, b.rank() == 2 ? 0 : k * n, products
        };
        long bytes = 4 * (av.size() + bv.size() + out.size() + n);
        Program p = programs.get(key("matmul", sizes), bytes, () -> blocks.product(sizes, av.size(), bv.size()));
        return p.run(List.of(transA ? swapped(av) : av, transB ? swapped(bv) : bv));
    }

    private static boolean turned(Tensor x) {
        return !x.layout().isContiguous() && swapped(x).layout().isContiguous();
    }

    private static Tensor swapped(Tensor x) {
        return x.transpose(x.rank() - 2, x.rank() - 1);
    }

    private float[] linear(Tensor x, Op.FrozenLinear f, int results) {
        Tensor w = f.weight();
        int outputs = w.dim(0);
        int inputs = w.dim(1);
        int rows = (int) (x.size() / x.dim(-1));
        String name = f.transposed() ? "linear back" : "linear";
        Key key = new Key(name, List.of(rows, inputs, outputs), new WeightIdentity(w));
        long bytes = DeviceWeights.bytes(w) + 4L * (x.size() + results);
        return programs.get(key, bytes, () -> blocks.linear(w, f.transposed(), rows))
                .run(List.of(x));
    }

    /** @param operands (q, k, v, perhaps hidden), behind g for the gradient */
    private float[] attention(Op.Attention op, boolean gradient, Tensor... operands) {
        Tensor[] x = gradient ? Arrays.copyOfRange(operands, 1, operands.length) : operands;
        int heads = x[0].dim(-3);
        int queries = x[0].dim(-2);
        int keys = x[1].dim(-2);
        int width = x[0].dim(-1);
        int batch = (int) (x[0].size() / ((long) heads * queries * width));
        int all = queries + keys;
        HiddenKeys hidden = HiddenKeys.of(x);
        int[] steps = hidden.steps();
        int[] sizes = {
            queries,
            keys,
            heads,
            x[1].dim(-3),
            width,
            x[2].dim(-1),
            Math.min(op.sight().back(), all),
            Math.min(op.sight().ahead(), all),
            steps[0],
            steps[1],
            steps[2],
            steps[3],
            batch
        };
        List<Tensor> read = new ArrayList<>(Arrays.asList(operands).subList(0, gradient ? 4 : 3));
        read.add(hidden.mask());
        long crossing = 4 * read.stream().mapToLong(Tensor::size).sum();
        long bytes = 2 * crossing + 8L * batch * heads * queries * (1 + x[2].dim(-1));
        int masked = (int) hidden.mask().size();
        String name = (gradient ? "gradient of " : "") + op + " hiding " + masked;
        return programs.get(key(name, sizes), bytes, () -> blocks.attention(op, gradient, sizes, masked))
                .run(read);
    }

    private float[] rest(Op op, Shape out, Tensor... x) {
        int d = x[0].rank() == 0 ? 1 : x[0].dim(-1);
        int rows = (int) (x[0].size() / d);
        int[] sizes =
                switch (op) {
                    case Op.Convolution c -> convolution(c, out, x);
                    case Op.Rope r ->
                        new int[] {(int) x[0].size() / 2, x[0].dim(-2), d, r.interleaved() ? 1 : 0, r.inverse() ? 1 : 0
                        };
                    default -> new int[] {rows, d};
                };
        long bytes = 4 * (Arrays.stream(x).mapToLong(Tensor::size).sum() + 3 * out.size());
        return programs.get(key(op.toString(), sizes), bytes, () -> blocks.of(op, sizes))
                .run(List.of(x));
    }

    /** {B, C, T, O, K, T', stride, padding, dilation, groups}, whichever of x, w and y the op makes. */
    private static int[] convolution(Op.Convolution c, Shape out, Tensor... x) {
        Shape first = x[0].shape();
        Shape second = x[1].shape();
        int[] s =
                switch (c) {
                    case Op.Conv1d f ->
                        new int[] {first.dim(0), first.dim(1), first.dim(2), out.dim(1), second.dim(2), out.dim(2)};
                    case Op.Conv1dInputGrad f ->
                        new int[] {first.dim(0), out.dim(1), out.dim(2), first.dim(1), second.dim(2), first.dim(2)};
                    case Op.Conv1dWeightGrad f ->
                        new int[] {first.dim(0), first.dim(1), first.dim(2), second.dim(1), out.dim(2), second.dim(2)};
                };
        return new int[] {s[0], s[1], s[2], s[3], s[4], s[5], c.stride(), c.padding(), c.dilation(), c.groups()};
    }

    private static Key key(String op, int[] sizes) {
        return new Key(op, Arrays.stream(sizes).boxed().toList(), new WeightIdentity(NO_WEIGHT));
    }

    /** Frees the memory on the device. */
    @Override
    public synchronized void close() {
        programs.close();
        decoders.values().forEach(DeviceDecoder::close);
        decoders.clear();
    }
}
