package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.explain.Explanation;
import org.einthoven.tensor.explain.Explanation.Kind;
import org.einthoven.tensor.explain.Explanation.Line;
import org.junit.jupiter.api.Test;

/** What {@code Grad.explain} says, word for word. */
class BackwardProgramTest {
    private static final Function<Params, Tensor> TANH_TIMES_X =
            p -> p.get("x").tanh().mul(p.get("x")).sum();

    private static final Params POINT = Params.of("x", Tensor.scalar(0.3, DType.F64));

    @Test
    void showsEachRuleAsOperationsAndAsAFormula() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Params p =
                Params.of(Map.of("w", Tensor.of(new double[] {0.1, 0.2}, 2, 1), "b", Tensor.of(new double[] {0.3}, 1)));

        Explanation program =
                Grad.explain(q -> x.matmul(q.get("w")).add(q.get("b")).tanh().sum(), p);

        assertEquals("""
                forward
                  b                        F64 [1]     parameter
                  w                        F64 [2, 1]  parameter
                  c1                       F64 [3, 2]  constant: 1 2 3 4 5 6
                  %1 = matMul(c1, w)       F64 [3, 1]
                  %2 = add(%1, b)          F64 [3, 1]
                  %3 = tanh(%2)            F64 [3, 1]
                  loss = sumTo(%3, to=[])  F64 []
                backward: dv is the derivative of the loss with respect to v
                  dloss  F64 []  1, where it begins
                through loss = sumTo(%3, to=[])
                  d%3 = expand(dloss, to=[3, 1])  F64 [3, 1]
                through %3 = tanh(%2)
                  %4 = mul(%3, %3)    F64 [3, 1]
                  %5 = sub(1, %4)     F64 [3, 1]
                  d%2 = mul(d%3, %5)  F64 [3, 1]  d%2 = d%3 * (1 - %3 * %3)
                through %2 = add(%1, b)
                  d%1 = d%2                F64 [3, 1]
                  db = sumTo(d%2, to=[1])  F64 [1]
                through %1 = matMul(c1, w)
                  %6 = permute(c1, axes=[1, 0])  F64 [2, 3]
                  dw = matMul(%6, d%1)           F64 [2, 1]  dw = c1^T @ d%1""", program.toString());
    }

    @Test
    void addsUpWhatComesBackOnSeveralWays() {
        assertEquals("""
                forward
                  x                  F64 []  parameter
                  %1 = tanh(x)       F64 []
                  loss = mul(%1, x)  F64 []
                backward: dv is the derivative of the loss with respect to v
                  dloss  F64 []  1, where it begins
                through loss = mul(%1, x)
                  d%1 = mul(dloss, x)  F64 []  d%1 = dloss * x
                  %2 = mul(dloss, %1)  F64 []  part of dx: dloss * %1
                through %1 = tanh(x)
                  %3 = mul(%1, %1)   F64 []
                  %4 = sub(1, %3)    F64 []
                  %5 = mul(d%1, %4)  F64 []
                  dx = add(%2, %5)   F64 []  dx = %2 + d%1 * (1 - %1 * %1)""", Grad.explain(TANH_TIMES_X, POINT).toString());
    }

    @Test
    void theProgramOfASecondDerivativeIsThatOfALossMadeOfAGradient() {
        Function<Params, Tensor> slope = p -> Grad.valueAndGrad(TANH_TIMES_X, p, GradMode.DIFFERENTIABLE)
                .grads()
                .get("x");

        assertEquals("""
                forward
                  x                   F64 []  parameter
                  %1 = tanh(x)        F64 []
                  %2 = mul(1, %1)     F64 []
                  %3 = mul(1, x)      F64 []
                  %4 = mul(%1, %1)    F64 []
                  %5 = sub(1, %4)     F64 []
                  %6 = mul(%3, %5)    F64 []
                  loss = add(%2, %6)  F64 []
                backward: dv is the derivative of the loss with respect to v
                  dloss  F64 []  1, where it begins
                through loss = add(%2, %6)
                  d%2 = dloss  F64 []
                  d%6 = dloss  F64 []
                through %6 = mul(%3, %5)
                  d%3 = mul(d%6, %5)  F64 []  d%3 = d%6 * %5
                  d%5 = mul(d%6, %3)  F64 []  d%5 = d%6 * %3
                through %5 = sub(1, %4)
                  d%4 = neg(d%5)  F64 []  d%4 = -d%5
                through %4 = mul(%1, %1)
                  %7 = mul(d%4, %1)  F64 []
                  %8 = mul(d%4, %1)  F64 []
                  %9 = add(%7, %8)   F64 []  part of d%1: d%4 * %1 + d%4 * %1
                through %3 = mul(1, x)
                  %10 = mul(d%3, 1)  F64 []  part of dx: d%3 * 1
                through %2 = mul(1, %1)
                  %11 = mul(d%2, 1)   F64 []
                  d%1 = add(%9, %11)  F64 []  d%1 = %9 + d%2 * 1
                through %1 = tanh(x)
                  %12 = mul(%1, %1)    F64 []
                  %13 = sub(1, %12)    F64 []
                  %14 = mul(d%1, %13)  F64 []
                  dx = add(%10, %14)   F64 []  dx = %10 + d%1 * (1 - %1 * %1)""", Grad.explain(slope, POINT).toString());
    }

    @Test
    void namesAParameterWithoutInfluence() {
        Params p = POINT.with("unused", Tensor.of(new double[] {1, 2}, 2));

        String text = Grad.explain(TANH_TIMES_X, p).toString();

        assertTrue(text.endsWith("\ndunused = 0: the loss does not depend on unused"), text);
    }

    @Test
    void everyValueIsDefinedOnceAndBeforeItsUseInADeeperProgram() {
        Rng rng = Rng.of(222);
        Params p = Params.of(
                Map.of("w", rng.split("w").normal(4, 3), "v", rng.split("v").normal(2, 4)));
        Tensor x = rng.split("x").normal(5, 3);
        Function<Params, Tensor> loss = q -> {
            Tensor h = Recompute.of(in -> in.get(0).linear(in.get(1)).gelu(), x, q.get("w"))
                    .layerNorm(1e-5);
            return h.linear(q.get("v"))
                    .relu()
                    .logSoftmax()
                    .max(-1, false)
                    .mean()
                    .add(h.square().mean());
        };
        Function<Params, Tensor> adapted = q -> loss.apply(
                q.zip(Grad.valueAndGrad(loss, q, GradMode.DIFFERENTIABLE).grads(), (w, g) -> w.sub(g.mul(0.1))));

        Explanation program = Grad.explain(adapted, p);

        Set<String> defined = new HashSet<>();
        List<Line> lines =
                program.sections().stream().flatMap(s -> s.lines().stream()).toList();
        for (Line line : lines) {
            assertTrue(defined.containsAll(line.inputs()), () -> line + " uses what is not defined before it");
            assertTrue(defined.add(line.name()) || line.kind() == Kind.ALIAS, () -> line.name() + " is defined twice");
        }
        assertTrue(defined.containsAll(Set.of("w", "v", "loss", "dloss", "dw", "dv")), defined.toString());
        assertEquals(
                2,
                lines.stream()
                        .filter(l -> l.kind() == Kind.LEAF && l.note().equals("parameter"))
                        .count());
    }

    @Test
    void aLossThatIsNoNumberIsRefused() {
        TensorException e = assertThrows(
                TensorException.class,
                () -> Grad.explain(p -> p.get("x"), Params.of("x", Tensor.of(new double[] {1, 2}, 2))));
        assertEquals(
                "explain: the loss must be one F32 or F64 number, got F64 [2]; sum() or mean() it", e.getMessage());
    }
}
