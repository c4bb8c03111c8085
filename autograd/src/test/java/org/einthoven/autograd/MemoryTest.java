package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** What a derivative holds on to, counted in numbers that can still be reached. */
class MemoryTest {
    /** The identity; on the way back it looks which of the watched storages are gone. */
    private record Lookout(List<WeakReference<Storage>> watched, List<Boolean> gone) implements Op.CustomOp {
        @Override
        public String name() {
            return "lookout";
        }

        @Override
        public Tensor forward(List<Tensor> inputs) {
            return inputs.getFirst();
        }

        @Override
        public List<Tensor> vjp(Tensor cotangent, List<Tensor> inputs, Tensor output) {
            System.gc();
            watched.forEach(w -> gone.add(w.refersTo(null)));
            return List.of(cotangent);
        }
    }

    @Test
    void whatTheWayBackHasPassedIsFreedWhileItGoesOn() {
        List<WeakReference<Storage>> watched = new ArrayList<>();
        Lookout lookout = new Lookout(watched, new ArrayList<>());
        Tensor x = Rng.of(1).normal(100);
        Grad.grad(z -> pastTheLookout(z, lookout), x, GradMode.CONSTANT);
        assertEquals(List.of(false, true, true, true, true), lookout.gone);
    }

    /** One value before the lookout, four behind it. A method of its own, so that no frame holds them. */
    private static Tensor pastTheLookout(Tensor z, Lookout lookout) {
        Tensor before = z.sin();
        lookout.watched.add(new WeakReference<>(before.storage()));
        Tensor y = Dispatch.apply(lookout, before);
        for (int i = 0; i < 4; i++) {
            y = y.tanh();
            lookout.watched.add(new WeakReference<>(y.storage()));
        }
        return y.sum();
    }

    /** A chain whose plain second derivative keeps a multiple of {@code depth} rows. */
    private static Op.Segment chain(int depth) {
        return in -> {
            Tensor y = in.get(0);
            for (int i = 0; i < depth; i++) {
                y = y.mul(in.get(1)).tanh();
            }
            return y;
        };
    }

    @Test
    void aGradientThatCanBeDifferentiatedKeepsNothingOfARecomputedSegment() {
        int n = 1000;
        // x, w, the segment's value, the cotangent of it and those of x and w, packed and alone.
        assertTrue(held(chain(4), n, true) <= 10 * n, "of a short segment: " + held(chain(4), n, true));
        assertEquals(held(chain(4), n, true), held(chain(40), n, true));
        assertTrue(held(chain(40), n, false) >= 80 * n, "not recomputed: " + held(chain(40), n, false));
    }

    @Test
    void nestedSegmentsToo() {
        int n = 1000;
        Op.Segment outer = in -> Recompute.of(chain(40), in.get(0).sin(), in.get(1));
        assertTrue(held(outer, n, true) <= 10 * n);
    }

    /** Numbers that the gradient of a segment's square and its history hold. */
    private static long held(Op.Segment segment, int n, boolean recompute) {
        Params at =
                Params.of("x", Rng.of(1).normal(n)).and(Params.of("w", Rng.of(2).normal(n)));
        Function<Params, Tensor> loss = p -> {
            List<Tensor> in = List.of(p.get("x"), p.get("w"));
            Tensor y = recompute ? Recompute.of(segment, in.toArray(Tensor[]::new)) : segment.apply(in);
            return y.square().sum();
        };
        return held(Grad.valueAndGrad(loss, at, GradMode.DIFFERENTIABLE).grads().tensors());
    }

    private static long held(List<Tensor> roots) {
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Tensor> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            Tensor t = open.pop();
            if (seen.add(t)) {
                storages.add(t.storage());
                if (t.origin() != null) {
                    open.addAll(t.origin().inputs());
                }
            }
        }
        return storages.stream()
                .mapToLong(s -> s instanceof Storage.F32 f ? f.array().length : 0)
                .sum();
    }

    @Test
    void tenThousandTrainingStepsLeaveNothingBehind() {
        Tensor x = Rng.of(1).normal(8, 4);
        Tensor y = Rng.of(2).normal(8, 1);
        Params theta = Params.of("w1", Rng.of(3).normal(6, 4))
                .and(Params.of("w2", Rng.of(4).normal(1, 6)));
        List<WeakReference<Storage>> met = new ArrayList<>();
        Function<Params, Tensor> loss = p -> {
            Tensor hidden =
                    x.frozenLinear(Rng.of(5).normal(4, 4)).linear(p.get("w1")).tanh();
            met.add(new WeakReference<>(hidden.storage()));
            return hidden.linear(p.get("w2")).sub(y).square().mean();
        };
        AdamW adam = AdamW.of(0.01);
        OptimiserState state = OptimiserState.start();
        long early = 0;
        for (int step = 1; step <= 10_000; step++) {
            Graded g = Grad.valueAndGrad(loss, theta, GradMode.CONSTANT);
            Optimiser.Stepped next = adam.step(theta, g.grads(), state);
            met.add(new WeakReference<>(g.grads().get("w1").storage()));
            theta = next.theta();
            state = next.state();
            if (step == 1_000) {
                early = live();
            }
        }
        long late = live();
        assertEquals(20_000, met.size());
        // The last step's may still stand in this frame.
        long living = met.stream().filter(w -> !w.refersTo(null)).count();
        assertTrue(living <= 2, living + " of the activations and gradients live");
        // Nine thousand graphs would be 30 MB; the weak references above are one.
        assertTrue(late - early < 4 << 20, "live after 1,000 steps " + early + " bytes, after 10,000 " + late);
    }

    private static long live() {
        System.gc();
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }
}
