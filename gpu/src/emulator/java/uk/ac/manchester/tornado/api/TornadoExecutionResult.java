package uk.ac.manchester.tornado.api;

import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Emulates the class of this name: brings results to the host when asked. */
public class TornadoExecutionResult {
    private final Map<TornadoNativeArray, Object> memory;

    TornadoExecutionResult(Map<TornadoNativeArray, Object> memory) {
        this.memory = memory;
    }

    public TornadoExecutionResult transferToHost(Object... arrays) {
        for (Object a : arrays) {
            TornadoNativeArray array = (TornadoNativeArray) a;
            array.download(memory.get(array));
            TornadoExecutionPlan.count(0, array.getNumBytesOfSegment());
        }
        return this;
    }
}
