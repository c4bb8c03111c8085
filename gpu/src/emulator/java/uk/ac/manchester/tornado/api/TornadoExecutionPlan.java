package uk.ac.manchester.tornado.api;

import java.util.IdentityHashMap;
import java.util.Map;
import org.einthoven.gpu.emulator.EmulatorFault;
import org.einthoven.gpu.emulator.Launch;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Emulates the class of this name: a task graph with device memory of its own. */
public class TornadoExecutionPlan implements AutoCloseable {
    private static long bytesIn;
    private static long bytesOut;
    private static boolean kernelsFailToCompile;

    private final ImmutableTaskGraph graph;
    private final Map<TornadoNativeArray, Object> memory = new IdentityHashMap<>();
    private GridScheduler grids = new GridScheduler();
    private boolean executed;

    public TornadoExecutionPlan(ImmutableTaskGraph graph) {
        this.graph = graph;
    }

    public static TornadoDevice getDevice(int driver, int device) {
        return new TornadoDevice() {
            @Override
            public String getDescription() {
                return "emulator";
            }

            @Override
            public String getPlatformName() {
                return "plain Java";
            }

            @Override
            public TornadoDeviceType getDeviceType() {
                return TornadoDeviceType.CPU;
            }

            @Override
            public long getMaxGlobalMemory() {
                return 1L << 30;
            }
        };
    }

    /** Bytes that crossed to the device and back so far, over all plans: what a transfer log has to agree with. */
    public static long[] transferred() {
        return new long[] {bytesIn, bytesOut};
    }

    /** From now on no kernel compiles, as on a device that lacks a feature. */
    public static void failToCompile(boolean fail) {
        kernelsFailToCompile = fail;
    }

    static void count(long in, long out) {
        bytesIn += in;
        bytesOut += out;
    }

    public TornadoExecutionPlan withGridScheduler(GridScheduler scheduler) {
        grids = scheduler;
        return this;
    }

    public TornadoExecutionResult execute() {
        if (kernelsFailToCompile) {
            return bailOut();
        }
        for (TaskGraph.Transfer t : graph.in()) {
            Object there = memory.computeIfAbsent(t.array(), TornadoNativeArray::allocate);
            if (t.mode() == DataTransferMode.EVERY_EXECUTION || !executed) {
                t.array().upload(there);
                count(t.array().getNumBytesOfSegment(), 0);
            }
        }
        for (TaskGraph.Step step : graph.steps()) {
            String task = graph.name() + "." + step.id();
            WorkerGrid grid = grids.get(task);
            if (grid == null) {
                throw new EmulatorFault("task " + task + " has no grid");
            }
            for (TornadoNativeArray a : step.arrays()) {
                a.bind(memory.computeIfAbsent(a, TornadoNativeArray::allocate));
                a.forgetTouches();
            }
            Launch.run(task, grid.getGlobalWork(), grid.getLocalWork(), step.kernel());
        }
        TornadoExecutionResult result = new TornadoExecutionResult(memory);
        for (TaskGraph.Transfer t : graph.out()) {
            if (t.mode() == DataTransferMode.EVERY_EXECUTION) {
                result.transferToHost(t.array());
            }
        }
        executed = true;
        return result;
    }

    /** As the real one: unless told otherwise, each kernel runs once as plain Java on the host's arrays. */
    private TornadoExecutionResult bailOut() {
        if (!Boolean.parseBoolean(System.getProperty("tornado.recover.bailout", "true"))) {
            throw new TornadoBailoutRuntimeException("unable to compile the tasks of " + graph.name());
        }
        graph.steps().forEach(s -> s.kernel().accept(new KernelContext()));
        return new TornadoExecutionResult(memory);
    }

    public TornadoExecutionPlan freeDeviceMemory() {
        memory.clear();
        return this;
    }

    @Override
    public void close() throws TornadoExecutionPlanException {
        memory.clear();
    }
}
