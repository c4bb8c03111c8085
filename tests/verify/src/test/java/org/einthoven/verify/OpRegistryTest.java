package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OpRegistryTest {
    static List<OpCase> cases() {
        return OpRegistry.cases();
    }

    @Test
    void everyOpHasACase() {
        assertEquals(Set.of(), OpRegistry.missing(), "ops without a case: add one in OpCases");
    }

    @Test
    void namesAreUnique() {
        List<String> names = cases().stream().map(OpCase::name).toList();
        Set<String> met = new HashSet<>();
        assertEquals(List.of(), names.stream().filter(n -> !met.add(n)).toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyStridesGiveTheSameBits(OpCase c) {
        TensorLaws.anyStridesGiveTheSameBits(c::apply, c.operands());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void repeats(OpCase c) {
        TensorLaws.repeats(c::apply, c.operands());
    }
}
