package org.einthoven.bench;

import java.util.List;
import java.util.Optional;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backends;

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

    private static Entrant sgemm(Work.Sgemm w) {
        Tensor a = w.a();
        Tensor b = w.b();
        return Entrant.of(() -> w.frozen() ? a.frozenLinear(b) : a.matmul(b), Tensor::toFloats);
    }

    private static Entrant dgemm(Work.Dgemm w) {
        Tensor a = w.draw64("a", w.m(), w.k());
        Tensor b = w.draw64("b", w.k(), w.n());
        return Entrant.of(() -> a.matmul(b), Tensor::toFloats);
    }

    private static Entrant stored(Work.Stored w) {
        Tensor x = w.x();
        List<Tensor> weights = w.weights();
        return Entrant.of(() -> weights.stream().map(x::frozenLinear).toList(), y -> y.getLast()
                .toFloats());
    }

    private static Entrant rows(Work.Rows w) {
        Tensor x = w.x();
        LayerNorm norm = new LayerNorm(w.width(), 1e-5);
        Params p = norm.init(null);
        return Entrant.of(
                () -> switch (w.function()) {
                    case EXP -> x.exp();
                    case GELU -> x.gelu();
                    case SOFTMAX -> x.softmax();
                    case LAYER_NORM -> norm.apply(p, x);
                },
                Tensor::toFloats);
    }

    private static Entrant attention(Work.Attention w) {
        Tensor q = w.input("q");
        Tensor k = w.input("k");
        Tensor v = w.input("v");
        double scale = 1 / Math.sqrt(w.width());
        return Entrant.of(() -> q.mul(scale).matmul(k.t()).softmax().matmul(v), Tensor::toFloats);
    }

    private static Entrant convStack(Work.ConvStack w) {
        Tensor signal = w.signal();
        List<Tensor> weights = w.weights();
        return Entrant.of(
                () -> {
                    Tensor x = signal;
                    for (Tensor weight : weights) {
                        x = x.conv1d(weight, 2, 0, 1, 1);
                    }
                    return x;
                },
                Tensor::toFloats);
    }

    private static Entrant positionalConv(Work.PositionalConv w) {
        Tensor x = w.x();
        Tensor weight = w.weight();
        return Entrant.of(() -> x.conv1d(weight, 1, 64, 1, 16), Tensor::toFloats);
    }

    private static Entrant encoder(Work.Encoder w) {
        EcgEncoder encoder = new EcgEncoder(EcgEncoderConfig.base());
        Tensor signal = w.signal();
        if (!w.backward()) {
            Params frozen = EcgEncoder.frozen(w.parameters());
            return Entrant.of(() -> encoder.encode(frozen, signal).mean(), Tensor::toFloats);
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
