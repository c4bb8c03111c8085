package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.verify.OpRegistry;
import org.einthoven.verify.TensorLaws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every kernel owes, on operands large enough for vectors and threads, in F32 and where there is one in F64. */
class KernelLawTest {
    private static final List<KernelCase> LARGE = KernelCases.large();
    private static final List<KernelCase> SMALL = KernelCases.small();

    static List<KernelCase> simd() {
        return Stream.concat(LARGE.stream(), LARGE.stream().map(KernelCase::wide))
                .filter(c -> c.runsOn(KernelCase.SIMD))
                .toList();
    }

    static List<KernelCase> reference() {
        return SMALL;
    }

    @ParameterizedTest
    @MethodSource("simd")
    void theVectorKernelGivesTheSameBitsForAnyStrides(KernelCase c) {
        KernelCase.needVectors();
        TensorLaws.anyStridesGiveTheSameBits(x -> c.on(KernelCase.SIMD, x), c.operands());
    }

    @ParameterizedTest
    @MethodSource("reference")
    void theReferenceGivesTheSameBitsForAnyStrides(KernelCase c) {
        TensorLaws.anyStridesGiveTheSameBits(x -> c.on(KernelCase.REFERENCE, x), c.operands());
    }

    @ParameterizedTest
    @MethodSource("simd")
    void theVectorKernelGivesTheSameBitsForAnyNumberOfThreads(KernelCase c) {
        KernelCase.needVectors();
        TensorLaws.anyNumberOfThreadsGivesTheSameBits(() -> c.on(KernelCase.SIMD));
    }

    /** Within terms * epsilon of the sum of the terms' magnitudes; exactly where nothing is rounded. */
    @ParameterizedTest
    @MethodSource("simd")
    void theVectorKernelAgreesWithTheReference(KernelCase c) {
        KernelCase.needVectors();
        Tensor expected = c.on(KernelCase.REFERENCE);
        Tensor actual = c.on(KernelCase.SIMD);
        if (c.terms() == 0) {
            TensorLaws.sameBits(c.name(), expected, actual);
            return;
        }
        double epsilon = expected.dtype() == DType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        double[] magnitude = magnitudes(c, e);
        for (int i = 0; i < e.length; i++) {
            double bound = c.terms() * epsilon * magnitude[i];
            int at = i;
            assertTrue(
                    Math.abs(e[i] - a[i]) <= bound,
                    () -> c + " at " + at + ": " + a[at] + " for " + e[at] + ", more than " + bound + " apart");
        }
    }

    /** Of a sum, the sum of the magnitudes of its terms; else the largest result. */
    private static double[] magnitudes(KernelCase c, double[] result) {
        Op op = c.op() instanceof Op.FrozenLinear f
                ? new Op.FrozenLinear(f.weight().cast(DType.F32).abs(), f.transposed())
                : c.op();
        boolean sum =
                switch (op) {
                    case Op.SumTo s -> true;
                    case Op.CumSum s -> true;
                    case Op.ScatterAdd s -> true;
                    case Op.EmbeddingGrad s -> true;
                    case Op.MatMul m -> true;
                    case Op.FrozenLinear f -> true;
                    case Op.Convolution v -> true;
                    default -> false;
                };
        if (sum) {
            Tensor[] x = c.operands().stream()
                    .map(t -> t.dtype().isFloating() ? t.abs() : t)
                    .toArray(Tensor[]::new);
            return KernelCase.REFERENCE.run(op, Shapes.of(op, x), x).toDoubles();
        }
        double[] m = new double[result.length];
        Arrays.fill(m, Arrays.stream(result).map(Math::abs).max().orElse(0));
        return m;
    }

    @Test
    void everyOpWithAKernelHasACase() {
        Set<String> without = new TreeSet<>();
        for (Class<?> op : OpRegistry.ops()) {
            if (KernelCases.hasKernel(op) && LARGE.stream().noneMatch(c -> op.isInstance(c.op()))) {
                without.add(op.getSimpleName());
            }
        }
        assertEquals(Set.of(), without);
    }

    /** The vector backend computes every op that has a kernel in F32, so no law above passes for want of one. */
    @Test
    void everyCaseRunsInVectors() {
        assertEquals(
                List.of(),
                LARGE.stream().filter(c -> !c.runsOn(KernelCase.SIMD)).toList());
    }
}
