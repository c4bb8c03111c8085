package uk.ac.manchester.tornado.api;

import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Emulates the class of this name. */
public record ImmutableTaskGraph(
        String name,
        List<TaskGraph.Transfer> in,
        List<TaskGraph.Step> steps,
        List<TaskGraph.Transfer> out,
        List<TornadoNativeArray> persisted,
        List<TaskGraph.Consumed> consumed) {}
