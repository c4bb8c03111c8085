package org.einthoven.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.Tensor;

/**
 * The conventions that all op cases share. With {@code out} the result, {@code cot} a given cotangent, and {@code v_x} a given
 * direction for each variable x:
 *
 * <pre>
 * L1 = sum(cot * out)              gradients.x           = dL1/dx
 * G  = sum over x &lt;dL1/dx, v_x&gt;    second_order.dG_d_x   = dG/dx
 *                                  second_order.dG_d_cot = dG/dcot
 * L2 = sum(cot * out * out) / 2    second_order.hvp2_x   = d &lt;dL2/d*, v_*&gt; / dx
 * </pre>
 *
 * The variables are those that the section {@code gradients} names.
 */
final class Derivatives {
    /** The result of an op. */
    @FunctionalInterface
    interface Formula {
        Tensor of(Operands x);
    }

    private final GoldenCase golden;
    private final Formula formula;
    private final List<String> names;
    private final List<Tensor> variables = new ArrayList<>();
    private final Map<String, Tensor> byName = new LinkedHashMap<>();

    private Derivatives(GoldenCase golden, Formula formula) {
        this.golden = golden;
        this.formula = formula;
        this.names = golden.names("gradients");
        Operands given = new Operands(golden, Map.of());
        for (String name : names) {
            Tensor x = given.get(name).track();
            variables.add(x);
            byName.put(name, x);
        }
    }

    /** Compares {@code expected.out} and every derivative that the case has. */
    static void check(GoldenCase golden, Comparison compare, Formula formula) {
        new Derivatives(golden, formula).check(compare);
    }

    private void check(Comparison compare) {
        Tensor out = result();
        compare.check("expected", "out", out.detach());
        if (names.isEmpty()) {
            return;
        }
        Tensor cot = golden.input("cot").track();
        List<Tensor> g = gradient(out.mul(cot).sum());
        for (int i = 0; i < names.size(); i++) {
            compare.check("gradients", names.get(i), g.get(i).detach());
        }
        if (golden.names("second_order").isEmpty()) {
            return;
        }
        List<Tensor> second = gradientAlong(g, with(cot));
        for (int i = 0; i < names.size(); i++) {
            compare.checkIfExpected("second_order", "dG_d_" + names.get(i), second.get(i));
        }
        compare.checkIfExpected("second_order", "dG_d_cot", second.getLast());

        Tensor half = result();
        List<Tensor> hvp2 = gradientAlong(gradient(half.square().mul(cot).sum().mul(0.5)), variables);
        for (int i = 0; i < names.size(); i++) {
            compare.checkIfExpected("second_order", "hvp2_" + names.get(i), hvp2.get(i));
        }
    }

    private Tensor result() {
        return formula.of(new Operands(golden, byName));
    }

    private List<Tensor> with(Tensor cot) {
        List<Tensor> all = new ArrayList<>(variables);
        all.add(cot);
        return all;
    }

    private List<Tensor> gradient(Tensor loss) {
        return Grad.vjp(loss, variables, one(loss), GradMode.DIFFERENTIABLE);
    }

    /** The gradient of a gradient along the given directions. */
    private List<Tensor> gradientAlong(List<Tensor> gradient, List<Tensor> withRespectTo) {
        Tensor along = Tensor.zeros(gradient.getFirst().dtype());
        for (int i = 0; i < names.size(); i++) {
            along = along.add(
                    gradient.get(i).mul(golden.input("v_" + names.get(i))).sum());
        }
        return Grad.vjp(along, withRespectTo, one(along), GradMode.CONSTANT);
    }

    private static Tensor one(Tensor scalar) {
        return Tensor.ones(scalar.dtype(), scalar.shape().toArray());
    }
}
