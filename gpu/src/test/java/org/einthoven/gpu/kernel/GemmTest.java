package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;

import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class GemmTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "{0} x {1} x {2}, transA {3}, transB {4}")
    @CsvSource({
        "1, 1, 1, 0, 0", "65, 67, 17, 0, 0", "64, 128, 16, 0, 1", "63, 5, 47, 0, 1",
        "5, 65, 18, 1, 0", "66, 64, 15, 1, 0", "3, 7, 40, 1, 1", "80, 2, 1, 1, 0"
    })
    void productsOfAllForms(int m, int n, int k, int transA, int transB) {
        Tensor a = RNG.split("a").normal(m, k);
        Tensor b = RNG.split("b").normal(k, n);
        FloatArray y = new FloatArray(m * n);
        run(transA == 0 ? a : a.t(), transB == 0 ? b : b.t(), Tensor.zeros(DType.F32, n), y, 1, new int[] {
            m, n, k, transA, transB, 0, 0, Activation.NONE
        });

        assertClose(2e-6, a.cast(DType.F64).matmul(b.cast(DType.F64)), y, "product");
    }

    @ParameterizedTest(name = "activation {0}")
    @CsvSource({"0", "1", "2"})
    void biasAndActivationAreFused(int activation) {
        Tensor a = RNG.split("a").normal(37, 19);
        Tensor b = RNG.split("b").normal(19, 34);
        Tensor bias = RNG.split("bias").normal(34);
        FloatArray y = new FloatArray(37 * 34);
        run(a, b, bias, y, 1, new int[] {37, 34, 19, 0, 0, 0, 0, activation});

        Tensor plain = a.cast(DType.F64).matmul(b.cast(DType.F64)).add(bias.cast(DType.F64));
        Tensor want =
                activation == Activation.GELU ? plain.gelu() : activation == Activation.SILU ? plain.silu() : plain;
        assertClose(2e-6, want, y, "product, bias and activation " + activation);
    }

    @ParameterizedTest(name = "b shared {0}")
    @CsvSource({"false", "true"})
    void manyProductsAtOnce(boolean shared) {
        Tensor a = RNG.split("a").normal(3, 9, 20);
        Tensor b = shared ? RNG.split("b").normal(20, 33) : RNG.split("b").normal(3, 20, 33);
        FloatArray y = new FloatArray(3 * 9 * 33);
        run(a, b, Tensor.zeros(DType.F32, 33), y, 3, new int[] {9, 33, 20, 0, 0, 180, shared ? 0 : 660, 0});

        assertClose(2e-6, a.cast(DType.F64).matmul(b.cast(DType.F64)), y, "products");
    }

    private static void run(Tensor a, Tensor b, Tensor bias, FloatArray y, int products, int[] s) {
        FloatArray x = of(a);
        FloatArray w = of(b);
        FloatArray v = of(bias);
        IntArray shape = IntArray.fromArray(s);
        try (Graph g = OnDevice.graph("gemm")) {
            g.resident(shape).reads(x, w, v).tiles("product", s[0], s[1], products);
            g.tasks().task("product", Gemm::product, new KernelContext(), x, w, v, y, shape);
            g.writes(y).run();
        }
    }
}
