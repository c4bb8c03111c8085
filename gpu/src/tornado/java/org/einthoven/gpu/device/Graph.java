package org.einthoven.gpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.einthoven.gpu.kernel.Gemm;
import org.einthoven.tensor.TensorException;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
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

    static {
        TornadoSettings.apply();
    }

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
    private final List<IntConsumer> rowGrids = new ArrayList<>();
    private final Graph first; // of the plan
    private final List<Graph> members = new ArrayList<>(); // of the plan, known to the first
    private Optional<TornadoExecutionPlan> plan = Optional.empty(); // of the first
    private Optional<TornadoExecutionResult> result = Optional.empty(); // of the last run
    private boolean replayed;
    private boolean ran;

    /** {@code kind} is what the log counts it under. */
    public Graph(String kind, TransferLog log, DeviceMemory memory) {
        this.kind = kind;
        this.name = named(kind);
        this.log = log;
        this.memory = memory;
        this.tasks = new TaskGraph(name);
        this.first = this;
        members.add(this);
    }

    private Graph(String kind, Graph first) {
        this.kind = kind;
        this.name = named(kind);
        this.log = first.log;
        this.memory = first.memory;
        this.tasks = new TaskGraph(name);
        this.first = first;
        first.members.add(this);
    }

    /** A name that kernels can bear; two graphs of one name would share compiled code. */
    private static String named(String kind) {
        return kind.replaceAll("\\W", "") + NUMBER.incrementAndGet();
    }

    /**
     * Another graph of the same plan, which {@link #finds} on the device what this one {@link #keeps} there: weights cross once
     * for both. It runs after this one, or after itself.
     */
    public Graph second(String kind) {
        return new Graph(kind, first);
    }

    /** Leaves arrays on the device for the other graph of the plan. Named after the tasks. */
    public Graph keeps(TornadoNativeArray... arrays) {
        tasks.persistOnDevice((Object[]) arrays);
        return this;
    }

    /** Takes over what the first graph of the plan keeps. Named before the tasks. */
    public Graph finds(TornadoNativeArray... arrays) {
        tasks.consumeFromDevice(first.name, (Object[]) arrays);
        return this;
    }

    /** Records the first run as a CUDA graph and replays it from then on: {@link Capabilities}. For grids that stay. */
    public Graph replayed() {
        replayed = true;
        return this;
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

    /** Results that cross to the host when {@link #fetch} asks for them. */
    public Graph offers(TornadoNativeArray... arrays) {
        kept.addAll(List.of(arrays));
        tasks.transferToHost(DataTransferMode.UNDER_DEMAND, (Object[]) arrays);
        return this;
    }

    /** Brings what the last run {@link #offers}. */
    public void fetch(TornadoNativeArray array) {
        result.orElseThrow().transferToHost(array);
        log.fetched(array.getNumBytesOfSegment());
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

    /** The grid of a task with a group of {@code items} for each row, of which {@link #over} says how many there are. */
    public Graph groupPerRow(String task, int items) {
        WorkerGrid3D grid = new WorkerGrid3D(items, 1, 1);
        grid.setLocalWork(items, 1, 1);
        grids.addWorkerGrid(name + "." + task, grid);
        rowGrids.add(rows -> grid.setGlobalWork((long) rows * items, 1, 1));
        return this;
    }

    /** The grid of a task with {@code x} groups of {@code items} for each row; rows lie along y. */
    public Graph groupsPerRow(String task, int x, int items) {
        WorkerGrid3D grid = new WorkerGrid3D(x * items, 1, 1);
        grid.setLocalWork(items, 1, 1);
        grids.addWorkerGrid(name + "." + task, grid);
        rowGrids.add(rows -> grid.setGlobalWork((long) x * items, rows, 1));
        return this;
    }

    /** The grid of a task with a group of {@link Gemm#ITEMS} squared for each tile of the rows and of {@code columns}. */
    public Graph tilesOfRows(String task, int columns) {
        int x = tiles(columns) * Gemm.ITEMS;
        WorkerGrid3D grid = new WorkerGrid3D(x, Gemm.ITEMS, 1);
        grid.setLocalWork(Gemm.ITEMS, Gemm.ITEMS, 1);
        grids.addWorkerGrid(name + "." + task, grid);
        rowGrids.add(rows -> grid.setGlobalWork(x, (long) tiles(rows) * Gemm.ITEMS, 1));
        return this;
    }

    /** The grid of {@code products} tiled products with results of {@code rows} by {@code columns}. */
    public Graph tiles(String task, int rows, int columns, int products) {
        return groups(task, tiles(columns), tiles(rows), products, Gemm.ITEMS, Gemm.ITEMS);
    }

    private static int tiles(int n) {
        return Math.ceilDiv(n, Gemm.TILE);
    }

    /** How many rows there are from now on, for grids that depend on it: kernels are compiled for any number. */
    public Graph over(int rows) {
        rowGrids.forEach(g -> g.accept(rows));
        return this;
    }

    /** For adding kernels. */
    public TaskGraph tasks() {
        return tasks;
    }

    /** Bytes of all arrays on the device that this graph brings there or makes there. */
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
        TornadoExecutionPlan p = first.plan();
        if (first.members.size() > 1) {
            p.withGraph(first.members.indexOf(this));
        }
        try {
            result = Optional.of(p.withGridScheduler(grids).execute());
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

    private TornadoExecutionPlan plan() {
        if (plan.isEmpty()) {
            memory.take(planBytes(), "graph " + kind);
            TornadoExecutionPlan p = new TornadoExecutionPlan(
                    members.stream().map(g -> g.tasks.snapshot()).toArray(ImmutableTaskGraph[]::new));
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).replayed) {
                    p.withGraph(i).withCUDAGraph();
                }
            }
            plan = Optional.of(p);
        }
        return plan.get();
    }

    private long planBytes() {
        return members.stream().mapToLong(Graph::bytes).sum();
    }

    private static String line(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceAll("\u001B\\[[0-9;]*m", "");
    }

    private static long bytes(List<TornadoNativeArray> arrays) {
        return arrays.stream()
                .mapToLong(TornadoNativeArray::getNumBytesOfSegment)
                .sum();
    }

    /** Frees the memory on the device, of all graphs of the plan. */
    @Override
    public void close() {
        if (first.plan.isEmpty()) {
            return;
        }
        try (TornadoExecutionPlan p = first.plan.get()) {
            p.freeDeviceMemory();
        } catch (TornadoExecutionPlanException e) {
            throw new TensorException("graph " + kind + ": the device's memory was not freed: " + e.getMessage());
        }
        first.plan = Optional.empty();
        first.members.forEach(g -> g.ran = false);
        memory.give(first.planBytes());
    }
}
