package uk.ac.manchester.tornado.api;

import java.util.List;

/** Emulates the class of this name. */
public record ImmutableTaskGraph(
        String name, List<TaskGraph.Transfer> in, List<TaskGraph.Step> steps, List<TaskGraph.Transfer> out) {}
