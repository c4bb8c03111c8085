package org.einthoven.tensor.explain;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * A computed value as a formula: {@code dy * (1 - y * y)}, {@code x^T @ dy}.
 *
 * @param name what values are called that are not written out
 * @param inside values that are written out in the place where they are used
 */
record Formula(Function<Tensor, String> name, Set<Tensor> inside) {
    /** How tightly an operator binds. */
    private static final int SUM = 1;

    private static final int PRODUCT = 2;
    private static final int SIGN = 3;
    private static final int POWER = 4;
    private static final int NAME = 5;

    private record Text(String text, int binding) {
        String in(int outer) {
            return binding < outer ? "(" + text + ")" : text;
        }
    }

    String of(Tensor t) {
        return expand(t).text();
    }

    private Text part(Tensor t) {
        return inside.contains(t) ? expand(t) : new Text(name.apply(t), NAME);
    }

    private Text expand(Tensor t) {
        List<Text> x = t.inputs().stream().map(this::part).toList();
        return switch (t.requireOrigin().op()) {
            case Op.Add() -> infix(x, " + ", SUM, SUM);
            case Op.Sub() -> infix(x, " - ", SUM, PRODUCT);
            case Op.Mul() -> infix(x, " * ", PRODUCT, PRODUCT);
            case Op.Div() -> infix(x, " / ", PRODUCT, SIGN);
            case Op.MatMul() -> infix(x, " @ ", PRODUCT, SIGN);
            case Op.Neg() -> new Text("-" + x.getFirst().in(SIGN), SIGN);
            case Op.Power(double p) -> new Text(x.getFirst().in(NAME) + "^" + Numbers.text(p), POWER);
            case Op.Permute(Ints axes)
            when swapsLastTwo(axes) -> new Text(x.getFirst().in(NAME) + "^T", POWER);
            case Op op ->
                new Text(Transcript.operation(op, x.stream().map(Text::text).toList()), NAME);
        };
    }

    /** Both products stand on one level, so a chain of them needs brackets on its right side. */
    private static Text infix(List<Text> x, String sign, int binding, int right) {
        return new Text(x.get(0).in(binding) + sign + x.get(1).in(right), binding);
    }

    private static boolean swapsLastTwo(Ints axes) {
        int n = axes.size();
        for (int i = 0; i < n; i++) {
            int wanted = i < n - 2 ? i : 2 * n - 3 - i;
            if (axes.get(i) != wanted) {
                return false;
            }
        }
        return n >= 2;
    }
}
