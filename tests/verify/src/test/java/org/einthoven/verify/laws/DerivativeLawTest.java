package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The adjoint identity of every linear op in every group of operands, and the symmetry of every Hessian, to 1e-12. */
class DerivativeLawTest {
    static List<OpCase> linear() {
        return OpRegistry.differentiable().stream()
                .filter(c -> !Linearity.of(c.op(), c.operands().size()).isEmpty())
                .toList();
    }

    static List<OpCase> differentiable() {
        return OpRegistry.differentiable();
    }

    @ParameterizedTest
    @MethodSource("linear")
    void theRuleIsTheTranspose(OpCase c) {
        for (List<Integer> group : Linearity.of(c.op(), c.operands().size())) {
            assertEquals(Optional.empty(), Derivatives.adjointDiffers(c, group));
        }
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void theHessianIsSymmetric(OpCase c) {
        assertEquals(Optional.empty(), Derivatives.hessianIsAsymmetric(c));
    }
}
