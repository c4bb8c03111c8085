package org.einthoven.bench.peers;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.einthoven.autograd.Params;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Work;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.tensor.Tensor;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The ECG encoder {@link EcgEncoder}, forward, in those operations of ND4J that are its fastest for each step: rows [B T, D]
 * throughout, so that a convolution whose kernel is its stride is a product of what lies there. Arrays lie in a workspace of
 * ND4J, which is its way to reuse memory.
 */
final class Nd4jEncoder {
    private static final EcgEncoderConfig CONFIG = EcgEncoderConfig.base();
    private static final double EPS = 1e-5;
    private static final WorkspaceConfiguration MEMORY = WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private final Map<String, INDArray> weights = new HashMap<>();
    private final INDArray[] positionKernels;
    private final INDArray signal; // [B, 12, T]
    private final long batch;

    private Nd4jEncoder(Work.Encoder w) {
        Params p = EcgEncoder.frozen(w.parameters());
        p.forEach((path, t) -> weights.put(path, Nd4jPeer.array(t)));
        signal = Nd4jPeer.array(w.signal());
        batch = signal.size(0);
        Tensor position = p.get("conv_pos.pos_conv.0.weight"); // [768, 48, 128]
        int groups = CONFIG.positionGroups();
        int width = CONFIG.width() / groups;
        positionKernels = new INDArray[groups];
        for (int g = 0; g < groups; g++) {
            positionKernels[g] = Nd4jPeer.kernel(position.slice(0, g * width, (g + 1) * width));
        }
        for (int i = 0; i < CONFIG.convs().size(); i++) { // [O, C, K] -> [O, K C], as rows of samples lie
            String path = "feature_extractor.conv_layers." + i + ".0.weight";
            Tensor kernel = p.get(path);
            int o = kernel.dim(0);
            weights.put(path, Nd4jPeer.array(kernel.transpose(1, 2).contiguous().reshape(o, -1)));
        }
    }

    static Entrant entrant(Work.Encoder w) {
        Nd4jEncoder encoder = new Nd4jEncoder(w);
        return new Entrant() {
            @Override
            @SuppressWarnings("try") // the workspace is there to be closed
            public Object run() {
                try (MemoryWorkspace memory = workspace()) {
                    return encoder.mean().length();
                }
            }

            @Override
            @SuppressWarnings("try")
            public float[] result() {
                try (MemoryWorkspace memory = workspace()) {
                    return encoder.mean().dup('c').data().asFloat();
                }
            }
        };
    }

    private static MemoryWorkspace workspace() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, "encoder");
    }

    private INDArray mean() { // -> [B, D]
        INDArray x = norm("layer_norm", features()); // [B T', 256]
        x = linear("post_extract_proj", x); // [B T', D]
        x.addi(positions(x));
        x = norm("encoder.layer_norm", x);
        for (int i = 0; i < CONFIG.layers(); i++) {
            x = layer("encoder.layers." + i, x);
        }
        return x.reshape(batch, x.size(0) / batch, CONFIG.width()).mean(1);
    }

    private INDArray features() { // [B, 12, T] -> [B T', 256]
        INDArray x = signal.permute(0, 2, 1).dup('c'); // [B, T, C]
        for (int i = 0; i < CONFIG.convs().size(); i++) {
            String at = "feature_extractor.conv_layers." + i;
            int stride = CONFIG.convs().get(i).stride(); // and kernel
            long steps = x.size(1) / stride;
            if (steps * stride < x.size(1)) {
                x = x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, steps * stride), NDArrayIndex.all())
                        .dup('c');
            }
            INDArray rows = x.reshape(batch * steps, stride * x.size(2));
            INDArray y = product(rows, weight(at + ".0.weight")); // [B T, 256]
            if (i == 0) {
                groupNorm(at + ".2", y, steps);
            }
            x = gelu(y).reshape(batch, steps, y.size(1));
        }
        return x.reshape(batch * x.size(1), x.size(2));
    }

    /** Each channel over time, in place. */
    private void groupNorm(String at, INDArray rows, long steps) { // [B T, F]
        for (long b = 0; b < batch; b++) {
            INDArray x = rows.get(NDArrayIndex.interval(b * steps, (b + 1) * steps), NDArrayIndex.all());
            INDArray mean = x.mean(0);
            x.subiRowVector(mean);
            INDArray variance = x.norm2(0);
            INDArray scale = variance.muli(variance).divi(steps).addi(EPS);
            scale = Nd4j.math().sqrt(scale).rdivi(weight(at + ".weight"));
            x.muliRowVector(scale).addiRowVector(weight(at + ".bias"));
        }
    }

    private INDArray positions(INDArray x) { // [B T', D] -> the same
        int groups = positionKernels.length;
        long steps = x.size(0) / batch;
        INDArray channels = x.reshape(batch, steps, CONFIG.width()).permute(0, 2, 1); // [B, D, T']
        int width = CONFIG.width() / groups;
        INDArray[] parts = new INDArray[groups];
        for (int g = 0; g < groups; g++) {
            INDArray part = channels.get(
                    NDArrayIndex.all(), NDArrayIndex.interval(g * width, (g + 1) * width), NDArrayIndex.all());
            int kernel = CONFIG.positionKernel();
            INDArray y = Nd4j.cnn()
                    .conv1d(part.dup('c'), positionKernels[g], Nd4jPeer.convolution(kernel, 1, kernel / 2));
            parts[g] = y.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, steps));
        }
        INDArray whole = Nd4j.concat(1, parts).permute(0, 2, 1).dup('c').reshape(x.shape());
        return gelu(whole.addiRowVector(weight("conv_pos.pos_conv.0.bias")));
    }

    private INDArray layer(String at, INDArray x) {
        INDArray y = norm(at + ".self_attn_layer_norm", attention(at + ".self_attn", x).addi(x));
        INDArray inner = gelu(linear(at + ".fc1", y));
        return norm(at + ".final_layer_norm", linear(at + ".fc2", inner).addi(y));
    }

    private INDArray attention(String at, INDArray x) {
        INDArray q = heads(linear(at + ".q_proj", x).muli(1 / Math.sqrt(CONFIG.width() / CONFIG.heads())));
        INDArray k = heads(linear(at + ".k_proj", x));
        INDArray v = heads(linear(at + ".v_proj", x));
        INDArray weights = Nd4j.nn().softmax(Nd4j.matmul(q, k, false, true, false), 3); // [B, H, T', T']
        INDArray joined = Nd4j.matmul(weights, v, false, false, false).permute(0, 2, 1, 3);
        return linear(at + ".out_proj", joined.dup('c').reshape(x.shape()));
    }

    private INDArray heads(INDArray x) { // [B T', D] -> [B, H, T', E]
        int heads = CONFIG.heads();
        return x.reshape(batch, x.size(0) / batch, heads, x.size(1) / heads).permute(0, 2, 1, 3);
    }

    private INDArray linear(String at, INDArray x) {
        return product(x, weight(at + ".weight")).addiRowVector(weight(at + ".bias"));
    }

    /** x wᵀ of [N, I] and [O, I]: as (w xᵀ)ᵀ, since products of ND4J are column-major and rows are wanted. */
    private static INDArray product(INDArray x, INDArray w) {
        return w.mmul(x.transpose()).transpose();
    }

    private INDArray norm(String at, INDArray x) {
        return Nd4jPeer.layerNorm(x, weight(at + ".weight"), weight(at + ".bias"));
    }

    /** By the error function, in place: its own ones are approximations. */
    private static INDArray gelu(INDArray x) {
        return Nd4j.math().erf(x.mul(Math.sqrt(0.5))).addi(1).muli(0.5).muli(x);
    }

    private INDArray weight(String path) {
        return Objects.requireNonNull(weights.get(path), path);
    }
}
