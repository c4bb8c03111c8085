package org.einthoven.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Sight;

/** Ours: what a user of the tensor, layer and model interfaces gets. */
public final class Einthoven implements Peer {
    @Override
    public String name() {
        return "einthoven";
    }

    @Override
    public String describe() {
        return "backend " + Backends.current().name();
    }

    @Override
    public Optional<Entrant> enter(Work work) {
        return Optional.of(
                switch (work) {
                    case Work.Sgemm w -> sgemm(w);
                    case Work.Dgemm w -> dgemm(w);
                    case Work.Stored w -> stored(w);
                    case Work.Rows w -> rows(w);
                    case Work.Attention w -> attention(w);
                    case Work.ConvStack w -> convStack(w);
                    case Work.PositionalConv w -> positionalConv(w);
                    case Work.Encoder w -> encoder(w);
                    case Work.MetaStep w -> metaStep(w);
                });
    }

    /** In a workspace, as a program that repeats itself would: the memory of a result is free as soon as it was seen. */
    private static Entrant repeated(Supplier<Tensor> compute) {
        Workspace memory = new Workspace();
        return new Entrant() {
            @Override
            public Object run() {
                List<Shape> seen = new ArrayList<>(1);
                memory.run(() -> seen.add(compute.get().shape()));
                return seen;
            }

            @Override
            public float[] result() {
                return memory.compute(compute).toFloats();
            }
        };
    }

    private static Entrant sgemm(Work.Sgemm w) {
        Tensor a = w.a();
        Tensor b = w.b();
        return repeated(() -> w.frozen() ? a.frozenLinear(b) : a.matmul(b));
    }

    private static Entrant dgemm(Work.Dgemm w) {
        Tensor a = w.draw64("a", w.m(), w.k());
        Tensor b = w.draw64("b", w.k(), w.n());
        return repeated(() -> a.matmul(b));
    }

    private static Entrant stored(Work.Stored w) {
        Tensor x = w.x();
        List<Tensor> weights = w.weights();
        return repeated(() -> weights.stream().map(x::frozenLinear).toList().getLast());
    }

    private static Entrant rows(Work.Rows w) {
        Tensor x = w.x();
        LayerNorm norm = new LayerNorm(w.width(), 1e-5);
        Params p = norm.init(Rng.of(222));
        return repeated(() -> switch (w.function()) {
            case EXP -> x.exp();
            case GELU -> x.gelu();
            case SOFTMAX -> x.softmax();
            case LAYER_NORM -> norm.apply(p, x);
        });
    }

    private static Entrant attention(Work.Attention w) {
        Tensor q = w.input("q");
        Tensor k = w.input("k");
        Tensor v = w.input("v");
        Op.Attention how = new Op.Attention(Sight.ALL, 1 / Math.sqrt(w.width()));
        return repeated(() -> q.attention(how, k, v));
    }

    private static Entrant convStack(Work.ConvStack w) {
        Tensor signal = w.signal();
        List<Tensor> weights = w.weights();
        return repeated(() -> {
            Tensor x = signal;
            for (Tensor weight : weights) {
                x = x.conv1d(weight, 2, 0, 1, 1);
            }
            return x;
        });
    }

    private static Entrant positionalConv(Work.PositionalConv w) {
        Tensor x = w.x();
        Tensor weight = w.weight();
        return repeated(() -> x.conv1d(weight, 1, 64, 1, 16));
    }

    private static Entrant encoder(Work.Encoder w) {
        EcgEncoder encoder = new EcgEncoder(EcgEncoderConfig.base());
        Tensor signal = w.signal();
        if (!w.backward()) {
            Params frozen = EcgEncoder.frozen(w.parameters());
            return repeated(() -> encoder.encode(frozen, signal).mean());
        }
        Params parameters = w.parameters();
        Tensor weighting = w.weighting();
        return Entrant.of(
                () -> Grad.valueAndGrad(
                                p -> encoder.encode(p, signal)
                                        .mean()
                                        .mul(weighting)
                                        .sum(),
                                parameters,
                                GradMode.CONSTANT)
                        .grads(),
                grads -> grads.get(w.compared()).toFloats());
    }

    private static Entrant metaStep(Work.MetaStep w) {
        Episode episode = Episode.draw();
        Params theta = Episode.theta();
        return w.steps() == 0
                ? Entrant.of(() -> episode.gradient(theta), grads -> grads.get(Episode.COMPARED)
                        .toFloats())
                : Entrant.of(() -> episode.metaGradient(theta, w.steps()), grads -> grads.get(Episode.COMPARED)
                        .toFloats());
    }
}
