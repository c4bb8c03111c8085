package org.einthoven.gpu.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Kernels with one mistake each: what passes as plain Java and is undefined on a device is a fault here. */
class EmulatorTest {
    private static final int N = 8;

    @Test
    void aGroupReversesThroughLocalMemory() {
        assertArrayEquals(
                new float[] {3, 2, 1, 0, 7, 6, 5, 4}, run(EmulatorTest::reverse).toHeapArray());
    }

    @Test
    void aMissingBarrierIsSeen() {
        assertFault(EmulatorTest::reverseWithoutBarrier, "was computed from local memory");
    }

    @Test
    void aMissingBarrierAtTheEndOfALoopIsSeen() {
        assertFault(EmulatorTest::reverseTwiceWithOneBarrier, "a barrier is missing");
    }

    @Test
    void localMemoryThatNobodyWroteIsSeen() {
        assertFault(EmulatorTest::readsUnwritten, "nobody had written");
    }

    @Test
    void twoWritersOfALocalCellAreSeen() {
        assertFault(EmulatorTest::allWriteTheSameLocalCell, "had written since the last barrier");
    }

    @Test
    void anIndexOutsideAnArrayIsSeen() {
        assertFault(EmulatorTest::oneTooFar, "index 8 is outside FloatArray of 8 elements");
    }

    @Test
    void twoWritersOfAGlobalCellAreSeen() {
        assertFault(EmulatorTest::allWriteTheSameCell, "another work-item of the same launch reads or writes");
    }

    @Test
    void readingWhatAnotherItemWritesIsSeen() {
        assertFault(EmulatorTest::readsItsNeighboursResult, "another work-item of the same launch");
    }

    @Test
    void aBarrierThatSomeItemsPassByIsSeen() {
        assertFault(EmulatorTest::halfOfThemWait, "barrier");
        assertFault(EmulatorTest::theOthersWait, "barrier");
    }

    @Test
    void anArrayThatWasNeverTransferredIsSeen() {
        FloatArray x = new FloatArray(N);
        FloatArray y = new FloatArray(N);
        TaskGraph g = new TaskGraph("g").task("t", EmulatorTest::copy, new KernelContext(), x, y);

        EmulatorFault e = assertThrows(EmulatorFault.class, () -> execute(g));

        assertTrue(e.getMessage().contains("neither transferred nor written"), e.getMessage());
    }

    @Test
    void resultsStayOnTheDeviceUntilTheyAreTransferred() throws TornadoExecutionPlanException {
        FloatArray x = FloatArray.fromArray(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
        FloatArray y = new FloatArray(N);
        TaskGraph g = new TaskGraph("g")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, x)
                .task("t", EmulatorTest::copy, new KernelContext(), x, y)
                .transferToHost(DataTransferMode.UNDER_DEMAND, y);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(g.snapshot())) {
            var result = plan.withGridScheduler(grid()).execute();
            assertEquals(0, y.get(1));
            result.transferToHost(y);
            assertEquals(2, y.get(1));
            x.set(1, 9);
            plan.execute().transferToHost(y);
            assertEquals(2, y.get(1), "crosses at the first run only");
        }
    }

    @Test
    void aGridOfBrokenGroupsIsRefused() {
        WorkerGrid3D grid = new WorkerGrid3D(N, 1, 1);
        grid.setLocalWork(3, 1, 1);

        EmulatorFault e = assertThrows(
                EmulatorFault.class, () -> Launch.run("t", grid.getGlobalWork(), grid.getLocalWork(), c -> {}));

        assertTrue(e.getMessage().contains("no whole number of groups"), e.getMessage());
    }

    public static void copy(KernelContext c, FloatArray x, FloatArray y) {
        y.set(c.globalIdx, x.get(c.globalIdx));
    }

    public static void reverse(KernelContext c, FloatArray x, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(4);
        local[c.localIdx] = x.get(c.globalIdx);
        c.localBarrier();
        y.set(c.globalIdx, local[3 - c.localIdx]);
    }

    public static void reverseWithoutBarrier(KernelContext c, FloatArray x, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(4);
        local[c.localIdx] = x.get(c.globalIdx);
        y.set(c.globalIdx, local[3 - c.localIdx]);
    }

    public static void reverseTwiceWithOneBarrier(KernelContext c, FloatArray x, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(4);
        float v = x.get(c.globalIdx);
        for (int i = 0; i < 2; i++) {
            local[c.localIdx] = v;
            c.localBarrier();
            v = local[3 - c.localIdx];
        }
        y.set(c.globalIdx, v);
    }

    public static void readsUnwritten(KernelContext c, FloatArray x, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(5);
        local[c.localIdx] = x.get(c.globalIdx);
        c.localBarrier();
        y.set(c.globalIdx, local[c.localIdx + 1] + 1f);
    }

    public static void allWriteTheSameLocalCell(KernelContext c, FloatArray x, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(1);
        local[0] = x.get(c.globalIdx);
        c.localBarrier();
        y.set(c.globalIdx, local[0]);
    }

    public static void oneTooFar(KernelContext c, FloatArray x, FloatArray y) {
        y.set(c.globalIdx, x.get(c.globalIdx + 1));
    }

    public static void allWriteTheSameCell(KernelContext c, FloatArray x, FloatArray y) {
        y.set(0, x.get(c.globalIdx));
    }

    public static void readsItsNeighboursResult(KernelContext c, FloatArray x, FloatArray y) {
        y.set(c.globalIdx, x.get(c.globalIdx));
        if (c.globalIdx > 0) {
            y.set(c.globalIdx, y.get(c.globalIdx - 1));
        }
    }

    public static void halfOfThemWait(KernelContext c, FloatArray x, FloatArray y) {
        if (c.localIdx < 2) {
            c.localBarrier();
        }
        y.set(c.globalIdx, x.get(c.globalIdx));
    }

    public static void theOthersWait(KernelContext c, FloatArray x, FloatArray y) {
        if (c.localIdx >= 2) {
            c.localBarrier();
        }
        y.set(c.globalIdx, x.get(c.globalIdx));
    }

    private static FloatArray run(Task3<KernelContext, FloatArray, FloatArray> kernel) {
        FloatArray x = FloatArray.fromArray(new float[] {0, 1, 2, 3, 4, 5, 6, 7});
        FloatArray y = new FloatArray(N);
        execute(new TaskGraph("g")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, x)
                .task("t", kernel, new KernelContext(), x, y)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, y));
        return y;
    }

    private static void execute(TaskGraph g) {
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(g.snapshot())) {
            plan.withGridScheduler(grid()).execute();
        } catch (TornadoExecutionPlanException e) {
            throw new AssertionError(e);
        }
    }

    /** Two groups of four. */
    private static GridScheduler grid() {
        WorkerGrid3D grid = new WorkerGrid3D(N, 1, 1);
        grid.setLocalWork(4, 1, 1);
        GridScheduler s = new GridScheduler();
        s.addWorkerGrid("g.t", grid);
        return s;
    }

    private static void assertFault(Task3<KernelContext, FloatArray, FloatArray> kernel, String text) {
        EmulatorFault e = assertThrows(EmulatorFault.class, () -> run(kernel));
        assertTrue(e.getMessage().contains(text), e.getMessage());
        assertTrue(e.getMessage().contains("task g.t, group ["), e.getMessage());
    }
}
