package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

class GradTest {
    private static Tensor point(double... x) {
        return Tensor.of(x, x.length);
    }

    @Test
    void thirdDerivativeOfAnElementwiseFunction() {
        double[] x = {-1.3, 0.2, 0.9};
        // f = x^4 + sin x: f''' = 24 x - cos x
        Function<Tensor, Tensor> f = z -> z.square().square().add(z.sin()).sum();
        Function<Tensor, Tensor> second =
                z -> Grad.grad(u -> Grad.grad(f, u, GradMode.DIFFERENTIABLE).sum(), z, GradMode.DIFFERENTIABLE)
                        .sum();
        double[] third = Grad.grad(second, point(x), GradMode.CONSTANT).toDoubles();
        for (int i = 0; i < x.length; i++) {
            assertEquals(24 * x[i] - Math.cos(x[i]), third[i], 1e-12);
        }
    }

    @Test
    void fourthDerivativeOfARowOperation() {
        // sum of softmax rows is 1 whatever the input, so every derivative of it is 0; of its square it is not.
        Tensor x = Operands.normal("x", 3);
        Function<Tensor, Tensor> f = z -> z.softmax().square().sum();
        for (int order = 0; order < 3; order++) {
            Function<Tensor, Tensor> before = f;
            f = z -> Grad.grad(before, z, GradMode.DIFFERENTIABLE)
                    .mul(point(0.3, -1, 0.7))
                    .sum();
        }
        double[] fourth = Grad.grad(f, x, GradMode.CONSTANT).toDoubles();
        Function<Tensor, Tensor> third = f;
        double h = 1e-4;
        for (int i = 0; i < 3; i++) {
            double[] d = new double[3];
            d[i] = h;
            double up = third.apply(x.add(point(d))).item();
            double down = third.apply(x.sub(point(d))).item();
            assertEquals((up - down) / (2 * h), fourth[i], 1e-6);
        }
    }

    @Test
    void aPowerThatHasBecomeConstantHasDerivativeZeroAtZeroToo() {
        Function<Tensor, Tensor> f = z -> z.pow(2).sum();
        for (int order = 0; order < 2; order++) {
            Function<Tensor, Tensor> before = f;
            f = z -> Grad.grad(before, z, GradMode.DIFFERENTIABLE).sum();
        }
        assertArrayEquals(
                new double[] {0, 0},
                Grad.grad(f, point(0, 2), GradMode.CONSTANT).toDoubles());
    }

    @Test
    void oneTensorUnderTwoNamesIsTwoParameters() {
        // f = a^2 b: df/da = 2 a b, df/db = a^2, also where a and b are the same tracked tensor
        for (GradMode mode : GradMode.values()) {
            Tensor t = point(3).track();
            Params g = Grad.valueAndGrad(
                            p -> p.get("a").square().mul(p.get("b")).sum(),
                            Params.of("a", t).and(Params.of("b", t)),
                            mode)
                    .grads();
            assertArrayEquals(new double[] {18}, g.get("a").toDoubles(), mode.name());
            assertArrayEquals(new double[] {9}, g.get("b").toDoubles(), mode.name());
            if (mode == GradMode.DIFFERENTIABLE) {
                // d/dt (2 a b) at a = b = t is 4 t: both histories lead back to t.
                assertArrayEquals(
                        new double[] {12}, gradient(g.get("a").sum(), t).toDoubles());
            }
        }
    }

    @Test
    void hessianTimesADirectionOfAQuadraticForm() {
        Tensor a = Operands.normal("a", 3, 3);
        Tensor v = point(1, -2, 0.5);
        Tensor hv = Grad.hvp(x -> x.matmul(a).mul(x).sum(), point(0.1, 0.2, 0.3), v);
        assertArrayEquals(a.add(a.t()).matmul(v).toDoubles(), hv.toDoubles(), 1e-12);
    }

    @Test
    void cotangentsOfSeveralUsesAddUp() {
        Tensor x = point(2, 3).track();
        Tensor y = x.mul(x).add(x).sum();
        assertArrayEquals(new double[] {5, 7}, gradient(y, x).toDoubles());
        assertArrayEquals(new double[] {1, 1}, gradient(x.sum(), x).toDoubles());
    }

    @Test
    void theDerivativeOfATensorWithRespectToItselfIsTheCotangent() {
        Tensor x = point(2, 3).track();
        assertArrayEquals(
                new double[] {5, 7},
                Grad.vjp(x, List.of(x), point(5, 7), GradMode.CONSTANT)
                        .getFirst()
                        .toDoubles());
    }

    @Test
    void aTargetInTheMiddleCutsTheGraph() {
        Tensor x = point(2).track();
        Tensor middle = x.square();
        Tensor y = middle.mul(3).sum();
        List<Tensor> g = Grad.vjp(y, List.of(middle, x), Tensor.scalar(1, DType.F64), GradMode.CONSTANT);
        assertArrayEquals(new double[] {3}, g.get(0).toDoubles());
        assertArrayEquals(new double[] {0}, g.get(1).toDoubles(), "only by way of the middle, which is held");
        assertArrayEquals(new double[] {12}, gradient(y, x).toDoubles());
    }

    @Test
    void whatDoesNotDependHasZeros() {
        Tensor x = point(2, 3).track();
        Tensor other = point(4).track();
        assertArrayEquals(new double[] {0, 0}, gradient(other.sum(), x).toDoubles());
    }

    @Test
    void aDeepGraphNeedsNoStack() {
        Tensor x = Tensor.scalar(1, DType.F64).track();
        Tensor y = x;
        for (int i = 0; i < 50_000; i++) {
            y = y.add(x);
        }
        assertEquals(50_001, gradient(y, x).item());
    }

    @Test
    void onlyADifferentiableGradientIsTracked() {
        Params p = Params.of("x", point(1, 2));
        assertFalse(Grad.valueAndGrad(q -> q.get("x").square().sum(), p, GradMode.CONSTANT)
                .grads()
                .get("x")
                .isTracked());
        Graded g = Grad.valueAndGrad(q -> q.get("x").square().sum(), p, GradMode.DIFFERENTIABLE);
        assertTrue(g.grads().get("x").isTracked());
        assertTrue(g.value().isTracked());
    }

    @Test
    void aDifferentiableGradientLeadsBackToWhatTheParametersCameFrom() {
        Tensor rate = Tensor.scalar(0.5, DType.F64).track();
        Params p = Params.of("x", point(1, 2).mul(rate));
        Tensor g = Grad.valueAndGrad(q -> q.get("x").square().sum(), p, GradMode.DIFFERENTIABLE)
                .grads()
                .get("x");
        // g = 2 x rate, so d sum(g) / d rate = 2 (1 + 2)
        assertEquals(6, gradient(g.sum(), rate).item(), 1e-12);
    }

    @Test
    void errorsSayWhatToDo() {
        Tensor x = point(1, 2);
        assertEquals(
                "grad: the loss must be one F32 or F64 number, got F64 [2]; sum() or mean() it",
                message(() -> Grad.grad(z -> z.square(), x, GradMode.CONSTANT)));
        assertEquals(
                "vjp: F64 [2] is not tracked; track() it before use",
                message(() -> Grad.vjp(x.sum(), List.of(x), Tensor.scalar(1, DType.F64), GradMode.CONSTANT)));
        assertEquals(
                "vjp: the cotangent F32 [] must be like the result, F64 []",
                message(() -> Grad.vjp(x.sum(), List.of(x.track()), Tensor.scalar(1), GradMode.CONSTANT)));
    }

    private static Tensor gradient(Tensor y, Tensor x) {
        return Grad.vjp(y, List.of(x), Tensor.ones(y.dtype(), y.shape().toArray()), GradMode.CONSTANT)
                .getFirst();
    }

    private static String message(org.junit.jupiter.api.function.Executable e) {
        return assertThrows(TensorException.class, e).getMessage();
    }
}
