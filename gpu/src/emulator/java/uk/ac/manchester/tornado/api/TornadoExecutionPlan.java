package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.gpu.emulator.EmulatorFault;
import org.einthoven.gpu.emulator.Launch;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Emulates the class of this name: task graphs, each with device memory of its own. */
public class TornadoExecutionPlan implements AutoCloseable {
    private static long bytesIn;
    private static long bytesOut;
    private static boolean kernelsFailToCompile;
    private static boolean outOfMemory;
    private static TornadoVMBackendType backendType = TornadoVMBackendType.OPENCL;
    private static boolean replaysOldOperands;
    private static long replays;

    private final List<ImmutableTaskGraph> graphs;
    private final List<Map<TornadoNativeArray, Object>> memories = new ArrayList<>();
    private final Set<Integer> executed = new HashSet<>();
    private GridScheduler grids = new GridScheduler();
    private int current;
    private int last = -1;
    private final Set<Integer> recorded = new HashSet<>();

    public TornadoExecutionPlan(ImmutableTaskGraph... graphs) {
        this.graphs = List.of(graphs);
        this.graphs.forEach(g -> memories.add(new IdentityHashMap<>()));
    }

    /** From now on this graph is the one that executes. */
    public TornadoExecutionPlan withGraph(int graph) {
        current = graph;
        return this;
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
            public TornadoVMBackendType getTornadoVMBackend() {
                return backendType;
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

    /** From now on the device has less memory than TornadoVM was told. */
    public static void runOutOfMemory(boolean out) {
        outOfMemory = out;
    }

    /** From now on devices say that they are of this backend. */
    public static void backend(TornadoVMBackendType type) {
        backendType = type;
    }

    /** From now on a replay of a CUDA graph computes with the operands of its recording. */
    public static void replayOldOperands(boolean old) {
        replaysOldOperands = old;
    }

    /** Replays of CUDA graphs so far, over all plans. */
    public static long replays() {
        return replays;
    }

    /** As the real one on CUDA: the first execution of the chosen graph is recorded, the others replay it. */
    public TornadoExecutionPlan withCUDAGraph() {
        recorded.add(current);
        return this;
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
        if (outOfMemory) {
            throw new TornadoOutOfMemoryException(
                    "unable to allocate the arrays of " + graphs.get(current).name());
        }
        ImmutableTaskGraph graph = graphs.get(current);
        Map<TornadoNativeArray, Object> memory = memories.get(current);
        consume(graph, memory);
        replays += recorded.contains(current) && executed.contains(current) ? 1 : 0;
        for (TaskGraph.Transfer t : graph.in()) {
            Object there = memory.computeIfAbsent(t.array(), TornadoNativeArray::allocate);
            boolean old = recorded.contains(current) && replaysOldOperands;
            if (t.mode() == DataTransferMode.EVERY_EXECUTION && !old || !executed.contains(current)) {
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
        executed.add(current);
        last = current;
        return result;
    }

    /** As the real one: buffers pass from the graph that ran last; one that runs again has them already. */
    private void consume(ImmutableTaskGraph graph, Map<TornadoNativeArray, Object> memory) {
        if (last == current) {
            return;
        }
        for (TaskGraph.Consumed c : graph.consumed()) {
            if (last < 0
                    || !graphs.get(last).name().equals(c.source())
                    || !graphs.get(last).persisted().contains(c.array())) {
                throw new EmulatorFault("graph " + graph.name() + " finds no " + c.array() + " of graph " + c.source()
                        + " on the device: that did not run just before, or does not persist it");
            }
            memory.put(c.array(), memories.get(last).get(c.array()));
        }
    }

    /** As the real one: unless told otherwise, each kernel runs once as plain Java on the host's arrays. */
    private TornadoExecutionResult bailOut() {
        ImmutableTaskGraph graph = graphs.get(current);
        if (!Boolean.parseBoolean(System.getProperty("tornado.recover.bailout", "true"))) {
            throw new TornadoBailoutRuntimeException("unable to compile the tasks of " + graph.name());
        }
        graph.steps().forEach(s -> s.kernel().accept(new KernelContext()));
        return new TornadoExecutionResult(memories.get(current));
    }

    public TornadoExecutionPlan freeDeviceMemory() {
        memories.forEach(Map::clear);
        return this;
    }

    @Override
    public void close() throws TornadoExecutionPlanException {
        memories.forEach(Map::clear);
    }
}
