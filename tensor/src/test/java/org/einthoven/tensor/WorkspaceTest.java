package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A workspace gives what it would be without, takes all else back, and says so to who comes late. */
class WorkspaceTest {
    private final Workspace memory = new Workspace();
    private final Tensor x = Rng.of(1).normal(10, 8);
    private final float[] expected = x.exp().mul(x).toFloats();

    @BeforeEach
    void kernelsThatAskForIt() {
        Availability vectors = Backends.providers().stream()
                .filter(p -> p.name().equals("simd"))
                .findFirst()
                .orElseThrow()
                .available();
        Assumptions.assumeTrue(vectors.ok(), vectors.reason());
        Backends.choose("simd");
    }

    @AfterEach
    void theBestBackend() {
        Backends.choose("");
    }

    @Test
    void whatIsReturnedStays() {
        Tensor first = memory.compute(() -> x.exp().mul(x));
        Tensor second = memory.compute(() -> x.neg().exp());
        assertArrayEquals(expected, first.toFloats());
        assertArrayEquals(x.neg().exp().toFloats(), second.toFloats());
    }

    @Test
    void severalResultsStay() {
        List<Tensor> two =
                memory.computeAll(() -> List.of(x.exp(), x.exp().mul(x).t()));
        memory.run(() -> x.neg().exp().mul(x));
        assertArrayEquals(x.exp().toFloats(), two.get(0).toFloats());
        assertArrayEquals(expected, two.get(1).t().toFloats());
    }

    @Test
    void theSecondRunWorksInTheArraysOfTheFirst() {
        List<float[]> arrays = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            memory.run(() -> arrays.add(((Storage.F32) x.exp().storage()).array()));
        }
        assertSame(arrays.get(0), arrays.get(1));
        assertEquals(4 * x.size(), memory.bytes());
    }

    @Test
    void whatWasOfNoUseIsLetGo() {
        memory.run(x::exp);
        memory.run(() -> x.slice(0, 0, 2).exp());
        assertEquals(4 * 2 * 8, memory.bytes());
    }

    @Test
    void readingWhatWasTakenBackIsAnError() {
        List<Tensor> kept = new ArrayList<>();
        memory.run(() -> {
            Tensor y = x.exp();
            kept.addAll(List.of(y, y.t(), y.select(0, 1)));
        });
        for (Tensor t : kept) {
            for (Supplier<Object> use :
                    List.<Supplier<Object>>of(t::toFloats, t::neg, () -> t.get(new int[t.rank()]))) {
                TensorException e = assertThrows(TensorException.class, use::get);
                assertEquals(
                        "workspace: this tensor was computed in a workspace that has taken its memory back; return it from"
                                + " compute(...) or stage(...), or read it before they end",
                        e.getMessage());
            }
        }
    }

    @Test
    void tensorsOfACallersArrayAreNeverTaken() {
        List<Tensor> kept = new ArrayList<>();
        memory.run(() -> kept.add(Tensor.of(new float[] {1, 2}, 2)));
        assertArrayEquals(new float[] {1, 2}, kept.getFirst().toFloats());
    }

    @Test
    void aStageGivesItsMemoryToTheNext() {
        List<float[]> arrays = new ArrayList<>();
        Tensor y = memory.compute(() -> {
            Tensor z = x;
            for (int i = 0; i < 3; i++) {
                Tensor before = z;
                z = Workspace.stage(() -> {
                    Tensor part = before.tanh();
                    arrays.add(((Storage.F32) part.storage()).array());
                    return part.mul(before);
                });
            }
            return z;
        });
        assertSame(arrays.get(0), arrays.get(1));
        assertSame(arrays.get(0), arrays.get(2));
        Tensor z = x;
        for (int i = 0; i < 3; i++) {
            z = z.tanh().mul(z);
        }
        assertArrayEquals(z.toFloats(), y.toFloats());
    }

    @Test
    void stagesWorkInTheMemoryOfTwo() {
        Tensor want = x;
        for (int i = 0; i < 6; i++) {
            want = want.tanh().mul(want);
        }
        Set<float[]> results = Collections.newSetFromMap(new IdentityHashMap<>());
        BiFunction<Tensor, Integer, Tensor> part = (z, i) -> {
            Tensor y = z.tanh().mul(z);
            results.add(((Storage.F32) y.storage()).array());
            return y;
        };
        List<Integer> parts = List.of(0, 1, 2, 3, 4, 5);
        assertArrayEquals(
                want.toFloats(),
                memory.compute(() -> Workspace.stages(x, parts, part)).toFloats());
        assertEquals(3, results.size()); // one that is read, one for the hyperbolic tangent, one that is written
        assertArrayEquals(want.toFloats(), Workspace.stages(x, parts, part).toFloats());
    }

    @Test
    void stagesTakeBackOnlyWhatTheyMade() {
        Tensor w = Rng.of(2).normal(8, 8).track();
        memory.run(() -> {
            Tensor mine = x.exp();
            Tensor other = x.neg();
            List<Tensor> through = List.of(mine.t().t(), other, x);
            Workspace.stages(mine, through, (z, back) -> back);
            assertArrayEquals(x.exp().toFloats(), mine.toFloats());
            assertArrayEquals(x.neg().toFloats(), other.toFloats());
            Tensor y = Workspace.stages(
                    x, List.of(0, 1, 2), (z, i) -> i == 0 ? z.exp() : z.matmul(i == 1 ? w : w.detach()));
            Tensor remembered = y.origin().inputs().getFirst().origin().inputs().getFirst();
            assertArrayEquals(x.exp().toFloats(), remembered.toFloats());
        });
    }

    @Test
    void aStageOutsideIsJustItsBody() {
        List<Tensor> kept = new ArrayList<>();
        Tensor y = Workspace.stage(() -> {
            kept.add(x.exp());
            return kept.getFirst().mul(x);
        });
        assertArrayEquals(expected, y.toFloats());
        assertArrayEquals(x.exp().toFloats(), kept.getFirst().toFloats());
    }

    @Test
    void aStageKeepsWhatARecordedOperationRemembers() {
        Tensor w = Rng.of(2).normal(8, 8).track();
        memory.run(() -> {
            Tensor y = Workspace.stage(() -> x.exp().matmul(w).tanh());
            Tensor constant = y.origin().inputs().getFirst().origin().inputs().getFirst();
            Workspace.stage(() -> x.neg().exp().matmul(w.detach()));
            assertArrayEquals(x.exp().toFloats(), constant.toFloats());
        });
    }

    @Test
    void aTrackedResultIsAnError() {
        Tensor w = Rng.of(2).normal(8, 8).track();
        TensorException e = assertThrows(TensorException.class, () -> memory.compute(() -> x.matmul(w)));
        assertTrue(e.getMessage().startsWith("workspace: a result of shape [10, 8] is tracked"), e.getMessage());
        assertArrayEquals(
                x.matmul(w).toFloats(),
                memory.compute(() -> x.matmul(w).detach()).toFloats());
    }

    @Test
    void aFailureLeavesItUsable() {
        assertThrows(ShapeException.class, () -> memory.compute(() -> x.exp().matmul(x)));
        assertArrayEquals(expected, memory.compute(() -> x.exp().mul(x)).toFloats());
    }

    @Test
    void oneComputationAtATime() {
        TensorException e = assertThrows(TensorException.class, () -> memory.run(() -> memory.compute(() -> x.exp())));
        assertTrue(e.getMessage().startsWith("workspace: in use by "), e.getMessage());
    }

    /** A sum over axes of size 1 has the numbers of its operand, and must not have its array. */
    @Test
    void aSumOfNothingIsACopy() {
        List<Tensor> before = new ArrayList<>();
        Tensor y = memory.compute(() -> {
            before.add(x.exp());
            return before.getFirst().unsqueeze(0).sumTo(x.shape());
        });
        memory.run(() -> x.neg().exp());
        assertArrayEquals(x.exp().toFloats(), y.toFloats());
    }
}
