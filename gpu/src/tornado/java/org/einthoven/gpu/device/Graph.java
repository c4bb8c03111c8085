package org.einthoven.gpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.einthoven.tensor.TensorException;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A task graph with its grids and memory: kernels in order, what they read and write. It is compiled when it first runs (0.3
 * to 1.5 s) and costs 0.2 to 0.4 ms each time, so a graph is a block of work, never one elementwise operation.
 *
 * <pre>{@code
 * Graph g = new Graph("double", log, memory);
 * g.resident(w, shape).reads(x).groups("product", outputs, rows, 1, Group.ITEMS, 1);
 * g.tasks().task("product", MatVec::f32, new KernelContext(), w, x, y, shape);
 * g.writes(y).run();
 * }</pre>
 */
public final class Graph implements AutoCloseable {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final String kind;
    private final String name;
    private final TransferLog log;
    private final DeviceMemory memory;
    private final TaskGraph tasks;
    private final GridScheduler grids = new GridScheduler();
    private final List<TornadoNativeArray> resident = new ArrayList<>();
    private final List<TornadoNativeArray> read = new ArrayList<>();
    private final List<TornadoNativeArray> written = new ArrayList<>();
    private final List<TornadoNativeArray> kept = new ArrayList<>();
    private TornadoExecutionPlan plan;
    private boolean ran;

    /** {@code kind} is what the log counts it under. */
    public Graph(String kind, TransferLog log, DeviceMemory memory) {
        this.kind = kind;
        this.name = kind + NUMBER.incrementAndGet(); // two graphs of one name share compiled code
        this.log = log;
        this.memory = memory;
        this.tasks = new TaskGraph(name);
    }

    /** Constants: cross to the device before the first run, and stay. */
    public Graph resident(TornadoNativeArray... arrays) {
        resident.addAll(List.of(arrays));
        tasks.transferToDevice(DataTransferMode.FIRST_EXECUTION, (Object[]) arrays);
        return this;
    }

    /** State that kernels write and later runs read: starts as the host has it, then never crosses by itself. */
    public Graph state(TornadoNativeArray... arrays) {
        return resident(arrays);
    }

    /** Operands: cross before every run. */
    public Graph reads(TornadoNativeArray... arrays) {
        read.addAll(List.of(arrays));
        tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, (Object[]) arrays);
        return this;
    }

    /** Memory that only kernels see. */
    public Graph scratch(TornadoNativeArray... arrays) {
        kept.addAll(List.of(arrays));
        return this;
    }

    /** Results: cross to the host after every run. */
    public Graph writes(TornadoNativeArray... arrays) {
        written.addAll(List.of(arrays));
        tasks.transferToHost(DataTransferMode.EVERY_EXECUTION, (Object[]) arrays);
        return this;
    }

    /** The grid of a task: groups along x, y, z, each of {@code itemsX * itemsY} work-items. */
    public Graph groups(String task, int x, int y, int z, int itemsX, int itemsY) {
        WorkerGrid3D grid = new WorkerGrid3D(x * itemsX, y * itemsY, z);
        grid.setLocalWork(itemsX, itemsY, 1);
        grids.addWorkerGrid(name + "." + task, grid);
        return this;
    }

    /** The grid of a task of at least {@code x} by {@code y} by {@code z} items in groups of 64 along x. */
    public Graph items(String task, int x, int y, int z) {
        return groups(task, (x + 63) / 64, y, z, 64, 1);
    }

    /** For adding kernels. */
    public TaskGraph tasks() {
        return tasks;
    }

    /** Bytes of all arrays on the device. */
    public long bytes() {
        long n = 0;
        for (List<TornadoNativeArray> l : List.of(resident, read, written, kept)) {
            for (TornadoNativeArray a : l) {
                n += a.getNumBytesOfSegmentWithHeader();
            }
        }
        return n;
    }

    /**
     * Runs all tasks and waits for them.
     *
     * @throws TensorException when the device's memory does not suffice, asked before anything crosses; or when a kernel does
     *     not compile on this device
     */
    public void run() {
        if (plan == null) {
            memory.take(bytes(), "graph " + kind);
            plan = new TornadoExecutionPlan(tasks.snapshot()).withGridScheduler(grids);
        }
        try {
            plan.execute();
        } catch (TornadoBailoutRuntimeException e) {
            throw new TensorException("graph " + kind + ": a kernel does not compile on this device (" + line(e)
                    + "); please report it with the device's name, and use --backend simd");
        } catch (TornadoOutOfMemoryException e) {
            throw new TensorException("graph " + kind + ": the device is out of memory (" + line(e)
                    + "); set -Dtornado.device.memory to what it has, or take a smaller model or batch");
        }
        log.ran(kind, ran ? 0 : bytes(resident), bytes(read), bytes(written));
        ran = true;
    }

    private static String line(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceAll("\u001B\\[[0-9;]*m", "");
    }

    private static long bytes(List<TornadoNativeArray> arrays) {
        return arrays.stream()
                .mapToLong(TornadoNativeArray::getNumBytesOfSegment)
                .sum();
    }

    /** Frees the memory on the device. */
    @Override
    public void close() {
        if (plan == null) {
            return;
        }
        try {
            plan.freeDeviceMemory();
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new TensorException("graph " + kind + ": the device's memory was not freed: " + e.getMessage());
        }
        plan = null;
        ran = false;
        memory.give(bytes());
    }
}
