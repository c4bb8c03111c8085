package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ConstantModeTest {
    @Test
    void aConstantGradientIsConstantEvenForATrackedCotangent() {
        Tensor x = Tensor.of(new double[] {1, 2}, 2).track();
        Tensor cotangent = Tensor.of(new double[] {3, 4}, 2).track();
        assertFalse(Grad.vjp(x.square(), List.of(x), cotangent, GradMode.CONSTANT)
                .getFirst()
                .isTracked());
        assertTrue(Grad.vjp(x.square(), List.of(x), cotangent, GradMode.DIFFERENTIABLE)
                .getFirst()
                .isTracked());
    }
}
