package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TensorTextTest {
    @Test
    void scalarsAndVectors() {
        assertEquals("1.5000 F32 []", Tensor.scalar(1.5f).toString());
        assertEquals(
                "[ 1.0000 -2.2500] F32 [2]",
                Tensor.of(new float[] {1, -2.25f}, 2).toString());
        assertEquals("[0 1 2] I32 [3]", Tensor.arange(3).toString());
        assertEquals(
                "[ true false] BOOL [2]",
                Tensor.of(new boolean[] {true, false}, 2).toString());
        assertEquals("[] F32 [0, 3]", Tensor.zeros(DType.F32, 0, 3).toString());
    }

    @Test
    void matricesAlign() {
        assertEquals(
                "[[  1.0000  20.0000]\n [300.0000   4.0000]] F32 [2, 2]",
                Tensor.of(new float[] {1, 20, 300, 4}, 2, 2).toString());
        assertEquals(
                "[[[1.0000]]\n\n [[2.0000]]] F32 [2, 1, 1]",
                Tensor.of(new float[] {1, 2}, 2, 1, 1).toString());
    }

    @Test
    void viewsPrintWhatTheyShow() {
        Tensor t = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2);
        assertEquals("[[1 3]\n [2 4]] I32 [2, 2]", t.t().toString());
    }

    @Test
    void specialNumbers() {
        float[] v = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-5f, 1e7f};
        assertEquals(
                "[       nan        inf       -inf 1.0000e-05 1.0000e+07] F32 [5]",
                Tensor.of(v, 5).toString());
    }

    @Test
    void longAxesAreCut() {
        String s = Tensor.arange(2000).toString();
        assertEquals("[   0    1    2 ... 1997 1998 1999] I32 [2000]", s);
        assertTrue(Tensor.arange(1000).toString().contains("500"));
    }

    @Test
    void trackedSaysSo() {
        assertEquals("2.0000 F32 [] tracked", Tensor.scalar(2).track().toString());
    }
}
