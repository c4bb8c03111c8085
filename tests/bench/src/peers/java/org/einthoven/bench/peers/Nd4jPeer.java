package org.einthoven.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Peer;
import org.einthoven.bench.Work;
import org.einthoven.tensor.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J 1.0.0-M2.1 on the CPU. It has no grouped convolution, so the positional one is sixteen; the mapper is not composed for
 * it.
 */
public final class Nd4jPeer implements Peer {
    public Nd4jPeer() {
        Nd4j.getEnvironment().setMaxThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
        Nd4j.getMemoryManager().togglePeriodicGc(false); // would be counted as anybody's time
    }

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public String describe() {
        return "ND4J 1.0.0-M2.1, " + Nd4j.getBackend().getClass().getSimpleName() + " with "
                + Nd4j.factory().blas().getBlasVendor();
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
            case Work.Encoder w -> Optional.of(w.backward() ? Nd4jEncoderGradient.entrant(w) : Nd4jEncoder.entrant(w));
            case Work.MetaStep w -> Optional.empty();
        };
    }

    private static Entrant sgemm(Work.Sgemm w) {
        INDArray a = array(w.a());
        INDArray b = w.frozen() ? array(w.b()).transpose() : array(w.b());
        return freed(() -> List.of(a.mmul(b)));
    }

    private static Entrant dgemm(Work.Dgemm w) {
        INDArray a = array(w.draw64("a", w.m(), w.k()));
        INDArray b = array(w.draw64("b", w.k(), w.n()));
        return freed(() -> List.of(a.mmul(b)));
    }

    private static Entrant rows(Work.Rows w) {
        INDArray x = array(w.x());
        INDArray one = Nd4j.ones(DataType.FLOAT, w.width());
        INDArray zero = Nd4j.zeros(DataType.FLOAT, w.width());
        return freed(() -> switch (w.function()) {
            case EXP -> List.of(Nd4j.math().exp(x));
            case GELU -> gelu(x);
            case SOFTMAX -> List.of(Nd4j.nn().softmax(x, 1));
            case LAYER_NORM -> List.of(layerNorm(x, one, zero));
        });
    }

    /** By the error function: its own ones are approximations, by the sigmoid and by the hyperbolic tangent. */
    private static List<INDArray> gelu(INDArray x) {
        INDArray scaled = x.mul(Math.sqrt(0.5));
        INDArray erf = Nd4j.math().erf(scaled);
        return List.of(scaled, erf, erf.addi(1).muli(0.5).muli(x));
    }

    /** Its own {@code Nd4j.nn().layerNorm} gives the result the shape of the weight and fails. */
    static INDArray layerNorm(INDArray x, INDArray weight, INDArray bias) {
        INDArray y = Nd4j.createUninitialized(x.shape());
        Nd4j.exec(DynamicCustomOp.builder("layer_norm")
                .addInputs(x, weight, bias)
                .addOutputs(y)
                .addIntegerArguments(1)
                .addBooleanArguments(false)
                .build());
        return y;
    }

    private static Entrant attention(Work.Attention w) {
        INDArray q = array(w.input("q"));
        INDArray k = array(w.input("k"));
        INDArray v = array(w.input("v"));
        double scale = 1 / Math.sqrt(w.width());
        return freed(() -> {
            INDArray scaled = q.mul(scale);
            INDArray scores = Nd4j.matmul(scaled, k, false, true, false);
            INDArray weights = Nd4j.nn().softmax(scores, 3);
            return List.of(scaled, scores, weights, Nd4j.matmul(weights, v, false, false, false));
        });
    }

    private static Entrant convStack(Work.ConvStack w) {
        INDArray signal = array(w.signal());
        List<INDArray> weights = w.weights().stream().map(Nd4jPeer::kernel).toList();
        return freed(() -> {
            List<INDArray> all = new ArrayList<>(List.of(signal));
            for (INDArray weight : weights) {
                all.add(Nd4j.cnn().conv1d(all.getLast(), weight, convolution(2, 2, 0)));
            }
            return all.subList(1, all.size());
        });
    }

    private static Entrant positionalConv(Work.PositionalConv w) {
        int groups = 16;
        List<INDArray> x = new ArrayList<>();
        List<INDArray> weights = new ArrayList<>();
        int in = 768 / groups;
        for (int g = 0; g < groups; g++) {
            x.add(array(w.x().slice(1, g * in, (g + 1) * in)));
            weights.add(kernel(w.weight().slice(0, g * in, (g + 1) * in)));
        }
        return freed(() -> {
            List<INDArray> parts = new ArrayList<>();
            for (int g = 0; g < groups; g++) {
                parts.add(Nd4j.cnn().conv1d(x.get(g), weights.get(g), convolution(128, 1, 64)));
            }
            INDArray whole = Nd4j.concat(1, parts.toArray(INDArray[]::new));
            parts.add(whole);
            return parts;
        });
    }

    static Conv1DConfig convolution(int kernel, int stride, int padding) {
        return Conv1DConfig.builder()
                .k(kernel)
                .s(stride)
                .p(padding)
                .d(1)
                .dataFormat(Conv1DConfig.NCW)
                .paddingMode(PaddingMode.VALID)
                .build();
    }

    /** [O, C, K] as ND4J has it: [K, C, O]. */
    static INDArray kernel(Tensor w) {
        return array(w.permute(2, 1, 0).contiguous());
    }

    static INDArray array(Tensor t) {
        long[] shape = new long[t.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = t.dim(i);
        }
        return switch (t.dtype()) {
            case F64 -> Nd4j.createFromArray(t.toDoubles()).reshape(shape);
            default -> Nd4j.createFromArray(t.toFloats()).reshape(shape);
        };
    }

    /** Frees the arrays of each run, of which the last is the result; else they would wait for the garbage collector. */
    private static Entrant freed(Supplier<List<INDArray>> compute) {
        return new Entrant() {
            @Override
            public Object run() {
                List<INDArray> arrays = compute.get();
                arrays.forEach(INDArray::close);
                return arrays;
            }

            @Override
            public float[] result() {
                List<INDArray> arrays = compute.get();
                float[] numbers = arrays.getLast().dup('c').castTo(DataType.FLOAT).data().asFloat();
                arrays.forEach(INDArray::close);
                return numbers;
            }
        };
    }
}
