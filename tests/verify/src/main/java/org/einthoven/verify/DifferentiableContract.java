package org.einthoven.verify;

import java.util.List;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * What a differentiable function of tensors keeps to, as tests for JUnit 5. Implement two methods and each test here runs:
 *
 * <pre>{@code
 * class SwishTest implements DifferentiableContract {
 *     public Tensor apply(List<Tensor> x) {
 *         return Dispatch.apply(new Swish(), x.getFirst());
 *     }
 *
 *     public List<Tensor> at() {
 *         return List.of(Rng.of(1).normal64(2, 3));
 *     }
 * }
 * }</pre>
 *
 * A failure names the entry, the analytic and the numeric value, and says whether the rule is wrong, the point lies on a
 * kink, or rounding drowns the difference.
 */
public interface DifferentiableContract {
    /** The function under test, of F64 operands; indices and masks it closes over. */
    Tensor apply(List<Tensor> x);

    /** Operands to test it at, F64, off kinks and ties. Small ones do: each element costs four calls. */
    List<Tensor> at();

    /** The same value written another way, slow and obvious. Without it the value is compared with a second call. */
    default Tensor definition(List<Tensor> x) {
        return apply(x);
    }

    /** Steps, tolerance, and the seed of random directions. */
    default GradCheck check() {
        return GradCheck.standard(Rng.of(1));
    }

    /** Finite, and as the definition says, to 1e-12. */
    @Test
    default void valueFollowsItsDefinition() {
        Tensor y = apply(at());
        double[] values = y.toDoubles();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new AssertionError("the value at entry " + TensorLaws.entry(y, i) + " is " + values[i]);
            }
        }
        TensorLaws.close("the value against its definition", definition(at()), y, 1e-12);
    }

    /** The same bits in a second call, and operands that are left as they were. */
    @Test
    default void repeats() {
        TensorLaws.repeats(this::apply, at());
    }

    /** The gradient agrees with central differences in every entry of every operand. */
    @Test
    default void gradientAgreesWithDifferences() {
        check().firstOrder(this::apply, at()).assertOk();
    }

    /** The derivative of the gradient does, by the operands and by the cotangent: what second-order MAML needs. */
    @Test
    default void secondOrderAgreesWithDifferences() {
        check().secondOrder(this::apply, at()).assertOk();
    }

    /** Operands may be views, and the cotangent too: the same bits, and the same gradient to 1e-12. */
    @Test
    default void acceptsAnyStrides() {
        TensorLaws.anyStridesGiveTheSameBits(this::apply, at());
        TensorLaws.anyStridesGiveTheSameGradient(this::apply, at(), check().rng());
    }
}
