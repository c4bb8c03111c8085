package org.einthoven.tensor.backend;

import org.einthoven.tensor.Tensor;

/**
 * What a language model computes for one token, in the caller's F32 arrays: the same bits as the ops named, and nothing is
 * allocated once the code is compiled. Arrays are written; tensors stay immutable.
 */
public interface DecodeKernels {
    /** y = x W^T for a frozen weight W [O, I], as {@code FrozenLinear}. Has buffers of its own: for one thread. */
    interface Linear {
        /** x [I] to y [O]. */
        void run(float[] x, float[] y);
    }

    /** Rows of a table [V, D], as {@code Embedding} and {@code Cast} to F32. */
    interface Table {
        void row(int id, float[] y);
    }

    /** For a weight of F32 or a storage-only type, which is read where it lies. */
    Linear linear(Tensor weight);

    /** For a table of F32 or a storage-only type. */
    Table table(Tensor table);

    /** y = x / sqrt(mean(x^2) + eps) * weight, as {@code RmsNorm} and {@code Mul}. */
    void rmsNorm(float[] x, double eps, float[] weight, float[] y);

    /** Turns each head of x in place, as {@code Rope}: the first {@code cos.length} pairs of every {@code 2 cos.length}. */
    void rope(float[] x, float[] cos, float[] sin, boolean interleaved);

    /** x *= factor. */
    void scale(float[] x, float factor);

    /** x += y. */
    void add(float[] x, float[] y);

    /** gate = silu(gate) * up. */
    void gate(float[] gate, float[] up);

    /** x[at .. at + n - 1] in place, as {@code Softmax}. */
    void softmax(float[] x, int at, int n);

    /** y[j] = sum over p of a[p] b[p * step + j] for p below k and j below n, as {@code MatMul}; offsets stand behind each. */
    void rowTimes(float[] a, int ao, int k, float[] b, int bo, int step, float[] y, int yo, int n);
}
