package org.einthoven.tensor.backend;

/**
 * One step of Adam over one parameter in one pass, in the caller's arrays; its tensor operations would be a dozen passes,
 * each with a fresh array. The same bits as they give. Arrays are written; tensors stay immutable.
 */
public interface AdamKernel {
    /**
     * The numbers of a step; each is rounded to the type of the arrays before use.
     *
     * @param decay what decoupled weight decay leaves of a weight
     * @param beta1 what is kept of the mean gradient
     * @param beta2 what is kept of the mean squared gradient
     * @param unbias what the root of the mean squared gradient is multiplied by
     * @param eps added to that
     * @param rate of the step, with the bias of the mean gradient in it
     */
    record Step(double decay, double beta1, double beta2, double unbias, double eps, double rate) {}

    /**
     * For each element:
     *
     * <pre>
     * m = beta1 m + (1 - beta1) g
     * v = beta2 v + (1 - beta2) g^2
     * top = max(top, v)
     * w = decay w - rate m / (unbias sqrt(top) + eps)
     * </pre>
     *
     * @param top the largest v so far (AMSGrad), or v itself, the same array, for plain Adam
     */
    void run(Step step, float[] g, float[] w, float[] m, float[] v, float[] top);

    /** As {@link #run(Step, float[], float[], float[], float[], float[])} in F64. */
    void run(Step step, double[] g, double[] w, double[] m, double[] v, double[] top);
}
