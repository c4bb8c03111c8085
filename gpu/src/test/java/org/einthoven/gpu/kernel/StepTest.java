package org.einthoven.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class StepTest {
    @Test
    void threeStepsOfAdamWOnTheDeviceWithoutLeavingIt() {
        int n = 67;
        float[] p = Rng.of(6).split("p").normal(n).toFloats();
        float[] g = Rng.of(6).split("g").normal(n).toFloats();
        FloatArray weights = FloatArray.fromArray(p);
        FloatArray gradients = FloatArray.fromArray(g);
        FloatArray m = new FloatArray(n);
        FloatArray v = new FloatArray(n);
        FloatArray rates = new FloatArray(7);
        IntArray shape = IntArray.fromArray(new int[] {n});
        double lr = 0.01;
        double[] mean = new double[n];
        double[] square = new double[n];
        double[] want = new double[n];
        for (int i = 0; i < n; i++) {
            want[i] = p[i];
        }
        try (Graph graph = OnDevice.graph("adamW")) {
            graph.resident(shape, gradients).state(weights, m, v).reads(rates).items("step", n, 1, 1);
            graph.tasks().task("step", Step::adamW, new KernelContext(), weights, gradients, m, v, rates, shape);
            graph.writes(weights);
            for (int t = 1; t <= 3; t++) {
                double c1 = 1 - Math.pow(0.9, t);
                double c2 = 1 - Math.pow(0.999, t);
                double[] r = {lr, 0.9, 0.999, 1e-8, 0.1, c1, c2};
                for (int i = 0; i < 7; i++) {
                    rates.set(i, (float) r[i]);
                }
                graph.run();
                for (int i = 0; i < n; i++) {
                    mean[i] = 0.9 * mean[i] + 0.1 * g[i];
                    square[i] = 0.999 * square[i] + 0.001 * g[i] * g[i];
                    want[i] -= lr * (mean[i] / c1 / (Math.sqrt(square[i] / c2) + 1e-8) + 0.1 * want[i]);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            assertEquals(want[i], weights.get(i), 2e-6, "weight " + i);
        }
    }
}
