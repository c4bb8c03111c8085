package org.einthoven.tensor.backend;

import java.lang.foreign.Arena;
import java.util.Collection;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * What a language model computes for one token of each of n texts, in the caller's F32 arrays: the same bits as the ops named,
 * for any n, and nothing is allocated once the code is compiled. Arrays are written; tensors stay immutable.
 */
public interface DecodeKernels {
    /**
     * y_j = x W_j^T for frozen weights W_j [O_j, I] that share their input, as {@code FrozenLinear}; each weight is read once
     * for all n. Has buffers of its own: for one thread.
     */
    interface Linear {
        /** x [n, I] to y_j [n, O_j]. */
        void run(float[] x, int n, float[][] y);
    }

    /** Rows of a table [V, D], as {@code Embedding} and {@code Cast} to F32. */
    interface Table {
        /** To y[at .. at + D - 1]. */
        void row(int id, float[] y, int at);
    }

    /**
     * For weights of F32 or a storage-only type, which are read where they lie.
     *
     * @param most of texts
     */
    Linear linear(int most, Tensor... weights);

    /** Whether {@link #repacked} takes this weight: Q4_0 of whole rows, 32 or a multiple of it. */
    boolean repacks(Tensor weight);

    /**
     * These kernels, but products with the given weights read a second copy, in which rows are interleaved, and round x to 8 bits
     * in blocks of 32: faster, and of the accuracy of llama.cpp instead of the bits of {@code FrozenLinear}. The same bits for
     * any number of threads and texts.
     *
     * @param weights each of which {@link #repacks}
     * @param arena holds the copies, which take as much memory as the weights do; other threads must be let in
     * @throws TensorException when a weight is none of these, and when a scale in it is not finite
     */
    DecodeKernels repacked(Collection<Tensor> weights, Arena arena);

    /** For a table of F32 or a storage-only type. */
    Table table(Tensor table);

    /** y = x / sqrt(mean(x^2) + eps) * weight for {@code rows} rows of the weight's length, as {@code RmsNorm} and {@code Mul}. */
    void rmsNorm(float[] x, int rows, double eps, float[] weight, float[] y);

    /** Turns each head of the n floats from x[at] in place, as {@code Rope}: heads are {@code 2 cos.length} wide. */
    void rope(float[] x, int at, int n, float[] cos, float[] sin, boolean interleaved);

    /** The first n of x *= factor. */
    void scale(float[] x, int n, float factor);

    /** The first n of x += y. */
    void add(float[] x, float[] y, int n);

    /** The first n of gate = silu(gate) * up. */
    void siluGate(float[] gate, float[] up, int n);

    /** The first n of gate = gelu(gate) * up, as {@link Tensor#geluTanh}. */
    void geluGate(float[] gate, float[] up, int n);

    /** x[at .. at + n - 1] = cap tanh(x / cap). */
    void cap(float[] x, int at, int n, double cap);

    /** x[at .. at + n - 1] in place, as {@code Softmax}. */
    void softmax(float[] x, int at, int n);

    /** y[j] = sum over p of a[p] b[p * step + j] for p below k and j below n, as {@code MatMul}; offsets stand behind each. */
    void rowTimes(float[] a, int ao, int k, float[] b, int bo, int step, float[] y, int yo, int n);
}
