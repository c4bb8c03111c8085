package org.einthoven.suite.architecture;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A method that calls {@code reduceLanes} on floating-point lanes must not mention {@code ADD} or {@code MUL}. Byte code
 * does not say which operator goes to which call, so the rule looks at whole methods: it may hit a method that adds
 * lane-wise by operator and takes a maximum over lanes, which is cured by calling {@code add}.
 */
final class NotSumFloatLanes extends ArchCondition<JavaMethod> {
    private static final Set<String> FLOATING = Set.of(FloatVector.class.getName(), DoubleVector.class.getName());
    private static final Set<String> ORDER_DEPENDENT = Set.of("ADD", "MUL");

    NotSumFloatLanes() {
        super("not sum floating-point lanes by reduceLanes: store the lanes and add them in fixed tree order");
    }

    @Override
    public void check(JavaMethod method, ConditionEvents events) {
        boolean reduces = method.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getName().equals("reduceLanes")
                        && FLOATING.contains(call.getTargetOwner().getName()));
        boolean orderDependent = method.getFieldAccesses().stream()
                .anyMatch(access -> access.getTargetOwner().isEquivalentTo(VectorOperators.class)
                        && ORDER_DEPENDENT.contains(access.getName()));
        if (reduces && orderDependent) {
            events.add(SimpleConditionEvent.violated(method, method.getFullName() + " sums lanes by reduceLanes"));
        }
    }
}
