package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many inner steps a second-order meta-gradient holds at once, by what the collector cannot free. */
class MemoryTest {
    private static final int STEPS = 6;
    private static final Params THETA = Params.of("w", Rng.of(1).normal(50));

    /** A task that remembers, weakly, an intermediate value of each support loss and counts those that live. */
    private record Watched(List<WeakReference<Storage>> intermediates, List<Integer> living) implements Task {
        @Override
        public String name() {
            return "watched";
        }

        @Override
        public Tensor supportLoss(Params w, Rng rng) {
            count();
            Tensor inside = w.get("w").tanh();
            intermediates.add(new WeakReference<>(inside.storage()));
            return inside.square().sum();
        }

        @Override
        public Query query(Params w, Rng rng) {
            count();
            return new Query(w.get("w").square().sum());
        }

        private void count() {
            System.gc();
            living.add(
                    (int) intermediates.stream().filter(s -> !s.refersTo(null)).count());
        }

        int most() {
            return living.stream().mapToInt(Integer::intValue).max().orElseThrow();
        }
    }

    private static Watched watched(Memory memory) {
        Watched task = new Watched(new ArrayList<>(), new ArrayList<>());
        new Maml(new InnerLoop(STEPS, 0.1, MetaOrder.SECOND), MetaObjective.LAST)
                .with(memory)
                .gradient(THETA, List.of(task));
        return task;
    }

    @ParameterizedTest
    @EnumSource(names = {"RECOMPUTE_STEPS", "MIXED_MODES"})
    void oneStepIsHeldWhenStepsAreMadeAgain(Memory memory) {
        Watched task = watched(memory);
        assertEquals(2 * STEPS, task.intermediates.size(), "each step runs twice");
        assertTrue(task.most() <= 1, "lived at once: " + task.living);
    }

    @Test
    void allAreHeldWhenKept() {
        Watched task = watched(Memory.KEEP_STEPS);
        assertEquals(STEPS, task.intermediates.size());
        assertEquals(STEPS, task.most());
    }
}
