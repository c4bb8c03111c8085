package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A right op passes the whole contract; each kind of mistake fails the test that is about it, and names the entry. */
class DifferentiableContractTest {
    private static final Tensor X = Rng.of(3).normal64(2, 3);
    private static final Tensor ROW = Rng.of(4).normal64(3);

    /** a^2 b, with b broadcast, by a rule written out. */
    private static class SquareTimes implements Op.CustomOp {
        @Override
        public String name() {
            return "squareTimes";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return x.get(0).square().mul(x.get(1));
        }

        @Override
        public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
            return List.of(g.mul(x.get(0)).mul(x.get(1)).mul(2), g.mul(x.get(0).square()));
        }
    }

    private interface OnSquareTimes extends DifferentiableContract {
        SquareTimes op();

        @Override
        default Tensor apply(List<Tensor> x) {
            return Dispatch.apply(op(), x.get(0), x.get(1));
        }

        @Override
        default List<Tensor> at() {
            return List.of(X, ROW);
        }

        @Override
        default Tensor definition(List<Tensor> x) {
            return x.get(0).pow(2).mul(x.get(1));
        }
    }

    @Nested
    class ARightOp implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes();
        }
    }

    static class WrongEntry implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                    Tensor right = super.vjp(g, x, y).get(1);
                    Tensor onlyTheLast = Tensor.of(new double[] {0, 0, 0.5}, 3);
                    return List.of(super.vjp(g, x, y).get(0), right.add(right.mul(onlyTheLast)));
                }
            };
        }
    }

    static class Detached implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                    return super.vjp(g, List.of(x.get(0).detach(), x.get(1)), y);
                }
            };
        }
    }

    static class IgnoresStrides implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public Tensor forward(List<Tensor> x) {
                    double[] a = Arrays.copyOf(((Storage.F64) x.get(0).storage()).array(), 6);
                    Tensor read = Tensor.of(a, x.get(0).shape().toArray());
                    return read.square().mul(x.get(1));
                }
            };
        }
    }

    static class RuleIgnoresStrides implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                    double[] read = Arrays.copyOf(((Storage.F64) g.storage()).array(), 6);
                    return super.vjp(Tensor.of(read, g.shape().toArray()), x, y);
                }
            };
        }
    }

    static class WrongValue implements OnSquareTimes {
        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public Tensor forward(List<Tensor> x) {
                    return super.forward(x).abs();
                }
            };
        }
    }

    static class NotTheSameTwice implements OnSquareTimes {
        private final List<Tensor> calls = new ArrayList<>();

        @Override
        public SquareTimes op() {
            return new SquareTimes() {
                @Override
                public Tensor forward(List<Tensor> x) {
                    calls.add(x.getFirst());
                    return super.forward(x).add(calls.size() * 1e-14);
                }
            };
        }
    }

    static class OnAKink implements DifferentiableContract {
        @Override
        public Tensor apply(List<Tensor> x) {
            return x.getFirst().relu();
        }

        @Override
        public List<Tensor> at() {
            return List.of(Tensor.of(new double[] {1, -1, 0, 2}, 2, 2));
        }
    }

    @Test
    void aWrongEntryFailsTheGradientAndIsNamed() {
        TestRun run = TestRun.of("junit-jupiter", WrongEntry.class);
        assertEquals(Set.of("gradientAgreesWithDifferences", "secondOrderAgreesWithDifferences"), failed(run));
        String message = run.failures().get("gradientAgreesWithDifferences");
        assertTrue(message.contains("ok   dL/dx0"), message);
        assertTrue(message.contains("FAIL dL/dx1"), message);
        assertTrue(message.contains("at entry [2]: analytic"), message);
        assertTrue(message.contains("wrong rule"), message);
    }

    @Test
    void aDetachedOperandFailsAtSecondOrder() {
        assertEquals(Set.of("secondOrderAgreesWithDifferences"), failed(TestRun.of("junit-jupiter", Detached.class)));
    }

    @Test
    void ignoringStridesFailsThereAlone() {
        TestRun run = TestRun.of("junit-jupiter", IgnoresStrides.class);
        assertEquals(Set.of("acceptsAnyStrides"), failed(run));
        String message = run.failures().get("acceptsAnyStrides");
        assertTrue(
                message.startsWith("operands COLUMN_MAJOR against row-major ones: first difference at entry [0, 1]"),
                message);
    }

    @Test
    void aRuleThatIgnoresTheStridesOfItsCotangentIsNoticed() {
        String message =
                TestRun.of("junit-jupiter", RuleIgnoresStrides.class).failures().get("acceptsAnyStrides");
        assertTrue(
                message.startsWith("the gradient by operand 0 with operands and cotangent COLUMN_MAJOR against"
                        + " row-major ones: worst at entry ["),
                message);
    }

    @Test
    void aWrongValueIsNamed() {
        TestRun run = TestRun.of("junit-jupiter", WrongValue.class);
        String message = run.failures().get("valueFollowsItsDefinition");
        assertTrue(message.startsWith("the value against its definition: worst at entry ["), message);
    }

    @Test
    void aValueThatChangesFromCallToCallIsNoticed() {
        TestRun run = TestRun.of("junit-jupiter", NotTheSameTwice.class);
        assertTrue(failed(run).contains("repeats"), run::toString);
        assertTrue(run.failures().get("repeats").startsWith("the second call against the first"), run::toString);
    }

    @Test
    void aKinkIsCalledOne() {
        TestRun run = TestRun.of("junit-jupiter", OnAKink.class);
        String message = run.failures().get("gradientAgreesWithDifferences");
        assertTrue(message.contains("at entry [1, 0]"), message);
        assertTrue(message.contains("kink:"), message);
    }

    private static Set<String> failed(TestRun run) {
        assertEquals(5, run.failures().size(), run::toString);
        Set<String> failed = new TreeSet<>();
        run.failures().forEach((test, message) -> {
            if (!message.isEmpty()) {
                failed.add(test);
            }
        });
        return failed;
    }
}
