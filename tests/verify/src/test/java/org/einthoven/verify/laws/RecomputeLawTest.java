package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Recompute;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.TensorLaws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A segment that is run again gives what one that was kept gives.
 *
 * <p>Bit for bit: values, first gradients, and meta-gradients of second order whose inner steps are recomputed whole. A
 * segment <em>within</em> a differentiable inner step is met twice by the second gradient, once in the forward part and once
 * in the backward part of that step. Plain recording adds the two cotangents p and q of an intermediate a = f(x) and then
 * applies the rule, f'(x) (p + q); what keeps no intermediates has to apply it to each, f'(x) p + f'(x) q. Those are the same
 * number and not the same roundings: where nothing is rounded they are the same bits, else they differ by some ulp.
 */
class RecomputeLawTest {
    private static final Rng RNG = Rng.of(12);
    private static final int WIDTH = 4;
    private static final int WEIGHTS = 2 * WIDTH * WIDTH;

    /** (x [B, D], weights [2 D D]) to [B, D]: normed, mixed, bent, and added to x. */
    private static final Op.Segment BLOCK = in -> {
        Tensor w = in.get(1);
        Tensor up = w.slice(0, 0, WEIGHTS / 2).reshape(WIDTH, WIDTH);
        Tensor down = w.slice(0, WEIGHTS / 2, WEIGHTS).reshape(WIDTH, WIDTH);
        return in.get(0).add(in.get(0).layerNorm(1e-5).matmul(up).gelu().matmul(down));
    };

    /** The same with products and sums only: integers stay integers. */
    private static final Op.Segment POLYNOMIAL = in -> {
        Tensor w = in.get(1);
        Tensor up = w.slice(0, 0, WEIGHTS / 2).reshape(WIDTH, WIDTH);
        Tensor down = w.slice(0, WEIGHTS / 2, WEIGHTS).reshape(WIDTH, WIDTH);
        return in.get(0).add(in.get(0).matmul(up).square().matmul(down));
    };

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void valuesAndFirstGradients(DType type) {
        Tensor x = normal("x", 3, WIDTH).cast(type);
        Tensor w = normal("w", WEIGHTS).cast(type);
        TensorLaws.recomputingGivesTheSameBits(BLOCK, List.of(x, w), RNG);
        Op.Segment nested = in -> Recompute.of(BLOCK, Recompute.of(BLOCK, in.get(0), in.get(1)), in.get(1));
        TensorLaws.recomputingGivesTheSameBits(nested, List.of(x, w), RNG);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void metaGradientsWithWholeInnerStepsRecomputed(DType type) {
        Tensor x = normal("x", 3, WIDTH).cast(type);
        Tensor theta = normal("w", WEIGHTS).cast(type);
        Function<Tensor, Tensor> loss = w -> BLOCK.apply(List.of(x, w)).square().mean();
        UnaryOperator<Tensor> step = w -> step(loss, w, 0.3);
        Tensor kept = metaGradient(loss, step, theta);
        Tensor recomputed = metaGradient(loss, w -> Recompute.of(in -> step.apply(in.getFirst()), w), theta);
        TensorLaws.sameBits("steps recomputed against kept", kept, recomputed);
    }

    /** Small integers and a step of 1/2: nothing is rounded, so what is added in another order is the same sum. */
    @Test
    void metaGradientsWithBlocksRecomputedWhereNothingIsRounded() {
        Tensor x = integers("x", 2, WIDTH);
        Tensor theta = integers("w", WEIGHTS);
        Function<Tensor, Tensor> plain = w -> POLYNOMIAL.apply(List.of(x, w)).sum();
        Function<Tensor, Tensor> recomputed =
                w -> Recompute.of(POLYNOMIAL, x, w).sum();
        TensorLaws.sameBits(
                "blocks recomputed against plain",
                metaGradient(plain, w -> step(plain, w, 0.5), theta),
                metaGradient(recomputed, w -> step(recomputed, w, 0.5), theta));
    }

    /** Differences of up to 2.5 ulp of the largest entry were seen; a term that is missing would be far larger. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void metaGradientsWithBlocksRecomputedToRounding(DType type) {
        Tensor x = normal("x", 3, WIDTH).cast(type);
        Tensor theta = normal("w", WEIGHTS).cast(type);
        Function<Tensor, Tensor> plain =
                w -> BLOCK.apply(List.of(x, w)).square().mean();
        Function<Tensor, Tensor> recomputed =
                w -> Recompute.of(BLOCK, x, w).square().mean();
        double[] kept = metaGradient(plain, w -> step(plain, w, 0.3), theta).toDoubles();
        double[] again =
                metaGradient(recomputed, w -> step(recomputed, w, 0.3), theta).toDoubles();
        double largest = Arrays.stream(kept).map(Math::abs).max().orElseThrow();
        double ulp = type == DType.F32 ? Math.ulp((float) largest) : Math.ulp(largest);
        for (int i = 0; i < kept.length; i++) {
            double apart = Math.abs(kept[i] - again[i]) / ulp;
            assertTrue(apart <= 16, "entry " + i + ": " + kept[i] + " and " + again[i] + ", " + apart + " ulp");
        }
    }

    /** One inner step, differentiable where w is tracked. */
    private static Tensor step(Function<Tensor, Tensor> loss, Tensor w, double rate) {
        return w.sub(Grad.grad(loss, w, w.isTracked() ? GradMode.DIFFERENTIABLE : GradMode.CONSTANT)
                .mul(rate));
    }

    /** The gradient of the loss after three steps. */
    private static Tensor metaGradient(Function<Tensor, Tensor> loss, UnaryOperator<Tensor> step, Tensor theta) {
        return Grad.grad(w -> loss.apply(step.apply(step.apply(step.apply(w)))), theta, GradMode.CONSTANT);
    }

    private static Tensor normal(String name, int... shape) {
        return RNG.split(name).normal64(shape);
    }

    private static Tensor integers(String name, int... shape) {
        return RNG.split(name).normal64(shape).mul(2).cast(DType.I32).cast(DType.F64);
    }
}
