package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShapeTest {
    private static void message(String want, Executable e) {
        assertEquals(want, assertThrows(ShapeException.class, e).getMessage());
    }

    @Test
    void sizesAndAxes() {
        Shape s = Shape.of(2, 3, 4);
        assertEquals(24, s.size());
        assertEquals(4, s.dim(-1));
        assertEquals(2, s.axis("sum", -1));
        assertEquals(1, Shape.SCALAR.size());
        assertEquals(0, Shape.of(5, 0, 7).size());
        assertEquals(Shape.of(2, 4), s.without(1));
        assertEquals(Shape.of(2, 9, 4), s.with(-2, 9));
        assertEquals("[2, 3, 4]", s.toString());
        assertArrayEquals(new int[] {1, 2, 3}, s.index(23));
        assertArrayEquals(new int[] {0, 1, 2}, s.index(6));
        assertArrayEquals(new int[] {}, Shape.SCALAR.index(0));
        int[] dims = s.toArray();
        dims[0] = 99;
        assertEquals(2, s.dim(0));
    }

    @Test
    void broadcasting() {
        assertEquals(Shape.of(2, 3, 4), Shape.broadcast("add", Shape.of(2, 1, 4), Shape.of(3, 1)));
        assertEquals(Shape.of(0, 3), Shape.broadcast("add", Shape.of(0, 3), Shape.of(1, 3)));
        assertEquals(Shape.of(5), Shape.broadcast("add", Shape.SCALAR, Shape.of(5)));
        assertTrue(Shape.of(3, 1).broadcastsTo(Shape.of(2, 3, 4)));
        assertFalse(Shape.of(2, 3, 4).broadcastsTo(Shape.of(3, 4)));
        assertFalse(Shape.of(2).broadcastsTo(Shape.of(3)));
    }

    @Test
    void errorsNameShapesAndAxes() {
        message("shape [2, -1]: a size is negative; sizes are 0 or more", () -> Shape.of(2, -1));
        message("sum: axis 3 is out of range for [2, 3] of rank 2", () -> Shape.of(2, 3)
                .axis("sum", 3));
        message(
                "add: [2, 3] and [2, 4] do not broadcast: axis -1 has 3 and 4; sizes must be equal or 1",
                () -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2, 4)));
        message(
                "add: [5, 2, 3] and [4, 1, 3] do not broadcast: axis -3 has 5 and 4; sizes must be equal or 1",
                () -> Shape.broadcast("add", Shape.of(5, 2, 3), Shape.of(4, 1, 3)));
        int big = Integer.MAX_VALUE;
        message("shape [2147483647, 2147483647, 2147483647]: more than 2^63 elements", () -> Shape.of(big, big, big));
        assertTrue(assertThrows(ShapeException.class, () -> Shape.of(big, 2).intSize("zeros"))
                .getMessage()
                .startsWith("zeros: [2147483647, 2] has 4294967294 elements"));
    }

    /** A zero among huge sizes is still empty, not an overflow. */
    @Test
    void emptyNeverOverflows() {
        assertEquals(
                0,
                Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0)
                        .size());
    }
}
