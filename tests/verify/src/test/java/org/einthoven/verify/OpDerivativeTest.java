package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the derivative table against central differences, to second order in the operands and in the cotangent. */
class OpDerivativeTest {
    private static final GradCheck CHECK = GradCheck.standard(Rng.of(7));

    static List<OpCase> cases() {
        return OpRegistry.differentiable();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithDifferencesToSecondOrder(OpCase c) {
        CHECK.check(c.function(), c.at()).assertOk();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptsAnyStrides(OpCase c) {
        CHECK.check(c.function(Strides.COLUMN_MAJOR_SPACED), c.at()).assertOk();
    }

    @Test
    void theCheckItselfNoticesAWrongRule() {
        Op wrong = new Op.CustomOp() {
            @Override
            public String name() {
                return "sineWithWrongSlope";
            }

            @Override
            public Tensor forward(List<Tensor> x) {
                return x.get(0).sin();
            }

            @Override
            public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                return List.of(g.mul(x.get(0).cos()).mul(1.00001));
            }
        };
        OpCase c = OpCase.of("wrong", wrong, Operands.normal("x", 3));
        assertFalse(CHECK.check(c.function(), c.at()).ok());
    }
}
