package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

class ParamsTest {
    private static Tensor t(float x) {
        return Tensor.of(new float[] {x}, 1);
    }

    private static final Params P = Params.of(Map.of("b.w", t(1), "a", t(2), "b.v", t(3)));

    @Test
    void numbersInPathsCountAsNumbers() {
        Params p = Params.of(Map.of("vars.10", t(0), "vars.2", t(0), "vars.1", t(0), "a.007.x", t(0), "a.8.x", t(0)));
        assertEquals(List.of("a.007.x", "a.8.x", "vars.1", "vars.2", "vars.10"), p.paths());
    }

    @Test
    void orderIsTotalEvenForPathsThatCountTheSame() {
        Params p = Params.of(Map.of("x.1", t(0), "x.01", t(0), "x.1.a", t(0), "x", t(0)));
        assertEquals(List.of("x", "x.01", "x.1", "x.1.a"), p.paths());
    }

    @Test
    void inAndUnderAreInverse() {
        assertEquals(P.paths(), P.under("net").in("net").paths());
        assertSame(P.get("a"), P.under("net").in("net").get("a"));
        assertEquals(List.of("v", "w"), P.in("b").paths());
        assertEquals(List.of(), P.in("c").paths());
        assertEquals(List.of(), Params.of("bc.w", t(1)).in("b").paths(), "a prefix ends at a dot");
    }

    @Test
    void mapAndZipKeepPathsAndOrder() {
        assertSame(P.get("b.v"), P.map(x -> x).get("b.v"));
        Params sum = P.zip(P, Tensor::add);
        assertEquals(P.paths(), sum.paths());
        assertArrayEquals(new float[] {4}, sum.get("a").toFloats());
        assertEquals(3, P.count());
        assertEquals(DType.F64, P.cast(DType.F64).get("a").dtype());
    }

    @Test
    void zipWantsIdenticalPathsAndNamesTheDifference() {
        assertEquals(
                "parameters differ: only left [b.v, b.w], only right [c]",
                message(() -> P.zip(Params.of(Map.of("a", t(1), "c", t(1))), Tensor::add)));
    }

    @Test
    void andWantsDifferentPaths() {
        assertEquals(
                List.of("a", "b.v", "b.w", "c"), P.and(Params.of("c", t(1))).paths());
        assertEquals("parameter 'a' is on both sides", message(() -> P.and(Params.of("a", t(1)))));
    }

    @Test
    void withReplacesAndLeavesTheOldOneAlone() {
        Params q = P.with("a", t(9));
        assertArrayEquals(new float[] {9}, q.get("a").toFloats());
        assertArrayEquals(new float[] {2}, P.get("a").toFloats());
        assertSame(P.get("b.w"), q.get("b.w"));
    }

    @Test
    void aMissingPathNamesWhatThereIs() {
        assertEquals("no parameter 'w'; there are [a, b.v, b.w]", message(() -> P.get("w")));
    }

    @Test
    void viewsCannotBeWritten() {
        assertThrows(UnsupportedOperationException.class, () -> P.paths().set(0, "z"));
        assertThrows(UnsupportedOperationException.class, () -> P.tensors().set(0, t(0)));
    }

    @Test
    void detachMakesConstants() {
        Params tracked = P.map(Tensor::track);
        assertTrue(tracked.get("a").isTracked());
        assertTrue(tracked.detach().tensors().stream().noneMatch(Tensor::isTracked));
    }

    private static String message(org.junit.jupiter.api.function.Executable e) {
        return assertThrows(TensorException.class, e).getMessage();
    }
}
