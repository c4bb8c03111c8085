package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** A segment that is run again gives the same as one that was kept: bit for bit once, to rounding inside an inner loop. */
class RecomputeTest {
    private static final Tensor X = Operands.normal("inputs", 4, 3);
    private static final Tensor Y = Operands.normal("labels", 4, 2);

    /** A two-layer network of (x, w1, w2), the kind of segment that is worth running again. */
    private static final Op.Segment NETWORK =
            in -> in.get(0).matmul(in.get(1)).tanh().matmul(in.get(2)).logSoftmax();

    private static final Params THETA =
            Params.of("w1", Operands.normal("w1", 3, 5)).and(Params.of("w2", Operands.normal("w2", 5, 2)));

    private static Tensor plain(Params p) {
        return loss(NETWORK.apply(List.of(X, p.get("w1"), p.get("w2"))));
    }

    private static Tensor again(Params p) {
        return loss(Recompute.of(NETWORK, X, p.get("w1"), p.get("w2")));
    }

    private static Tensor loss(Tensor scores) {
        return scores.sub(Y).square().mean();
    }

    @Test
    void valueAndGradientAreTheSameBits() {
        same(
                Grad.valueAndGrad(RecomputeTest::plain, THETA, GradMode.CONSTANT),
                Grad.valueAndGrad(RecomputeTest::again, THETA, GradMode.CONSTANT));
    }

    @Test
    void floatsToo() {
        Params narrow = THETA.cast(DType.F32);
        Function<Params, Tensor> kept = p -> segment(p, false);
        Function<Params, Tensor> rerun = p -> segment(p, true);
        same(Grad.valueAndGrad(kept, narrow, GradMode.CONSTANT), Grad.valueAndGrad(rerun, narrow, GradMode.CONSTANT));
    }

    private static Tensor segment(Params p, boolean recompute) {
        Tensor x = X.cast(DType.F32);
        Tensor y = recompute
                ? Recompute.of(NETWORK, x, p.get("w1"), p.get("w2"))
                : NETWORK.apply(List.of(x, p.get("w1"), p.get("w2")));
        return y.square().mean();
    }

    @Test
    void insideMamlTheMetaGradientIsTheSame() {
        Graded kept = Grad.valueAndGrad(p -> adapted(p, RecomputeTest::plain), THETA, GradMode.CONSTANT);
        Graded rerun = Grad.valueAndGrad(p -> adapted(p, RecomputeTest::again), THETA, GradMode.CONSTANT);
        close(kept, rerun);
    }

    @Test
    void insideMamlTheMetaGradientAgreesWithDifferencesToSecondOrder() {
        GradCheck.standard(Rng.of(3))
                .check(x -> adapted(THETA.withTensors(x), RecomputeTest::again), THETA.tensors())
                .assertOk();
    }

    /** The loss after two differentiable inner steps. */
    private static Tensor adapted(Params theta, Function<Params, Tensor> loss) {
        Params fast = theta;
        for (int step = 0; step < 2; step++) {
            Params g = Grad.valueAndGrad(loss, fast, GradMode.DIFFERENTIABLE).grads();
            fast = fast.zip(g, (w, d) -> w.sub(d.mul(0.3)));
        }
        return loss.apply(fast);
    }

    @Test
    void nestedSegmentsToo() {
        Op.Segment outer = in -> Recompute.of(NETWORK, in.get(0), in.get(1).sin(), in.get(2))
                .mul(in.get(0).sum());
        Function<Params, Tensor> rerun =
                p -> Recompute.of(outer, X, p.get("w1"), p.get("w2")).sum();
        Function<Params, Tensor> kept =
                p -> NETWORK.apply(List.of(X, p.get("w1").sin(), p.get("w2")))
                        .mul(X.sum())
                        .sum();
        same(Grad.valueAndGrad(kept, THETA, GradMode.CONSTANT), Grad.valueAndGrad(rerun, THETA, GradMode.CONSTANT));
        close(
                Grad.valueAndGrad(p -> adapted(p, kept), THETA, GradMode.CONSTANT),
                Grad.valueAndGrad(p -> adapted(p, rerun), THETA, GradMode.CONSTANT));
    }

    @Test
    void oneTensorInTwoPlacesToSecondOrder() {
        Op.Segment cubic = in -> in.get(0).square().mul(in.get(1));
        Function<Tensor, Tensor> f = x -> Recompute.of(cubic, x, x).sum(); // x^3
        Tensor x = Tensor.of(new double[] {0.5, -2}, 2);
        assertArrayEquals(
                new double[] {0.75, 12}, Grad.grad(f, x, GradMode.CONSTANT).toDoubles(), 1e-14);
        assertArrayEquals(
                new double[] {3, -12}, Grad.hvp(f, x, Tensor.ones(DType.F64, 2)).toDoubles(), 1e-13);
    }

    @Test
    void thirdOrderToo() {
        Op.Segment product = in -> in.get(0).square().mul(in.get(1).exp());
        Function<Tensor, Tensor> f = x -> Recompute.of(product, x, x).sum(); // x^2 e^x
        Function<Tensor, Tensor> second =
                x -> Grad.grad(z -> Grad.grad(f, z, GradMode.DIFFERENTIABLE).sum(), x, GradMode.DIFFERENTIABLE)
                        .sum();
        double[] x = {0.5, -2};
        double[] third =
                Grad.grad(second, Tensor.of(x.clone(), 2), GradMode.CONSTANT).toDoubles();
        for (int i = 0; i < x.length; i++) {
            assertEquals(Math.exp(x[i]) * (x[i] * x[i] + 6 * x[i] + 6), third[i], 1e-12);
        }
    }

    @Test
    void nothingInsideIsKept() {
        Tensor y = Recompute.of(NETWORK, X, THETA.get("w1").track(), THETA.get("w2"));
        assertTrue(y.origin().op() instanceof Op.Recompute);
        assertTrue(y.origin().inputs().stream().allMatch(t -> t.origin() == null));
    }

    @Test
    void aSegmentThatReachesAroundItsInputsIsAnError() {
        Tensor w = THETA.get("w1").track();
        TensorException e = assertThrows(
                TensorException.class, () -> Recompute.of(in -> in.get(0).matmul(w), X));
        assertEquals(
                "recompute: the segment uses a tracked tensor that is not among its inputs, whose gradient would be"
                        + " lost; pass it as an input",
                e.getMessage());
    }

    private static void close(Graded a, Graded b) {
        assertEquals(
                a.value().item(), b.value().item(), 1e-14 * Math.abs(a.value().item()));
        a.grads()
                .forEach((p, g) ->
                        assertArrayEquals(g.toDoubles(), b.grads().get(p).toDoubles(), 1e-13, p));
    }

    private static void same(Graded a, Graded b) {
        assertArrayEquals(a.value().toDoubles(), b.value().toDoubles());
        assertEquals(a.grads().paths(), b.grads().paths());
        a.grads()
                .forEach((p, g) ->
                        assertArrayEquals(g.toDoubles(), b.grads().get(p).toDoubles(), p));
        assertTrue(a.grads().tensors().stream()
                .anyMatch(g -> Arrays.stream(g.toDoubles()).anyMatch(d -> d != 0)));
    }
}
