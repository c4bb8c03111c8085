package org.einthoven.verify.laws;

import java.util.List;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;
import org.einthoven.verify.TensorLaws;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In arrays that hold whatever was there before, every op has the bits that it has in fresh ones. */
class WorkspaceLawTest {
    /** Arrays of garbage of each size: more than any kernel takes at once. */
    private static final int DEPTH = 4;

    @BeforeAll
    static void vectors() {
        KernelCase.needVectors();
        Backends.choose("simd");
    }

    @AfterAll
    static void theBestBackend() {
        Backends.choose("");
    }

    static List<OpCase> cases() {
        return Stream.of(
                        OpRegistry.cases().stream(),
                        OpRegistry.cases().stream().map(WorkspaceLawTest::narrow),
                        KernelCases.large().stream()
                                .flatMap(c -> Stream.of(c, c.wide()))
                                .map(c -> new OpCase(c.name() + " large", c.op(), c.operands(), List.of())))
                .flatMap(s -> s)
                .filter(WorkspaceLawTest::hasKernel)
                .toList();
    }

    /** Those of the reference take no memory of a workspace. */
    private static boolean hasKernel(OpCase c) {
        return KernelCase.SIMD.supports(c.op(), c.operands().toArray(Tensor[]::new));
    }

    /** The same with F64 operands as F32. */
    private static OpCase narrow(OpCase c) {
        List<Tensor> narrow = c.operands().stream()
                .map(t -> t.dtype() == DType.F64 ? t.cast(DType.F32) : t)
                .toList();
        return new OpCase(c.name() + " F32", c.op(), narrow, List.of());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void garbageIsOverwritten(OpCase c) {
        Tensor fresh = run(c.op(), c.operands());
        Workspace memory = new Workspace();
        memory.run(() -> litter(c, fresh));
        // The second run works in the arrays of the first one's intermediate results.
        List<Tensor> again = memory.computeAll(() -> {
            Tensor first = run(c.op(), strided(c.operands()));
            return List.of(first, run(c.op(), c.operands()));
        });
        TensorLaws.sameBits(c.name() + " of strided operands", fresh, again.get(0));
        TensorLaws.sameBits(c.name(), fresh, again.get(1));
    }

    private static Tensor run(Op op, List<Tensor> x) {
        return op instanceof Op.Reshape(Shape to)
                ? x.getFirst().reshape(to)
                : Dispatch.apply(op, x.toArray(Tensor[]::new));
    }

    /** Garbage of the size of the result and of each operand, in every type; and what the op itself makes of NaN. */
    private static void litter(OpCase c, Tensor result) {
        for (int i = 0; i < DEPTH; i++) {
            for (Tensor t :
                    Stream.concat(Stream.of(result), c.operands().stream()).toList()) {
                if (t.dtype().isStorageOnly()) {
                    continue;
                }
                int n = (int) t.size();
                Tensor.full(DType.F32, Double.NaN, n).contiguous();
                Tensor.full(DType.F64, Double.NaN, n).contiguous();
                Tensor.full(DType.I32, -7, n).contiguous();
                Tensor.full(DType.BOOL, 1, n).contiguous();
            }
            run(c.op(), c.operands().stream().map(WorkspaceLawTest::nan).toList());
        }
    }

    private static Tensor nan(Tensor t) {
        return t.dtype() == DType.F32 || t.dtype() == DType.F64 ? t.mul(Double.NaN) : t;
    }

    /** The same numbers, the last two axes exchanged in memory. */
    private static List<Tensor> strided(List<Tensor> x) {
        return x.stream()
                .map(t -> t.rank() < 2 || t.dtype().isStorageOnly()
                        ? t
                        : t.t().contiguous().t())
                .toList();
    }
}
