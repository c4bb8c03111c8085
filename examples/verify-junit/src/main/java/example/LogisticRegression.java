package example;

/** Mean log loss of p = 1 / (1 + e^-(w x + b)), with its gradient written out. Plain arrays; knows nothing of Einthoven. */
public record LogisticRegression(double[][] inputs, int[] labels) {

    /** @param w weights, and the bias at the end */
    public double loss(double[] w) {
        double sum = 0;
        for (int i = 0; i < inputs.length; i++) {
            double z = score(w, inputs[i]);
            sum += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - labels[i] * z;
        }
        return sum / inputs.length;
    }

    /** dloss/dw: the mean of (p - label) x, and of p - label for the bias. */
    public double[] gradient(double[] w) {
        double[] g = new double[w.length];
        for (int i = 0; i < inputs.length; i++) {
            double error = 1 / (1 + Math.exp(-score(w, inputs[i]))) - labels[i];
            for (int j = 0; j < inputs[i].length; j++) {
                g[j] += error * inputs[i][j] / inputs.length;
            }
            g[w.length - 1] += error / inputs.length;
        }
        return g;
    }

    private static double score(double[] w, double[] x) {
        double z = w[w.length - 1];
        for (int j = 0; j < x.length; j++) {
            z += w[j] * x[j];
        }
        return z;
    }
}
