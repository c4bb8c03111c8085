package org.einthoven.verify.laws;

import java.util.List;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.OpCase;

/**
 * An op of the library with a derivative rule as somebody might have got it wrong. The kernel is the true one.
 *
 * @param mistake what is wrong, in words
 * @param operands where the checks look
 */
record RuleBug(Kind kind, String mistake, Op op, List<Tensor> operands, Rule rule) implements Op.CustomOp {
    /** Kinds of mistake. */
    enum Kind {
        SIGN,
        MISSING_FACTOR,
        MISSING_TERM,
        MISSING_REDUCTION,
        WRONG_OPERAND,
        WRONG_BRANCH,
        WRONG_PLACE,
        TRANSPOSED,
        DETACHED
    }

    /** As in {@link Op.CustomOp#vjp}. */
    interface Rule {
        List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y);
    }

    static Tensor normal(String name, int... shape) {
        return Rng.of(21).split(name).normal64(shape);
    }

    OpCase wrong() {
        return OpCase.of(toString(), this, operands.toArray(Tensor[]::new));
    }

    OpCase right() {
        return OpCase.of(toString(), op, operands.toArray(Tensor[]::new));
    }

    @Override
    public String name() {
        return op + " with a wrong rule: " + mistake;
    }

    @Override
    public Tensor forward(List<Tensor> x) {
        return Dispatch.apply(op, x.toArray(Tensor[]::new));
    }

    @Override
    public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
        return rule.vjp(g, x, y);
    }

    @Override
    public String toString() {
        return op.getClass().getSimpleName() + ": " + mistake;
    }
}
