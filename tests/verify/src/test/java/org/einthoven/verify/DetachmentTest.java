package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutation of the derivative table: a {@code detach()} put anywhere into any rule, be it on an operand or between two
 * steps, makes the gradient check of that op fail. The few places where it cannot matter, because the derivative there is
 * identically zero, are listed; a place that is on the list and does matter fails as well.
 */
class DetachmentTest {
    private static final GradCheck CHECK = GradCheck.standard(Rng.of(7));

    static List<OpCase> cases() {
        return OpRegistry.differentiable();
    }

    /** Where the rule of a case may be detached: the derivative of the cotangent with respect to it is zero. */
    private static Set<String> harmless(OpCase c) {
        return switch (c.op()) {
            // The sign is constant wherever it has a derivative.
            case Op.Abs() -> Set.of("x0: all of x0", "x0: sign(*x0)", "x0: mul(g, *sign)");
            // Of a ReLU the other branch is 0 g.
            case Op.LeakyRelu(double slope)
            when slope == 0 -> Set.of("x0: mul(*g, constant)", "x0: where(constant, g, *mul)");
            // The gradient of the values does not change with them: attention is linear there.
            case Op.Attention a ->
                Set.of(
                        "x2: all of x2",
                        c.operands().size() > 3
                                ? "x2: attentionGrad(g, x0, x1, *x2, x3)"
                                : "x2: attentionGrad(g, x0, x1, *x2)");
            default -> Set.of();
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isNoticedEverywhere(OpCase c) {
        List<CutRule> cuts = CutRule.of(c);
        boolean nothingToDifferentiate = c.op() instanceof Op.Sign;
        assertEquals(nothingToDifferentiate, cuts.isEmpty(), "places in the rule of " + c);
        boolean noElements =
                c.at().getFirst().size() == 0 || c.function().apply(c.at()).size() == 0;
        Set<String> unnoticed = new TreeSet<>();
        for (CutRule cut : cuts) {
            if (CHECK.check(c.function(cut), c.at()).ok()) {
                unnoticed.add(cut.place());
            }
        }
        if (noElements) {
            assertTrue(unnoticed.size() == cuts.size(), "a derivative with no elements cannot be wrong");
        } else {
            assertEquals(new TreeSet<>(harmless(c)), unnoticed, "detached and not noticed");
        }
    }
}
