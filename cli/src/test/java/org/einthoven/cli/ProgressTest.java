package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.TaskTrace;
import org.junit.jupiter.api.Test;

class ProgressTest {
    /** A task whose loss is halved by each inner step, and whose answers come right one by one. */
    private static TaskTrace task(double loss, int steps) {
        List<TaskTrace.Point> points = IntStream.rangeClosed(0, steps)
                .mapToObj(k -> new TaskTrace.Point(
                        k, loss / (1 << k), Map.of("exact_match", steps == 0 ? 0 : (double) k / steps)))
                .toList();
        return new TaskTrace("a task", points.getLast().loss(), List.of(), points);
    }

    private static String said(TaskTrace... tasks) {
        return Progress.along(new MetaGradient(0.5, Params.EMPTY, List.of(tasks), List.of()));
    }

    @Test
    void theBarTellsOfTheInnerLoop() {
        assertEquals(" loss 6.00 3.00 1.50, right 0.00 0.50 1.00 by inner step", said(task(8, 2), task(4, 2)));
        assertEquals(
                " loss 32768.00 1024.00 32.00 1.00, right 0.00 0.33 0.67 1.00 by inner step",
                said(task(1 << 15, 15)),
                "of a long loop the beginning, the end and two points between");
        assertEquals(" loss 2.00, right 0.00 by inner step", said(task(2, 0)));
        assertEquals(" loss 0.5000", said());
    }
}
