package org.einthoven.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Conv1d;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.GroupNorm;
import org.einthoven.models.nn.GumbelSoftmax;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.models.nn.Losses;
import org.einthoven.models.nn.MultiHeadAttention;
import org.einthoven.models.nn.RmsNorm;
import org.einthoven.models.nn.WeightNormConv1d;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import tools.jackson.databind.JsonNode;

/** The longer formulas of {@link OpGoldens}; what the models have as a layer is computed by that layer. */
final class OpFormulas {
    private OpFormulas() {}

    // ---------------------------------------------------------------- element by element

    /** Soft-capping of logits (Gemma 2): cap tanh(x / cap). */
    static Tensor softcap(Tensor x, double cap) {
        return x.div(cap).tanh().mul(cap);
    }

    static Tensor dropout(Operands x) {
        return new Dropout(x.real("p")).apply(x.get("keep").gt(0.5), x.get("x"));
    }

    /** where(mask, a, b), filled where the mask's first row is false, clamped, times |a|. */
    static Tensor whereFillClamp(Operands x) {
        Tensor mask = x.get("mask");
        double[] bounds = x.golden().reals("clamp");
        Tensor chosen = mask.where(x.get("a"), x.get("b"));
        Tensor filled = mask.slice(0, 0, 1).where(chosen, Tensor.full(chosen.dtype(), x.real("fill")));
        return filled.clamp(bounds[0], bounds[1]).mul(x.get("a").abs());
    }

    /** Variance over the last axis, with the count less {@code lost} degrees of freedom. */
    static Tensor variance(Tensor a, int lost) {
        return a.sub(a.mean(true, -1)).square().sum(false, -1).mul(1.0 / (a.dim(-1) - lost));
    }

    static Tensor biased(Tensor y, Operands x) {
        return x.has("b") ? y.add(x.get("b")) : y;
    }

    // ---------------------------------------------------------------- convolutions

    static Tensor conv1d(Operands x) {
        GoldenCase g = x.golden();
        Tensor y = x.get("x")
                .conv1d(x.get("w"), x.whole("stride"), x.whole("padding"), g.whole("dilation", 1), x.whole("groups"));
        y = x.has("b") ? y.add(x.get("b").unsqueeze(1)) : y;
        return y.slice(2, 0, y.dim(2) - g.whole("trim_last", 0));
    }

    /** Convolutions and GELUs, with a group norm after the first: the front of the ECG encoder. */
    static Tensor convFeatureExtractor(Operands x) {
        Tensor y = x.get("x");
        JsonNode layers = x.golden().attrs().path("layers"); // [[channels, kernel, stride], ...]
        for (int i = 0; i < layers.size(); i++) {
            y = y.conv1d(x.get("w" + i), layers.get(i).path(2).asInt(), 0, 1, 1);
            if (i == 0) {
                y = new GroupNorm(x.whole("groups"), y.dim(1), x.real("eps"))
                        .apply(x.layer("weight", "gw", "bias", "gb"), y);
            }
            y = y.gelu();
        }
        return y;
    }

    static Tensor weightNorm(Operands x) {
        Params noBias = Params.of("bias", Tensor.zeros(DType.F64));
        return WeightNormConv1d.fold(x.layer("weight_g", "g", "weight_v", "v").and(noBias))
                .get("weight");
    }

    /** The positional convolution of the ECG encoder: [B, T, C] to [B, T, C]. */
    static Tensor positionalConvolution(Operands x) {
        Tensor v = x.get("v");
        Conv1d conv = new Conv1d(v.dim(0), v.dim(0), x.whole("kernel"), 1, x.whole("padding"), x.whole("groups"), true);
        Tensor y = new WeightNormConv1d(conv)
                .apply(
                        x.layer("weight_g", "g", "weight_v", "v", "bias", "b"),
                        x.get("x").transpose(1, 2));
        return y.slice(2, 0, x.get("x").dim(1)).gelu().transpose(1, 2);
    }

    // ---------------------------------------------------------------- moves

    static Tensor shapeOps(Operands x) {
        Tensor joined = Tensor.cat(1, x.get("a").transpose(1, 2), x.get("b"));
        Tensor rows = joined.permute(2, 0, 1).reshape(-1, x.get("a").dim(0));
        Tensor turned = rows.slice(0, 1, rows.dim(0)).flip(0);
        return Tensor.stack(0, turned, turned.mul(2));
    }

    /** Chunks of the last axis, joined along the first. */
    static Tensor splitHeads(Operands x) {
        Tensor a = x.get("a");
        int chunk = x.whole("chunk");
        List<Tensor> parts = new ArrayList<>();
        for (int from = 0; from < a.dim(-1); from += chunk) {
            parts.add(a.slice(-1, from, Math.min(from + chunk, a.dim(-1))));
        }
        return Tensor.cat(0, parts.toArray(Tensor[]::new));
    }

    /** Rows of a where the mask over its leading axes is true, in order. */
    static Tensor booleanSelect(Operands x) {
        boolean[] mask = x.get("mask").toBooleans();
        int[] kept = IntStream.range(0, mask.length).filter(i -> mask[i]).toArray();
        Tensor a = x.get("a");
        int[] rest = Arrays.copyOfRange(a.shape().toArray(), x.get("mask").rank(), a.rank());
        int[] rows = new int[rest.length + 1];
        rows[0] = mask.length;
        System.arraycopy(rest, 0, rows, 1, rest.length);
        return a.reshape(rows).indexSelect(0, Tensor.of(kept, kept.length));
    }

    // ---------------------------------------------------------------- normalisations

    static Tensor layerNorm(Operands x) {
        return new LayerNorm(x.get("x").dim(-1), x.real("eps")).apply(x.layer("weight", "w", "bias", "b"), x.get("x"));
    }

    /** Over the last axes, as many as {@code normalized_shape} has. */
    static Tensor layerNormOverShape(Operands x) {
        Tensor y = x.get("x");
        int axes = x.golden().reals("normalized_shape").length;
        int[] flat = Arrays.copyOf(y.shape().toArray(), y.rank() - axes + 1);
        flat[flat.length - 1] = -1;
        return y.reshape(flat).layerNorm(x.real("eps")).reshape(y.shape());
    }

    static Tensor rmsNorm(Operands x) {
        return new RmsNorm(x.get("x").dim(-1), x.real("eps")).apply(x.layer("weight", "w"), x.get("x"));
    }

    static Tensor groupNorm(Operands x) {
        return new GroupNorm(x.whole("groups"), x.get("x").dim(1), x.real("eps"))
                .apply(x.layer("weight", "w", "bias", "b"), x.get("x"));
    }

    static Tensor gumbelSoftmax(Operands x, boolean hard) {
        return new GumbelSoftmax(x.real("tau"), hard).apply(x.get("noise"), x.get("x"));
    }

    // ---------------------------------------------------------------- losses

    static Tensor crossEntropy(Operands x) {
        int ignore = x.whole("ignore_index");
        return switch (x.golden().text("reduction")) {
            case "mean" -> Losses.crossEntropy(x.get("x"), x.get("target"), ignore);
            case "sum" ->
                Losses.crossEntropyEach(x.get("x"), x.get("target"), ignore).sum();
            case "none" -> Losses.crossEntropyEach(x.get("x"), x.get("target"), ignore);
            case String other -> throw new UnsupportedGolden("reduction '" + other + "' is not known here");
        };
    }

    /** Of [B, V, T]: (1 - s) times the cross entropy plus s times the mean over all classes, averaged over what counts. */
    static Tensor smoothedCrossEntropy(Operands x) {
        Tensor logits = x.get("x").transpose(1, 2); // [B, T, V]
        Tensor target = x.get("target");
        int ignore = x.whole("ignore_index");
        double s = x.real("label_smoothing");
        Tensor counts =
                target.compare(Op.Relation.NE, Tensor.full(DType.I32, ignore)).cast(logits.dtype());
        Tensor even = logits.logSoftmax().mean(false, -1).neg().mul(counts);
        Tensor each = Losses.crossEntropyEach(logits, target, ignore).mul(1 - s).add(even.mul(s));
        return each.sum().div(counts.sum());
    }

    // ---------------------------------------------------------------- attention

    /** x where the mask is true, minus infinity elsewhere. */
    static Tensor visible(Tensor x, Tensor mask) {
        return mask.where(x, Tensor.full(x.dtype(), Double.NEGATIVE_INFINITY));
    }

    /** [B, H, T, d] against [B, K, S, d]: head h sees the keys and values of h / (H / K). */
    static Tensor attention(Operands x) {
        Tensor q = x.get("q");
        Tensor k = x.get("k").unsqueeze(2); // [B, K, 1, S, d]
        Tensor v = x.get("v").unsqueeze(2);
        Tensor grouped = q.reshape(q.dim(0), k.dim(1), -1, q.dim(2), q.dim(3)); // [B, K, H/K, T, d]
        Tensor scores = grouped.matmul(k.t()).mul(x.real("scale"));
        scores = x.golden().hasAttr("cap") ? softcap(scores, x.real("cap")) : scores;
        return visible(scores, x.get("mask")).softmax().matmul(v).reshape(q.shape());
    }

    static Tensor multiHeadAttention(Operands x) {
        Params p = x.layer(
                "q_proj.weight",
                "wq",
                "q_proj.bias",
                "bq",
                "k_proj.weight",
                "wk",
                "k_proj.bias",
                "bk",
                "v_proj.weight",
                "wv",
                "v_proj.bias",
                "bv",
                "out_proj.weight",
                "wo",
                "out_proj.bias",
                "bo");
        return new MultiHeadAttention(x.get("x").dim(-1), x.whole("heads")).apply(p, x.get("x"), x.get("kpm"));
    }

    static Tensor rope(Operands x, boolean interleaved) {
        Tensor y = x.get("x");
        double[] positions = x.get("pos").toDoubles();
        int half = y.dim(-1) / 2;
        double[] angles = new double[positions.length * half];
        for (int t = 0, k = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++, k++) {
                angles[k] = positions[t] * Math.pow(x.real("theta"), -(double) i / half);
            }
        }
        Tensor angle = Tensor.of(angles, positions.length, half);
        return y.rope(angle.cos(), angle.sin(), interleaved);
    }
}
