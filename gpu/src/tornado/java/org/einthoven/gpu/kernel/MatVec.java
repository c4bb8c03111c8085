package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * y[r, o] = sum over i of x[r, i] w[o, i] for weights [outputs, inputs] as a language model's file stores them, and the
 * transpose x[r, i] = sum over o of y[r, o] w[o, i], by which gradients pass. For few rows r: every row reads all weights,
 * 4, 2 or 1.125 bytes for 2 operations, so the memory's speed bounds it; {@link WeightGemm} is for many. Grid forward:
 * (outputs, rows) groups of {@link Group#ITEMS}; transposed: (inputs, rows) items. {@code shape} is {inputs, outputs, adds}:
 * when adds is 1, a product forward is added to what y holds, as a residual stream is added to.
 */
public final class MatVec {
    /** Weights that share a scale in Q8_0. */
    public static final int BLOCK = 32;

    /** Blocks that a work-item passes over from one of its weights to the next. */
    private static final int BLOCKS_A_STEP = Group.ITEMS / BLOCK;

    private MatVec() {}

    /** Weights of F32: 4 bytes each. */
    public static void f32(KernelContext c, FloatArray w, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int row = c.groupIdx * inputs;
        float sum = 0f;
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            sum += w.get(row + i) * x.get(c.groupIdy * inputs + i);
        }
        float total = Group.sum(c, sum);
        if (c.localIdx == 0) {
            int at = c.groupIdy * outputs + c.groupIdx;
            y.set(at, total + (shape.get(2) == 1 ? y.get(at) : 0f));
        }
    }

    /** Weights as the bits of F16: 2 bytes each. */
    public static void f16(KernelContext c, ShortArray w, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int row = c.groupIdx * inputs;
        float sum = 0f;
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            sum += half(w.get(row + i)) * x.get(c.groupIdy * inputs + i);
        }
        float total = Group.sum(c, sum);
        if (c.localIdx == 0) {
            int at = c.groupIdy * outputs + c.groupIdx;
            y.set(at, total + (shape.get(2) == 1 ? y.get(at) : 0f));
        }
    }

    /** Weights of Q8_0 with the bytes and the scales apart: 1.125 bytes each. {@code inputs} is a multiple of 32. */
    public static void q8(KernelContext c, ByteArray w, FloatArray scale, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int row = c.groupIdx * inputs;
        float sum = 0f;
        int block = (row + c.localIdx) / BLOCK;
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            sum += w.get(row + i) * scale.get(block) * x.get(c.groupIdy * inputs + i);
            block += BLOCKS_A_STEP;
        }
        float total = Group.sum(c, sum);
        if (c.localIdx == 0) {
            int at = c.groupIdy * outputs + c.groupIdx;
            y.set(at, total + (shape.get(2) == 1 ? y.get(at) : 0f));
        }
    }

    /** As {@link #f32}, transposed. */
    public static void f32Transposed(KernelContext c, FloatArray w, FloatArray y, FloatArray x, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int i = c.globalIdx;
        int row = c.globalIdy;
        if (i < inputs) {
            float sum = 0f;
            for (int o = 0; o < outputs; o++) {
                sum += w.get(o * inputs + i) * y.get(row * outputs + o);
            }
            x.set(row * inputs + i, sum);
        }
    }

    /** As {@link #f16}, transposed. */
    public static void f16Transposed(KernelContext c, ShortArray w, FloatArray y, FloatArray x, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int i = c.globalIdx;
        int row = c.globalIdy;
        if (i < inputs) {
            float sum = 0f;
            for (int o = 0; o < outputs; o++) {
                sum += half(w.get(o * inputs + i)) * y.get(row * outputs + o);
            }
            x.set(row * inputs + i, sum);
        }
    }

    /** As {@link #q8}, transposed. */
    public static void q8Transposed(
            KernelContext c, ByteArray w, FloatArray scale, FloatArray y, FloatArray x, IntArray shape) {
        int inputs = shape.get(0);
        int outputs = shape.get(1);
        int i = c.globalIdx;
        int row = c.globalIdy;
        if (i < inputs) {
            float sum = 0f;
            int block = i / BLOCK;
            for (int o = 0; o < outputs; o++) {
                sum += w.get(o * inputs + i) * scale.get(block) * y.get(row * outputs + o);
                block += inputs / BLOCK;
            }
            x.set(row * inputs + i, sum);
        }
    }

    /**
     * silu(gate x) * (up x), the first half of a gated feed-forward block (Shazeer, arXiv 2002.05202), for weights of F32
     * [2 F, inputs] with the rows of gate above those of up: x is read once for both and neither product is written.
     * {@code shape} is {inputs, F}; {@link FeedForward} is for many rows.
     */
    public static void gatedF32(KernelContext c, FloatArray w, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int features = shape.get(1);
        int gateRow = c.groupIdx * inputs;
        int upRow = (c.groupIdx + features) * inputs;
        float gate = 0f;
        float up = 0f;
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            float v = x.get(c.groupIdy * inputs + i);
            gate += w.get(gateRow + i) * v;
            up += w.get(upRow + i) * v;
        }
        float gateSum = Group.sum(c, gate);
        float upSum = Group.sum(c, up);
        if (c.localIdx == 0) {
            y.set(c.groupIdy * features + c.groupIdx, Activation.silu(gateSum) * upSum);
        }
    }

    /** As {@link #gatedF32} for the bits of F16. */
    public static void gatedF16(KernelContext c, ShortArray w, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int features = shape.get(1);
        int gateRow = c.groupIdx * inputs;
        int upRow = (c.groupIdx + features) * inputs;
        float gate = 0f;
        float up = 0f;
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            float v = x.get(c.groupIdy * inputs + i);
            gate += half(w.get(gateRow + i)) * v;
            up += half(w.get(upRow + i)) * v;
        }
        float gateSum = Group.sum(c, gate);
        float upSum = Group.sum(c, up);
        if (c.localIdx == 0) {
            y.set(c.groupIdy * features + c.groupIdx, Activation.silu(gateSum) * upSum);
        }
    }

    /** As {@link #gatedF32} for Q8_0. */
    public static void gatedQ8(
            KernelContext c, ByteArray w, FloatArray scale, FloatArray x, FloatArray y, IntArray shape) {
        int inputs = shape.get(0);
        int features = shape.get(1);
        int gateRow = c.groupIdx * inputs;
        int upRow = (c.groupIdx + features) * inputs;
        float gate = 0f;
        float up = 0f;
        int block = (gateRow + c.localIdx) / BLOCK;
        int further = features * inputs / BLOCK; // from a block of gate to that of up
        for (int i = c.localIdx; i < inputs; i += Group.ITEMS) {
            float v = x.get(c.groupIdy * inputs + i);
            gate += w.get(gateRow + i) * scale.get(block) * v;
            up += w.get(upRow + i) * scale.get(block + further) * v;
            block += BLOCKS_A_STEP;
        }
        float gateSum = Group.sum(c, gate);
        float upSum = Group.sum(c, up);
        if (c.localIdx == 0) {
            y.set(c.groupIdy * features + c.groupIdx, Activation.silu(gateSum) * upSum);
        }
    }

    /**
     * The value of F16 bits (IEEE 754 binary16) by integer arithmetic, exact for every finite one:
     * {@code Float.float16ToFloat} compiles on a device and is wrong there.
     */
    static float half(short bits) {
        int exponent = (bits >> 10) & 31;
        int normal = TornadoMath.min(exponent, 1); // 0 for what is smaller than the smallest with a leading 1
        int fraction = (bits & 1023) + (normal << 10);
        int sign = bits < 0 ? -1 : 1;
        // The power of two as an integer of at most 31 bits, which 2^-25 brings into place; a branch would keep loads
        // apart.
        float size = (float) (sign * (1 << (exponent + 1 - normal))) * 2.9802322e-8f;
        return fraction * size;
    }
}
