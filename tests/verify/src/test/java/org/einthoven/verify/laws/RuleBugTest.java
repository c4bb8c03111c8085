package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.autograd.check.GradReport;
import org.einthoven.tensor.Rng;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.hyperdual.HyperDualOracle;
import org.einthoven.verify.hyperdual.OracleReport;
import org.einthoven.verify.laws.RuleBug.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Mutation of derivative rules: each mistake is put in, alone, and must be noticed by differences and by hyper-dual numbers,
 * which know nothing of each other; what the laws see of it is reported beside. The true rules pass every check.
 *
 * <p>Where a {@code detach()} may hide in any rule of the table is searched systematically by {@code DetachmentTest}.
 */
class RuleBugTest {
    private static final int ASKED_FOR = 20;

    /** What may notice a mistake. */
    private enum Check {
        DIFFERENCES_FIRST,
        DIFFERENCES_SECOND,
        HYPER_DUAL_FIRST,
        HYPER_DUAL_SECOND,
        ADJOINT_IDENTITY,
        HESSIAN_SYMMETRY
    }

    @Test
    void everyMistakeIsNoticed(TestReporter reporter) {
        List<RuleBug> bugs = RuleBugs.all();
        StringBuilder table = new StringBuilder("\n");
        StringBuilder missed = new StringBuilder();
        for (RuleBug bug : bugs) {
            assertEquals(Set.of(), alarms(bug, bug.right()), "a false alarm about the true rule of " + bug.op());
            Set<Check> alarms = alarms(bug, bug.wrong());
            table.append(String.format(Locale.ROOT, "%-18s %-72s %s%n", bug.kind(), bug, words(alarms)));
            if (!expected(bug).equals(intersection(alarms, expected(bug)))) {
                missed.append(bug)
                        .append(" was seen only by ")
                        .append(words(alarms))
                        .append('\n');
            }
        }
        reporter.publishEntry(bugs.size() + " wrong rules, and what noticed each", table.toString());
        assertEquals("", missed.toString());
        assertTrue(bugs.size() >= ASKED_FOR);
        assertEquals(EnumSet.allOf(Kind.class), bugs.stream().map(RuleBug::kind).collect(Collectors.toSet()));
    }

    /** A rule with something detached is right to first order; a wrong one is wrong there already. */
    private static Set<Check> expected(RuleBug bug) {
        return bug.kind() == Kind.DETACHED
                ? EnumSet.of(Check.DIFFERENCES_SECOND, Check.HYPER_DUAL_SECOND)
                : EnumSet.of(Check.DIFFERENCES_FIRST, Check.HYPER_DUAL_FIRST);
    }

    private static Set<Check> alarms(RuleBug bug, OpCase c) {
        Set<Check> alarms = EnumSet.noneOf(Check.class);
        GradReport differences = GradCheck.standard(Rng.of(7)).check(c.function(), c.at());
        for (GradReport.Line line : differences.lines()) {
            if (!line.ok()) {
                alarms.add(line.what().startsWith("dL/dx") ? Check.DIFFERENCES_FIRST : Check.DIFFERENCES_SECOND);
            }
        }
        OracleReport oracle = HyperDualOracle.standard(Rng.of(7)).check(c.function(), c.at());
        assertEquals(List.of(), oracle.kinks());
        for (OracleReport.Line line : oracle.lines()) {
            if (!line.ok()) {
                alarms.add(line.what().startsWith("dL/dx") ? Check.HYPER_DUAL_FIRST : Check.HYPER_DUAL_SECOND);
            }
        }
        for (List<Integer> group : Linearity.of(bug.op(), c.operands().size())) {
            if (Derivatives.adjointDiffers(c, group).isPresent()) {
                alarms.add(Check.ADJOINT_IDENTITY);
            }
        }
        if (Derivatives.hessianIsAsymmetric(c).isPresent()) {
            alarms.add(Check.HESSIAN_SYMMETRY);
        }
        return alarms;
    }

    private static Set<Check> intersection(Set<Check> a, Set<Check> b) {
        return a.stream().filter(b::contains).collect(Collectors.toSet());
    }

    private static String words(Set<Check> checks) {
        return checks.stream()
                .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }
}
