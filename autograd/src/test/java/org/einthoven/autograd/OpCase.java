package org.einthoven.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * One op with operands to check its derivative at.
 *
 * @param variables positions of the operands to differentiate with respect to; the others are indices and conditions
 */
record OpCase(String name, Op op, List<Tensor> operands, List<Integer> variables) {

    /** Every F64 operand is a variable. */
    static OpCase of(String name, Op op, Tensor... operands) {
        List<Integer> variables = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            if (operands[i].dtype() == DType.F64) {
                variables.add(i);
            }
        }
        return new OpCase(name, op, List.of(operands), variables);
    }

    /** The values of the variables. */
    List<Tensor> at() {
        return variables.stream().map(operands::get).toList();
    }

    /** The op as a function of its variables. */
    Function<List<Tensor>, Tensor> function() {
        return function(op);
    }

    /** Another op in this one's place. */
    Function<List<Tensor>, Tensor> function(Op other) {
        return x -> Dispatch.apply(other, filled(x));
    }

    /** The op on operands, and with a cotangent, whose layouts are neither row-major nor at offset 0. */
    Function<List<Tensor>, Tensor> stridedFunction() {
        return x -> strided(
                Dispatch.apply(op, filled(x.stream().map(OpCase::strided).toList())));
    }

    private Tensor[] filled(List<Tensor> x) {
        Tensor[] all = operands.toArray(Tensor[]::new);
        for (int i = 0; i < x.size(); i++) {
            all[variables.get(i)] = x.get(i);
        }
        return all;
    }

    /** The same values in a view: axes in memory reversed, every second element of a larger last axis. */
    static Tensor strided(Tensor x) {
        if (x.rank() == 0 || x.size() == 0) {
            return x;
        }
        int[] reversed = new int[x.rank()];
        Arrays.setAll(reversed, i -> x.rank() - 1 - i);
        Tensor turned = x.permute(reversed).contiguous().permute(reversed);
        Tensor doubled = Tensor.stack(x.rank(), turned, turned);
        int[] wide = x.shape().toArray();
        wide[wide.length - 1] *= 2;
        return doubled.reshape(wide).slice(-1, 1, wide[wide.length - 1], 2);
    }

    @Override
    public String toString() {
        return name;
    }
}
