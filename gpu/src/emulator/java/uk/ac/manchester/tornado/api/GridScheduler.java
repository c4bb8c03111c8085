package uk.ac.manchester.tornado.api;

import java.util.HashMap;
import java.util.Map;

/** Emulates the class of this name: the grid of each task, by {@code graph.task}. */
public class GridScheduler {
    private final Map<String, WorkerGrid> grids = new HashMap<>();

    public void addWorkerGrid(String taskName, WorkerGrid grid) {
        grids.put(taskName, grid);
    }

    public WorkerGrid get(String taskName) {
        return grids.get(taskName);
    }
}
