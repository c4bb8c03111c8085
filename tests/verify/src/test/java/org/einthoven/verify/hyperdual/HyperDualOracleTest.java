package org.einthoven.verify.hyperdual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op and whole programs, to third order, by numbers that know nothing of the derivative table. */
class HyperDualOracleTest {
    private static final Rng RNG = Rng.of(7);
    private static final HyperDualOracle ORACLE = HyperDualOracle.standard(RNG);

    static List<OpCase> all() {
        return OpRegistry.cases();
    }

    static List<OpCase> differentiable() {
        return OpRegistry.differentiable();
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void reverseModeAgreesToOnePartInTenToTheTwelve(OpCase c) {
        ORACLE.check(c.function(), c.at()).assertOk();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theKernelOverHyperDualNumbersComputesTheSame(OpCase c) {
        HyperTensor y = new HyperDualBackend()
                .run(c.op(), c.operands().stream().map(HyperTensor::constant).toArray(HyperTensor[]::new));
        Tensor expected = c.result();
        assertEquals(expected.shape(), y.shape());
        assertEquals(expected.dtype(), y.dtype());
        assertArrayEquals(expected.toDoubles(), y.value(), 1e-14);
    }

    /** Over the leaves of the sealed hierarchy: an op that is added has a kernel here, or this fails. */
    @Test
    void everyOpIsChecked() {
        Set<String> unchecked = new TreeSet<>();
        for (Class<?> op : OpRegistry.ops()) {
            boolean counts = op == Op.Compare.class || op == Op.ArgMax.class || op == Op.ArgSort.class;
            List<OpCase> cases = counts ? all() : differentiable();
            if (cases.stream().noneMatch(c -> op.isInstance(c.op()))) {
                unchecked.add(op.getSimpleName());
            }
        }
        assertEquals(Set.of(), unchecked, "ops that no hyper-dual number has passed");
    }

    @Test
    void aTransformerBlock() {
        Function<List<Tensor>, Tensor> block = p -> {
            Tensor x = p.get(0);
            Tensor normed = x.rmsNorm(1e-5);
            Tensor q = normed.matmul(p.get(1));
            Tensor k = normed.matmul(p.get(2));
            Tensor attended = q.matmul(k.t()).mul(0.5).softmax().matmul(normed);
            Tensor h = x.add(attended);
            return h.add(h.layerNorm(1e-5)
                    .matmul(p.get(1))
                    .silu()
                    .mul(h.matmul(p.get(2)).gelu()));
        };
        ORACLE.check(block, List.of(normal("x", 3, 4), normal("q", 4, 4), normal("k", 4, 4)))
                .assertOk();
    }

    /** The program of one inner step holds a gradient, and so its derivatives are of the next orders up. */
    @Test
    void anInnerStepOfMaml() {
        Tensor inputs = normal("inputs", 4, 2);
        Tensor labels = normal("labels", 4, 2);
        Function<Params, Tensor> loss = p -> inputs.matmul(p.get("w1"))
                .tanh()
                .matmul(p.get("w2"))
                .sub(labels)
                .square()
                .mean();
        Function<List<Tensor>, Tensor> adapted = w -> {
            Params theta = Params.of("w1", w.get(0)).and(Params.of("w2", w.get(1)));
            Params g = Grad.valueAndGrad(loss, theta, GradMode.DIFFERENTIABLE).grads();
            return loss.apply(theta.zip(g, (p, d) -> p.sub(d.mul(0.3))));
        };
        OracleReport report = ORACLE.check(adapted, List.of(normal("w1", 2, 3), normal("w2", 3, 2)));
        report.assertOk();
    }

    /** Differences cannot see so small an error; numbers without a step size do. */
    @Test
    void aSlopeThatIsOffByOnePartInTenBillionIsNoticed() {
        Op wrong = new Op.CustomOp() {
            @Override
            public String name() {
                return "sineWithWrongSlope";
            }

            @Override
            public Tensor forward(List<Tensor> x) {
                return x.get(0).sin();
            }

            @Override
            public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                return List.of(g.mul(x.get(0).cos()).mul(1 + 1e-10));
            }
        };
        OpCase c = OpCase.of("wrong", wrong, normal("x", 3));
        OracleReport report = ORACLE.check(c.function(), c.at());
        assertFalse(report.ok());
        assertThrows(AssertionError.class, report::assertOk);
        List<String> failed = new ArrayList<>();
        report.lines().stream().filter(l -> !l.ok()).forEach(l -> failed.add(l.what()));
        assertEquals(List.of("dL/dx0", "dG/dx0", "dG/dcotangent"), failed, "forward over reverse has the same fault");
    }

    @Test
    void whatItCannotCheckItRefuses() {
        Tensor x = normal("x", 3);
        assertEquals(
                "hyper-dual oracle: inputs must be F64, got F32 [3]; close over indices and masks",
                message(List::getFirst, x.cast(DType.F32)));
        assertEquals(
                "hyper-dual oracle: the result F64 [3] was not recorded, so there is no program to run again; write f in"
                        + " tensor operations of its inputs",
                message(in -> in.getFirst().detach(), x));
    }

    private static String message(Function<List<Tensor>, Tensor> f, Tensor x) {
        return assertThrows(TensorException.class, () -> ORACLE.check(f, List.of(x)))
                .getMessage();
    }

    private static Tensor normal(String name, int... shape) {
        return RNG.split(name).normal64(shape);
    }
}
