package org.einthoven.gpu.emulator;

import java.util.List;
import java.util.concurrent.Semaphore;
import uk.ac.manchester.tornado.api.KernelContext;

/** One work-item: a virtual thread that runs from barrier to barrier, whenever its group gives it the turn. */
public final class WorkItem {
    private static final StackWalker STACK = StackWalker.getInstance();

    /** Frames of this class and of the context above the kernel's. */
    private static final int KERNEL = 3;

    /** A kernel and two functions deep; frames further below are the same for all items. */
    private static final int DEPTH = 3;

    private static volatile WorkItem running;

    private final WorkGroup group;
    private final int id;
    private final KernelContext context;
    private final Semaphore turn = new Semaphore(0);
    private boolean started;
    private boolean ended;

    WorkItem(WorkGroup group, int id, KernelContext context) {
        this.group = group;
        this.id = id;
        this.context = context;
    }

    /** The work-item whose turn it is, or null on the host. One kernel runs at a time. */
    public static WorkItem running() {
        return running;
    }

    /** Runs to the end on the group's own thread: for a group whose first item met no barrier. */
    void runAlone() {
        running = this;
        try {
            group.body().accept(context);
        } finally {
            running = null;
        }
        ended = true;
    }

    /** Gives the turn, and returns when the item has reached a barrier or its end. */
    void advance() {
        running = this;
        if (started) {
            turn.release();
        } else {
            started = true;
            Thread.ofVirtual().name(toString()).start(this::live);
        }
        group.awaitPause();
        running = null;
    }

    private void live() {
        try {
            group.body().accept(context);
        } catch (Throwable e) { // errors too: the group's thread has to hear of them
            group.failed(e);
        }
        ended = true;
        group.paused();
    }

    /** Until all items of the group are here. */
    public void barrier() {
        if (!started) {
            throw new EmulatorFault(this
                    + " reached a barrier that other work-items of its group passed by; barriers must stand outside"
                    + " of conditions that differ within a group");
        }
        group.paused();
        turn.acquireUninterruptibly();
        group.throwIfFailed();
    }

    /** Wakes an item that waits at a barrier, so that it ends with its group. */
    void abandon() {
        if (started && !ended) {
            turn.release();
        }
    }

    /** The local array of the place in the code that asks: the same one for every item of the group. */
    public float[] localFloats(int size) {
        return group.local().floats(this, place(), size);
    }

    /** As {@link #localFloats}. */
    public int[] localInts(int size) {
        return group.local().ints(this, place(), size);
    }

    /** Where the kernel stands: in itself, or in a function that it calls, and where in itself it calls it. */
    private static List<Integer> place() {
        return STACK.walk(frames -> frames.skip(KERNEL)
                .limit(DEPTH)
                .map(StackWalker.StackFrame::getByteCodeIndex)
                .toList());
    }

    boolean ended() {
        return ended;
    }

    /** Different for every item of the launch, from 1. */
    int id() {
        return id;
    }

    /** A value on its way to global memory. */
    public void checkWritten(float value, Object array, int index) {
        String source = Float.isNaN(value) ? Poison.source(value) : "";
        if (!source.isEmpty()) {
            throw new EmulatorFault(this + ": the value for " + array + " at " + index + " " + source);
        }
    }

    @Override
    public String toString() {
        return "task " + group.task() + ", group [" + context.groupIdx + ", " + context.groupIdy + ", "
                + context.groupIdz + "], item [" + context.localIdx + ", " + context.localIdy + ", " + context.localIdz
                + "]";
    }
}
