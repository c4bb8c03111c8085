package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.ofSum;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.random.RandomGenerator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ConvolutionTest {
    /** All three maps of one convolution. */
    private static void all(
            int batch,
            int channels,
            int time,
            int outputs,
            int taps,
            int stride,
            int padding,
            int dilation,
            int groups) {
        Op.Conv1d forward = new Op.Conv1d(stride, padding, dilation, groups);
        Tensor x = normal(batch, channels, time);
        Tensor w = normal(outputs, channels / groups, taps);
        Tensor y = normal(batch, outputs, Shapes.convTime(time, taps, forward));
        Op inputGrad = new Op.Conv1dInputGrad(stride, padding, dilation, groups, time);
        Op weightGrad = new Op.Conv1dWeightGrad(stride, padding, dilation, groups, taps);
        agree(ofSum(channels / groups * taps), forward, x, w);
        agree(ofSum(outputs / groups * taps), inputGrad, y, w);
        agree(ofSum(batch * time), weightGrad, x, y);
        sameBits(forward, x, w);
        sameBits(inputGrad, y, w);
        sameBits(weightGrad, x, y);
    }

    @RepeatedTest(30)
    void anyGeometry(RepetitionInfo n) {
        RandomGenerator r = Rng.of(11).split(n.getCurrentRepetition()).stream();
        int groups = 1 + r.nextInt(3);
        int taps = 1 + r.nextInt(n.getCurrentRepetition() % 2 == 0 ? 4 : 20);
        int dilation = 1 + r.nextInt(2);
        int padding = r.nextInt(4);
        int time = dilation * (taps - 1) + 1 + r.nextInt(80);
        all(
                1 + r.nextInt(3),
                groups * (1 + r.nextInt(4)),
                time,
                groups * (1 + r.nextInt(20)),
                taps,
                1 + r.nextInt(3),
                padding,
                dilation,
                groups);
    }

    @Test
    void kernelEqualsStride() {
        all(2, 12, 100, 40, 2, 2, 0, 1, 1);
    }

    @Test
    void moreThanOneBlockOfRows() {
        all(1, 60, 70, 20, 20, 1, 10, 1, 1);
        all(1, 600, 30, 20, 2, 2, 0, 1, 1);
    }

    @Test
    void depthwise() {
        all(2, 6, 50, 6, 5, 1, 2, 1, 6);
    }

    @Test
    void emptyBatch() {
        agree(0, new Op.Conv1d(1, 0, 1, 1), Tensor.of(new float[0], 0, 3, 9), normal(4, 3, 2));
        agree(
                0,
                new Op.Conv1dWeightGrad(1, 0, 1, 1, 2),
                Tensor.of(new float[0], 0, 3, 9),
                Tensor.of(new float[0], 0, 4, 8));
    }

    /** Steps that no window covers have no gradient. */
    @Test
    void uncoveredStepsAreZero() {
        Op op = new Op.Conv1dInputGrad(3, 0, 1, 1, 7);
        agree(1e-6, op, normal(1, 2, 2), normal(2, 3, 2));
        Tensor ones = Tensor.ones(DType.F32, 1, 1, 2);
        Tensor g = Agreement.simd(op, ones, ones);
        assertEquals(Shape.of(1, 1, 7), g.shape());
        assertArrayEquals(new float[] {1, 1, 0, 1, 1, 0, 0}, g.toFloats());
    }
}
