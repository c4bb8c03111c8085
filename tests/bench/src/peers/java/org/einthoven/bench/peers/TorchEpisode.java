package org.einthoven.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Episode;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.Rope;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * The support loss of an {@link Episode} and its gradient with respect to the mapper, in operations of libtorch: one forward
 * and one backward pass, in which nothing is asked of the frozen language model's weights. DJL has no second order.
 */
final class TorchEpisode {
    private static final LlmConfig CONFIG = Episode.config();
    private static final int HEADS = 8;
    private static final int PREFIX = 4;

    private final TorchWeights llm;
    private final TorchWeights theta;
    private final NDArray ecg; // [B, E]
    private final NDArray tokens; // [B, T, D], the embedded questions and answers
    private final NDArray cos; // [P + T, E]
    private final NDArray sin;
    private final NDArray mask; // [P + T, P + T]
    private final NDArray labels; // [B, A, 1]

    private TorchEpisode(Libtorch torch, Episode episode) {
        llm = TorchWeights.of(torch, Episode.weights());
        theta = TorchWeights.of(torch, Episode.theta());
        Episode.Side side = episode.support();
        ecg = torch.array(side.ecg());
        List<QaTokens> items = side.items();
        int length = Episode.QUESTION + Episode.ANSWER - 1;
        int[] ids = new int[items.size() * length];
        int[] answers = new int[items.size() * Episode.ANSWER];
        for (int b = 0; b < items.size(); b++) {
            System.arraycopy(items.get(b).question(), 0, ids, b * length, Episode.QUESTION);
            System.arraycopy(items.get(b).answer(), 0, ids, b * length + Episode.QUESTION, Episode.ANSWER - 1);
            System.arraycopy(items.get(b).answer(), 0, answers, b * Episode.ANSWER, Episode.ANSWER);
        }
        tokens = torch.array(Episode.weights().get("model.embed_tokens.weight")
                .embedding(Tensor.of(ids, items.size(), length)));
        labels = torch.array(Tensor.of(answers, items.size(), Episode.ANSWER, 1)).toType(DataType.INT64, true);
        int steps = PREFIX + length;
        Tensor angles = angles(steps);
        cos = torch.array(angles.cos());
        sin = torch.array(angles.sin());
        mask = torch.array(causal(steps));
    }

    static Entrant entrant(Libtorch torch) {
        TorchEpisode episode = new TorchEpisode(torch, Episode.draw());
        return new TorchEntrant(episode::gradient);
    }

    private NDArray gradient() {
        TorchWeights leaves = theta.leaves();
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(loss(leaves));
        }
        return leaves.get(Episode.COMPARED).getGradient();
    }

    private NDArray loss(TorchWeights vars) {
        NDArray x = NDArrays.concat(new NDList(prefix(vars), tokens), 1); // [B, S, D]
        for (int l = 0; l < CONFIG.layers(); l++) {
            x = block("model.layers." + l + ".", x);
        }
        long s = x.getShape().get(1);
        NDArray read = x.get(":, " + (s - Episode.ANSWER) + ":"); // [B, A, D]
        NDArray logits = Libtorch.linear(norm("model.norm.weight", read), llm.get("lm_head.weight")); // [B, A, V]
        return logits.logSoftmax(-1).gather(labels, 2).mean().neg();
    }

    // ---------------------------------------------------------------- the mapper

    private NDArray prefix(TorchWeights vars) { // [B, P, D]
        long b = ecg.getShape().get(0);
        NDArray learnt = vars.get("vars.0").expandDims(0); // [1, P, E]
        NDArray all = NDArrays.concat(
                new NDList(learnt.broadcast(b, PREFIX, Episode.ECG_WIDTH), ecg.expandDims(1)), 1); // [B, P + 1, E]
        NDArray q = split(linear(vars, 1, learnt), HEADS); // [1, H, P, d]
        NDArray k = split(linear(vars, 3, all), HEADS);
        NDArray v = split(linear(vars, 5, all), HEADS);
        NDArray attention = q.matMul(k.transpose(0, 1, 3, 2))
                .mul(1 / Math.sqrt(CONFIG.width()))
                .softmax(-1); // [B, H, P, P + 1]
        NDArray o = join(q.add(attention.matMul(v))); // [B, P, D]
        o = Libtorch.norm(o, vars.get("vars.9"), vars.get("vars.10"));
        o = o.add(Activation.leakyRelu(linear(vars, 7, o), 0.01f));
        return Libtorch.norm(o, vars.get("vars.11"), vars.get("vars.12"));
    }

    private static NDArray linear(TorchWeights vars, int at, NDArray x) {
        return Libtorch.linear(x, vars.get("vars." + at), vars.get("vars." + (at + 1)));
    }

    // ---------------------------------------------------------------- the language model

    private NDArray block(String at, NDArray x) { // [B, S, D] -> the same
        NDArray h = x.add(attention(at + "self_attn.", norm(at + "input_layernorm.weight", x)));
        NDArray y = norm(at + "post_attention_layernorm.weight", h);
        NDArray gate = Libtorch.linear(y, llm.get(at + "mlp.gate_proj.weight"));
        NDArray up = Libtorch.linear(y, llm.get(at + "mlp.up_proj.weight"));
        NDArray inner = Activation.swish(gate, 1).mul(up);
        return h.add(Libtorch.linear(inner, llm.get(at + "mlp.down_proj.weight")));
    }

    private NDArray attention(String at, NDArray x) {
        long b = x.getShape().get(0);
        long s = x.getShape().get(1);
        int g = CONFIG.keyValueHeads();
        int r = CONFIG.heads() / g;
        int e = CONFIG.headDim();
        NDArray q = rotated(split(Libtorch.linear(x, llm.get(at + "q_proj.weight")), CONFIG.heads()));
        NDArray k = rotated(split(Libtorch.linear(x, llm.get(at + "k_proj.weight")), g));
        NDArray v = split(Libtorch.linear(x, llm.get(at + "v_proj.weight")), g);
        NDArray rows = q.mul(1 / Math.sqrt(e)).reshape(b, g, r * s, e);
        NDArray scores = rows.matMul(k.transpose(0, 1, 3, 2)).reshape(b, g, r, s, s);
        NDArray mixed = scores.add(mask).softmax(-1).reshape(b, g, r * s, s).matMul(v); // [B, G, R S, E]
        NDArray joined = join(mixed.reshape(b, (long) g * r, s, e));
        return Libtorch.linear(joined, llm.get(at + "o_proj.weight"));
    }

    private NDArray rotated(NDArray x) { // [B, H, S, E]
        int half = CONFIG.headDim() / 2;
        NDArray first = x.get("..., :" + half);
        NDArray second = x.get("..., " + half + ":");
        return x.mul(cos).add(NDArrays.concat(new NDList(second.neg(), first), 3).mul(sin));
    }

    private NDArray norm(String weight, NDArray x) {
        NDArray meanSquare = x.square().mean(new int[] {-1}, true);
        return x.div(meanSquare.add(CONFIG.normEps()).sqrt()).mul(llm.get(weight));
    }

    // ---------------------------------------------------------------- shapes and tables

    private static NDArray split(NDArray x, int heads) { // [B, S, H E] -> [B, H, S, E]
        Shape s = x.getShape();
        return x.reshape(s.get(0), s.get(1), heads, s.get(2) / heads).transpose(0, 2, 1, 3);
    }

    private static NDArray join(NDArray x) { // [B, H, S, E] -> [B, S, H E]
        Shape s = x.getShape();
        return x.transpose(0, 2, 1, 3).reshape(s.get(0), s.get(2), s.get(1) * s.get(3));
    }

    private static Tensor angles(int steps) { // [S, E]
        double[] frequency = Rope.frequencies(CONFIG.headDim(), CONFIG.rotary(), DType.F32);
        int e = CONFIG.headDim();
        float[] angle = new float[steps * e];
        for (int i = 0; i < angle.length; i++) {
            angle[i] = (float) (i / e * frequency[i % e % (e / 2)]);
        }
        return Tensor.of(angle, steps, e);
    }

    private static Tensor causal(int steps) {
        float[] mask = new float[steps * steps];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % steps > i / steps ? Float.NEGATIVE_INFINITY : 0;
        }
        return Tensor.of(mask, steps, steps);
    }
}
