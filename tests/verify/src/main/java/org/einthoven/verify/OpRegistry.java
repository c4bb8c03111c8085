package org.einthoven.verify;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.einthoven.tensor.op.Op;

/**
 * Every operation there is, with cases to check it by: each attribute at more than one value, broadcasting, empty tensors,
 * operands off kinks and ties. A new op without a case here fails the build.
 *
 * <p>Who writes a backend runs {@link #cases()} on it and on the reference; who writes laws runs the laws over them.
 */
public final class OpRegistry {
    private static final List<OpCase> CASES = OpCases.all();

    private OpRegistry() {}

    /** All cases; names are unique. Operands are constants. */
    public static List<OpCase> cases() {
        return CASES;
    }

    /** The cases of one operation. */
    public static List<OpCase> cases(Class<?> op) {
        return CASES.stream().filter(c -> op.isInstance(c.op())).toList();
    }

    /** The cases whose result has a derivative. */
    public static List<OpCase> differentiable() {
        return CASES.stream().filter(OpCase::isDifferentiable).toList();
    }

    /** The leaves of the sealed hierarchy below {@link Op}: one class for each operation. */
    public static Set<Class<?>> ops() {
        Set<Class<?>> leaves = new LinkedHashSet<>();
        collect(Op.class, leaves);
        return leaves;
    }

    /** Operations without a case. Empty, or the registry is incomplete. */
    public static Set<Class<?>> missing() {
        return ops().stream().filter(op -> cases(op).isEmpty()).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void collect(Class<?> type, Set<Class<?>> leaves) {
        if (!type.isSealed()) {
            leaves.add(type);
            return;
        }
        for (Class<?> sub : type.getPermittedSubclasses()) {
            collect(sub, leaves);
        }
    }
}
