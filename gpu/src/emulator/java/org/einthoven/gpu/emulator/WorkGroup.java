package org.einthoven.gpu.emulator;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * One work-group. Its items take turns, each from barrier to barrier; groups of even number in order and the others
 * backwards, so that a kernel which needs one of the two is found out.
 */
final class WorkGroup {
    private final String task;
    private final Consumer<KernelContext> body;
    private final LocalMemory local = new LocalMemory();
    private final Semaphore pause = new Semaphore(0);
    private volatile Throwable failure;

    WorkGroup(String task, Consumer<KernelContext> body) {
        this.task = task;
        this.body = body;
    }

    /** Runs all items to their end. */
    void run(List<WorkItem> items) {
        WorkItem first = items.getFirst();
        first.advance();
        throwIfFailed();
        local.leave(first);
        if (first.ended()) {
            for (WorkItem item : items.subList(1, items.size())) {
                item.runAlone();
                local.leave(item);
            }
            return;
        }
        List<WorkItem> turn = items.subList(1, items.size());
        do {
            for (WorkItem item : turn) {
                item.advance();
                if (failure != null) {
                    items.forEach(WorkItem::abandon);
                    throwIfFailed();
                }
                local.leave(item);
            }
            meet(items);
            local.publish();
            turn = items;
        } while (!first.ended());
    }

    private void meet(List<WorkItem> items) {
        boolean ended = items.getFirst().ended();
        for (WorkItem item : items) {
            if (item.ended() != ended) {
                failed(new EmulatorFault((ended ? item : items.getFirst())
                        + " waits at a barrier that another work-item of its group never reaches"));
                items.forEach(WorkItem::abandon);
                throwIfFailed();
            }
        }
    }

    String task() {
        return task;
    }

    Consumer<KernelContext> body() {
        return body;
    }

    LocalMemory local() {
        return local;
    }

    void paused() {
        pause.release();
    }

    void awaitPause() {
        pause.acquireUninterruptibly();
    }

    void failed(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    void throwIfFailed() {
        switch (failure) {
            case null -> {}
            case EmulatorFault e -> throw e;
            case Throwable e -> throw new EmulatorFault("task " + task + ": " + e);
        }
    }
}
