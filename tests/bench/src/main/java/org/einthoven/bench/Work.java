package org.einthoven.bench;

import java.util.List;
import java.util.Locale;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * Something to compute, the same for every library: sizes, inputs drawn from a fixed seed, and the least that it takes. F32
 * unless said otherwise; matrices are row-major.
 */
public sealed interface Work {
    String name();

    /** Floating-point operations, a multiplication and an addition being two; 0 where memory alone bounds it. */
    double flops();

    /** Bytes that must be read and written at least, each once. */
    double bytes();

    /** Whether the operations are those of F64. */
    default boolean isDouble() {
        return false;
    }

    /** How many computations of a peer one of ours is held against. */
    default int allowance() {
        return 1;
    }

    /** Standard normal numbers, of this work and this name alone. */
    default Tensor draw(String what, int... shape) {
        return Rng.of(222).split(name()).split(what).normal(shape);
    }

    /** As {@link #draw}, in F64. */
    default Tensor draw64(String what, int... shape) {
        return Rng.of(222).split(name()).split(what).normal64(shape);
    }

    /**
     * [M, K] x [K, N].
     *
     * @param frozen the right side is a weight [N, K] that stays the same, so it may be put in order beforehand
     */
    record Sgemm(int m, int k, int n, boolean frozen) implements Work {
        @Override
        public String name() {
            return "sgemm-%dx%dx%d%s".formatted(m, k, n, frozen ? "-frozen" : "");
        }

        @Override
        public double flops() {
            return 2.0 * m * k * n;
        }

        @Override
        public double bytes() {
            return 4.0 * ((double) m * k + (double) k * n + (double) m * n);
        }

        public Tensor a() {
            return draw("a", m, k);
        }

        /** [N, K] when frozen, else [K, N]. */
        public Tensor b() {
            return frozen ? draw("b", n, k) : draw("b", k, n);
        }
    }

    /** [M, K] x [K, N] in F64. */
    record Dgemm(int m, int k, int n) implements Work {
        @Override
        public String name() {
            return "dgemm-%dx%dx%d".formatted(m, k, n);
        }

        @Override
        public double flops() {
            return 2.0 * m * k * n;
        }

        @Override
        public double bytes() {
            return 8.0 * ((double) m * k + (double) k * n + (double) m * n);
        }

        @Override
        public boolean isDouble() {
            return true;
        }
    }

    /**
     * Tokens [T, I] times the same weight [O, I] of each of {@code layers} layers, as a file stores it: one token is a step of
     * decoding, more are a prompt.
     *
     * @param layers so many that the weights of a matrix-vector product come from memory and not from a cache
     */
    record Stored(DType type, int tokens, int in, int out, int layers) implements Work {
        @Override
        public String name() {
            return "%s-%s-%dx%dx%d"
                    .formatted(
                            tokens == 1 ? "decode" : "prefill",
                            type.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                            tokens,
                            in,
                            out);
        }

        @Override
        public double flops() {
            return 2.0 * tokens * in * out * layers;
        }

        @Override
        public double bytes() {
            return (double) layers * (type.bytes((long) in * out) + 4.0 * tokens * (in + out));
        }

        public Tensor x() {
            return draw("x", tokens, in);
        }

        public List<Tensor> weights() {
            return StoredWeights.draw(type, Rng.of(222).split(name()), layers, out, in);
        }
    }

    /** A function of each row of [rows, width]; the layer norm has a weight and a bias. */
    record Rows(Function function, int rows, int width) implements Work {
        public enum Function {
            EXP,
            GELU,
            SOFTMAX,
            LAYER_NORM
        }

        @Override
        public String name() {
            return "%s-%dx%d".formatted(function.name().toLowerCase(Locale.ROOT).replace('_', '-'), rows, width);
        }

        @Override
        public double flops() {
            return 0;
        }

        @Override
        public double bytes() {
            return 8.0 * rows * width;
        }

        public Tensor x() {
            return draw("x", rows, width);
        }
    }

    /** softmax(Q K^T / sqrt(E)) V of [B, H, T, E], the three given. */
    record Attention(int batch, int heads, int steps, int width) implements Work {
        @Override
        public String name() {
            return "attention-%dx%dx%dx%d".formatted(batch, heads, steps, width);
        }

        @Override
        public double flops() {
            return 4.0 * batch * heads * steps * steps * width;
        }

        @Override
        public double bytes() {
            return 16.0 * batch * heads * steps * width;
        }

        public Tensor input(String name) {
            return draw(name, batch, heads, steps, width);
        }
    }

    /** The four convolutions of the ECG encoder, [B, 12, 2500] to [B, 256, 156], without the norm and GELU between them. */
    record ConvStack(int batch) implements Work {
        @Override
        public String name() {
            return "conv-stack-" + batch;
        }

        @Override
        public double flops() {
            return 2.0 * batch * (1250.0 * 256 * 12 * 2 + (625.0 + 312 + 156) * 256 * 256 * 2);
        }

        @Override
        public double bytes() {
            return 4.0 * (batch * (12.0 * 2500 + 256 * 156) + 256 * 24 + 3 * 256 * 512);
        }

        public Tensor signal() {
            return draw("signal", batch, 12, 2500);
        }

        /** [256, 12, 2], then three of [256, 256, 2]. */
        public List<Tensor> weights() {
            return List.of(weight(0, 12), weight(1, 256), weight(2, 256), weight(3, 256));
        }

        private Tensor weight(int i, int in) {
            return draw("w" + i, 256, in, 2).mul(1 / Math.sqrt(2.0 * in));
        }
    }

    /** The positional convolution of the ECG encoder: [B, 768, 156] with [768, 48, 128], padding 64, in 16 groups. */
    record PositionalConv(int batch) implements Work {
        @Override
        public String name() {
            return "positional-conv-" + batch;
        }

        @Override
        public double flops() {
            return 2.0 * batch * 157 * 768 * 48 * 128;
        }

        @Override
        public double bytes() {
            return 4.0 * (batch * 768 * (156 + 157) + 768 * 48 * 128);
        }

        public Tensor x() {
            return draw("x", batch, 768, 156);
        }

        public Tensor weight() {
            return draw("w", 768, 48, 128).mul(1 / Math.sqrt(48 * 128));
        }
    }

    /**
     * The ECG encoder at full size, 12 layers of width 768, on [B, 12, 2500]: its mean over time [B, 768]; or, backward too,
     * the gradient of a weighted sum of that with respect to all 90 million parameters.
     */
    record Encoder(int batch, boolean backward) implements Work {
        private static final EcgEncoderConfig CONFIG = EcgEncoderConfig.base();

        @Override
        public String name() {
            return (backward ? "encoder-gradient-" : "encoder-") + batch;
        }

        /** Backward takes two products for each one forward. */
        @Override
        public double flops() {
            double t = CONFIG.steps(2500);
            double d = CONFIG.width();
            double layer = 2 * t * d * (4 * d + 2 * CONFIG.feedForward()) + 4 * t * t * d;
            double one = new ConvStack(1).flops()
                    + 2 * t * CONFIG.featureDim() * d
                    + new PositionalConv(1).flops()
                    + CONFIG.layers() * layer;
            return (backward ? 3 : 1) * batch * one;
        }

        /** The parameters once, backward once more, and their gradients. */
        @Override
        public double bytes() {
            double parameters =
                    CONFIG.shapes().values().stream().mapToDouble(Shape::size).sum();
            return 4 * (backward ? 3 : 1) * parameters + 4.0 * batch * 12 * 2500;
        }

        public Params parameters() {
            return new EcgEncoder(CONFIG).init(Rng.of(222));
        }

        public Tensor signal() {
            return draw("signal", batch, 12, 2500);
        }

        /** What the mean over time is weighted by, [768]: its plain sum is the same whatever the parameters. */
        public Tensor weighting() {
            return draw("weighting", CONFIG.width());
        }

        /** Of all gradients the one that is compared: it has passed through every layer. */
        public String compared() {
            return "post_extract_proj.weight";
        }
    }

    /**
     * Of the mapper before a frozen LLaMA: one gradient of the support loss, or one meta-gradient of second order over
     * {@code steps} inner steps, which is held against 3 (steps + 1) plain gradients.
     *
     * @param steps 0 for one gradient
     */
    record MetaStep(int steps) implements Work {
        @Override
        public String name() {
            return steps == 0 ? "mapper-gradient" : "meta-step-" + steps;
        }

        /** Not counted: many small products. */
        @Override
        public double flops() {
            return 0;
        }

        @Override
        public double bytes() {
            return 0;
        }

        @Override
        public int allowance() {
            return steps == 0 ? 1 : 3 * (steps + 1);
        }
    }
}
