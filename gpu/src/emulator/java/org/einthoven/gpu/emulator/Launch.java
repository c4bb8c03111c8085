package org.einthoven.gpu.emulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;

/** One kernel over its whole grid. */
public final class Launch {
    private Launch() {}

    /**
     * Runs {@code kernel} once for each work-item, each with a context of its own.
     *
     * @param global work-items along x, y, z
     * @param local work-items of a group along x, y, z
     * @throws EmulatorFault when the kernel does what is undefined on a device
     */
    public static void run(String task, long[] global, long[] local, Consumer<KernelContext> kernel) {
        for (int d = 0; d < 3; d++) {
            if (local[d] < 1 || global[d] < 1 || global[d] % local[d] != 0) {
                throw new EmulatorFault("task " + task + ": " + global[d] + " work-items along axis " + d
                        + " are no whole number of groups of " + local[d]);
            }
        }
        Throwable[] failure = new Throwable[1];
        Thread scheduler = Thread.startVirtualThread(() -> {
            try {
                groups(task, global, local, kernel);
            } catch (Throwable e) { // handed to the caller's thread
                failure[0] = e;
            }
        });
        try {
            scheduler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmulatorFault("task " + task + ": interrupted");
        }
        switch (failure[0]) {
            case null -> {}
            case EmulatorFault e -> throw e;
            case Throwable e -> throw new EmulatorFault("task " + task + ": " + e);
        }
    }

    private static void groups(String task, long[] global, long[] local, Consumer<KernelContext> kernel) {
        int id = 0;
        int number = 0;
        for (int z = 0; z < global[2] / local[2]; z++) {
            for (int y = 0; y < global[1] / local[1]; y++) {
                for (int x = 0; x < global[0] / local[0]; x++) {
                    WorkGroup group = new WorkGroup(task, kernel);
                    List<WorkItem> items = items(group, id, new int[] {x, y, z}, local, global);
                    id += items.size();
                    if (number++ % 2 == 1) {
                        Collections.reverse(items);
                    }
                    group.run(items);
                }
            }
        }
    }

    private static List<WorkItem> items(WorkGroup group, int before, int[] at, long[] local, long[] global) {
        List<WorkItem> items = new ArrayList<>();
        for (int z = 0; z < local[2]; z++) {
            for (int y = 0; y < local[1]; y++) {
                for (int x = 0; x < local[0]; x++) {
                    items.add(new WorkItem(
                            group,
                            before + items.size() + 1,
                            new KernelContext(at, new int[] {x, y, z}, local, global)));
                }
            }
        }
        return items;
    }
}
