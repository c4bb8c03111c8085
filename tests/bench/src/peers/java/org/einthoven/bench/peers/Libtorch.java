package org.einthoven.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import java.util.List;
import java.util.Optional;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Peer;
import org.einthoven.bench.Work;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;

/**
 * libtorch 2.7.1 through DJL, its kernels called one by one from Java: what eager PyTorch does. The property {@code
 * ai.djl.pytorch.num_threads} says how many threads it uses.
 */
public final class Libtorch implements Peer {
    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public String describe() {
        return "libtorch " + Engine.getEngine("PyTorch").getVersion() + " by DJL " + Engine.getDjlVersion();
    }

    @Override
    public Optional<Entrant> enter(Work work) {
        return switch (work) {
            case Work.Sgemm w -> Optional.of(sgemm(w));
            case Work.Dgemm w -> Optional.of(dgemm(w));
            case Work.Stored w -> Optional.empty();
            case Work.Rows w -> Optional.of(rows(w));
            case Work.Attention w -> Optional.of(attention(w));
            case Work.ConvStack w -> Optional.of(convStack(w));
            case Work.PositionalConv w -> Optional.of(positionalConv(w));
            case Work.Encoder w -> Optional.of(TorchEncoder.entrant(this, w));
            case Work.MetaStep w -> Optional.of(TorchEpisode.entrant(this));
        };
    }

    private Entrant sgemm(Work.Sgemm w) {
        NDArray a = array(w.a());
        NDArray b = array(w.b());
        return new TorchEntrant(() -> w.frozen() ? linear(a, b) : a.matMul(b));
    }

    private Entrant dgemm(Work.Dgemm w) {
        NDArray a = manager.create(w.draw64("a", w.m(), w.k()).toDoubles(), new Shape(w.m(), w.k()));
        NDArray b = manager.create(w.draw64("b", w.k(), w.n()).toDoubles(), new Shape(w.k(), w.n()));
        return new TorchEntrant(() -> a.matMul(b));
    }

    private Entrant rows(Work.Rows w) {
        NDArray x = array(w.x());
        NDArray one = manager.ones(new Shape(w.width()));
        NDArray zero = manager.zeros(new Shape(w.width()));
        return new TorchEntrant(() -> switch (w.function()) {
            case EXP -> x.exp();
            case GELU -> Activation.gelu(x);
            case SOFTMAX -> x.softmax(-1);
            case LAYER_NORM -> norm(x, one, zero);
        });
    }

    private Entrant attention(Work.Attention w) {
        NDArray q = array(w.input("q"));
        NDArray k = array(w.input("k"));
        NDArray v = array(w.input("v"));
        return new TorchEntrant(() -> attention(q, k, v));
    }

    private Entrant convStack(Work.ConvStack w) {
        NDArray signal = array(w.signal());
        List<NDArray> weights = w.weights().stream().map(this::array).toList();
        return new TorchEntrant(() -> {
            NDArray x = signal;
            for (NDArray weight : weights) {
                x = conv(x, weight, null, 2, 0, 1);
            }
            return x;
        });
    }

    private Entrant positionalConv(Work.PositionalConv w) {
        NDArray x = array(w.x());
        NDArray weight = array(w.weight());
        return new TorchEntrant(() -> conv(x, weight, null, 1, 64, 16));
    }

    // ---------------------------------------------------------------- what the models are made of

    NDArray array(Tensor t) {
        long[] shape = new long[t.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = t.dim(i);
        }
        return switch (t.dtype()) {
            case I32 -> manager.create(t.toInts(), new Shape(shape));
            default -> manager.create(t.toFloats(), new Shape(shape));
        };
    }

    static NDArray linear(NDArray x, NDArray weight) {
        return Linear.linear(x, weight).head();
    }

    static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return Linear.linear(x, weight, bias).head();
    }

    static NDArray norm(NDArray x, NDArray weight, NDArray bias) {
        return LayerNorm.layerNorm(x, weight.getShape(), weight, bias, 1e-5f).head();
    }

    /** Null is no bias. */
    static NDArray conv(NDArray x, NDArray weight, @Nullable NDArray bias, int stride, int padding, int groups) {
        return Conv1d.conv1d(x, weight, bias, new Shape(stride), new Shape(padding), new Shape(1), groups)
                .head();
    }

    /** Of [B, H, T, E]. DJL has no way to libtorch's fused attention. */
    static NDArray attention(NDArray q, NDArray k, NDArray v) {
        double scale = 1 / Math.sqrt(q.getShape().get(3));
        return q.mul(scale).matMul(k.transpose(0, 1, 3, 2)).softmax(-1).matMul(v);
    }
}
