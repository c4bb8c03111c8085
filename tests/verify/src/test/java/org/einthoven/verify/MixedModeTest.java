package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.HessianProduct;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forward over reverse gives the Hessian-vector product that reverse over reverse gives, for every op. */
class MixedModeTest {
    static List<OpCase> cases() {
        return OpRegistry.differentiable();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsReverseOverReverse(OpCase c) {
        Map<String, Tensor> operands = new LinkedHashMap<>();
        for (int i = 0; i < c.at().size(); i++) {
            operands.put("x" + i, c.at().get(i));
        }
        Params at = Params.of(operands);
        Rng rng = Rng.of(11);
        Params v = at.map(x -> rng.normal64(x.shape().toArray()));
        HessianProduct mixed = HessianProduct.of(p -> loss(c, p), at, v);
        Graded once = Grad.valueAndGrad(p -> loss(c, p), at, GradMode.CONSTANT);
        assertEquals(once.value().item(), mixed.value().item());
        assertEqual(once.grads(), mixed.gradient());
        assertEqual(reverseOverReverse(p -> loss(c, p), at, v), mixed.product());
    }

    /** What is a view of a value need be none of its tangent: kernels of attention write [T, H, E], its tangent is [H, T, E]. */
    @Test
    void aTangentMayLieOtherwiseInMemory() {
        Rng rng = Rng.of(12);
        Params at = Params.of(Map.of("x", rng.normal64(3, 4)));
        Params along = Params.of(Map.of("x", rng.normal64(4, 3).t()));
        Tensor weight = rng.normal64(12);
        Function<Params, Tensor> loss =
                p -> p.get("x").reshape(12).square().square().mul(weight).sum();
        assertEqual(
                reverseOverReverse(loss, at, along),
                HessianProduct.of(loss, at, along).product());
    }

    /** Half the sum of squares, weighted so that no symmetry hides an error: its Hessian is not 0 even where the op is linear. */
    private static Tensor loss(OpCase c, Params p) {
        Tensor y = c.function().apply(p.tensors());
        Tensor weight = Rng.of(3).normal64(y.shape().toArray());
        return y.square().mul(weight).sum().mul(0.5);
    }

    private static Params reverseOverReverse(Function<Params, Tensor> loss, Params at, Params v) {
        return Grad.valueAndGrad(
                        p -> {
                            Params g = Grad.valueAndGrad(loss, p, GradMode.DIFFERENTIABLE)
                                    .grads();
                            return g.zip(v, (a, b) -> a.mul(b).sum()).tensors().stream()
                                    .reduce(Tensor::add)
                                    .orElseThrow();
                        },
                        at,
                        GradMode.CONSTANT)
                .grads();
    }

    private static void assertEqual(Params want, Params got) {
        want.forEach((path, w) -> {
            double[] a = w.toDoubles();
            double[] b = got.get(path).toDoubles();
            double scale = 1;
            for (double x : a) {
                scale = Math.max(scale, Math.abs(x));
            }
            for (int i = 0; i < a.length; i++) {
                assertEquals(a[i], b[i], 1e-12 * scale, path + "[" + i + "]");
            }
        });
    }
}
