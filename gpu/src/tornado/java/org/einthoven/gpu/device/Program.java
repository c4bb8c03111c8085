package org.einthoven.gpu.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.einthoven.tensor.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A graph for one op at one shape, with the arrays through which operands and the result cross. */
record Program(Graph graph, List<FloatArray> operands, FloatArray result) implements AutoCloseable {
    /** Operands in order, each with the elements of its array. */
    float[] run(List<Tensor> x) {
        for (int i = 0; i < operands.size(); i++) {
            float[] values = x.get(i).toFloats();
            MemorySegment there = operands.get(i).getSegment();
            MemorySegment.copy(values, 0, there, ValueLayout.JAVA_FLOAT, 0, values.length);
        }
        graph.run();
        float[] y = new float[result.getSize()];
        MemorySegment.copy(result.getSegment(), ValueLayout.JAVA_FLOAT, 0, y, 0, y.length);
        return y;
    }

    @Override
    public void close() {
        graph.close();
    }
}
