package org.einthoven.gpu.device;

import org.einthoven.gpu.kernel.Group;
import org.einthoven.gpu.kernel.MatVec;
import org.einthoven.gpu.kernel.WeightGemm;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** A frozen linear map as a task of a graph: which kernel for which weights and how many rows. */
final class LinearMap {
    /** From as many rows on, weights are read once for a tile of rows; fewer read them once a row. */
    static final int MANY_ROWS = 8;

    private LinearMap() {}

    /**
     * As kernels take it, of w [outputs, inputs].
     *
     * @param adds whether the product is added to what the result holds
     */
    static IntArray shape(int inputs, int outputs, boolean adds, boolean transposed) {
        return IntArray.fromArray(new int[] {inputs, outputs, adds ? 1 : 0, transposed ? 1 : 0});
    }

    /** Numbers in a row of the operand. */
    static int operandWidth(IntArray shape) {
        return shape.get(shape.get(3));
    }

    /** Numbers in a row of the result. */
    static int resultWidth(IntArray shape) {
        return shape.get(1 - shape.get(3));
    }

    /** For few rows. */
    static void rowByRow(Graph g, String task, DeviceWeights weight, FloatArray x, FloatArray y, IntArray shape) {
        int n = resultWidth(shape);
        g.groupsPerRow(task, shape.get(3) == 1 ? Math.ceilDiv(n, Group.ITEMS) : n, Group.ITEMS);
        product(g, task, weight, x, y, shape);
    }

    /** For one row, whatever the graph runs over. */
    static void oneRow(Graph g, String task, DeviceWeights weight, FloatArray x, FloatArray y, IntArray shape) {
        g.groups(task, shape.get(1), 1, 1, Group.ITEMS, 1);
        product(g, task, weight, x, y, shape);
    }

    private static void product(
            Graph g, String task, DeviceWeights weight, FloatArray x, FloatArray y, IntArray shape) {
        KernelContext c = new KernelContext();
        boolean transposed = shape.get(3) == 1;
        switch (weight) {
            case DeviceWeights.F32(var w)
            when transposed -> g.tasks().task(task, MatVec::f32Transposed, c, w, x, y, shape);
            case DeviceWeights.F32(var w) -> g.tasks().task(task, MatVec::f32, c, w, x, y, shape);
            case DeviceWeights.F16(var w)
            when transposed -> g.tasks().task(task, MatVec::f16Transposed, c, w, x, y, shape);
            case DeviceWeights.F16(var w) -> g.tasks().task(task, MatVec::f16, c, w, x, y, shape);
            case DeviceWeights.Q8(var w, var scales)
            when transposed -> g.tasks().task(task, MatVec::q8Transposed, c, w, scales, x, y, shape);
            case DeviceWeights.Q8(var w, var scales) -> g.tasks().task(task, MatVec::q8, c, w, scales, x, y, shape);
        }
    }

    /**
     * For many rows.
     *
     * @param call {any, rows}
     */
    static void tiled(
            Graph g, String task, DeviceWeights weight, FloatArray x, FloatArray y, IntArray call, IntArray shape) {
        KernelContext c = new KernelContext();
        g.tilesOfRows(task, resultWidth(shape));
        switch (weight) {
            case DeviceWeights.F32(var w) -> g.tasks().task(task, WeightGemm::f32, c, w, x, y, call, shape);
            case DeviceWeights.F16(var w) -> g.tasks().task(task, WeightGemm::f16, c, w, x, y, call, shape);
            case DeviceWeights.Q8(var w, var scales) ->
                g.tasks().task(task, WeightGemm::q8, c, w, scales, x, y, call, shape);
        }
    }
}
