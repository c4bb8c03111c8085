package org.einthoven.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * One operation with operands to check it at, built in or a user's own.
 *
 * <pre>{@code
 * OpCase c = OpCase.of("cube", new Cube(), Rng.of(1).normal64(2, 3));
 * GradCheck.standard(Rng.of(2)).check(c.function(), c.at()).assertOk();
 * }</pre>
 *
 * @param operands all operands, in the op's order
 * @param variables positions of the operands to differentiate by; the others are indices and conditions. Empty when the
 *     result has no derivative
 */
public record OpCase(String name, Op op, List<Tensor> operands, List<Integer> variables) {

    /** Every F64 operand is a variable. */
    public static OpCase of(String name, Op op, Tensor... operands) {
        List<Integer> variables = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            if (operands[i].dtype() == DType.F64) {
                variables.add(i);
            }
        }
        return new OpCase(name, op, List.of(operands), variables);
    }

    /** The result is an index or a truth value and has no derivative. */
    public static OpCase withoutDerivative(String name, Op op, Tensor... operands) {
        return new OpCase(name, op, List.of(operands), List.of());
    }

    public boolean isDifferentiable() {
        return !variables.isEmpty();
    }

    /** The op's result at the operands. */
    public Tensor result() {
        return apply(operands);
    }

    /** The op on other operands, all of them. */
    public Tensor apply(List<Tensor> all) {
        return run(op, all.toArray(Tensor[]::new));
    }

    /** The values of the variables. */
    public List<Tensor> at() {
        return variables.stream().map(operands::get).toList();
    }

    /** The op as a function of its variables, the other operands held. */
    public Function<List<Tensor>, Tensor> function() {
        return function(op);
    }

    /** Another op in this one's place. */
    public Function<List<Tensor>, Tensor> function(Op other) {
        return x -> run(other, filled(x));
    }

    /** As {@link #function()}, with operands, and so cotangents, that lie in memory as {@code strides} says. */
    public Function<List<Tensor>, Tensor> function(Strides strides) {
        return x -> strides.of(run(op, filled(x.stream().map(strides::of).toList())));
    }

    /** The op Reshape is a view only; where there is none, Tensor's method copies. */
    private static Tensor run(Op op, Tensor... x) {
        return op instanceof Op.Reshape(Shape to) ? x[0].reshape(to) : Dispatch.apply(op, x);
    }

    private Tensor[] filled(List<Tensor> x) {
        Tensor[] all = operands.toArray(Tensor[]::new);
        for (int i = 0; i < x.size(); i++) {
            all[variables.get(i)] = x.get(i);
        }
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
