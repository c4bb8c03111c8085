package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.TensorLaws;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A frozen linear map of a stored weight is to decode the weight and to multiply, in every type that weights come in. */
class FrozenLawTest {
    private static final Rng RNG = Rng.of(8);
    private static final int OUT = 3;
    private static final int IN = 512;

    static List<DType> stored() {
        return Stream.of(DType.values()).filter(DType::isStorageOnly).toList();
    }

    @ParameterizedTest
    @MethodSource("stored")
    void theReferenceGivesTheBitsOfDecodeAndMultiply(DType type) {
        Tensor weight = weight(type);
        Tensor decoded = Tensor.of(weight.toDoubles(), OUT, IN);
        Tensor x = RNG.split("x").normal64(4, IN);
        Tensor y = RNG.split("y").normal64(4, OUT);
        TensorLaws.sameBits("x W^T", multiply(x, decoded.t()), frozen(weight, false, x));
        TensorLaws.sameBits("y W", multiply(y, decoded), frozen(weight, true, y));
    }

    private static Tensor multiply(Tensor a, Tensor b) {
        return new KernelCase("matmul", new Op.MatMul(), IN, List.of(a, b)).on(KernelCase.REFERENCE);
    }

    private static Tensor frozen(Tensor weight, boolean transposed, Tensor x) {
        return new KernelCase("frozen", new Op.FrozenLinear(weight, transposed), IN, List.of(x))
                .on(KernelCase.REFERENCE);
    }

    @ParameterizedTest
    @MethodSource("stored")
    void gradientAndHessianToo(DType type) {
        Tensor weight = weight(type);
        Tensor decoded = Tensor.of(weight.toDoubles(), OUT, IN);
        Tensor x = RNG.split("x").normal64(2, IN);
        Tensor v = RNG.split("v").normal64(2, IN);
        TensorLaws.close(
                "gradient",
                Grad.grad(z -> z.linear(decoded).tanh().sum(), x, GradMode.CONSTANT),
                Grad.grad(z -> z.frozenLinear(weight).tanh().sum(), x, GradMode.CONSTANT),
                1e-12);
        TensorLaws.close(
                "Hessian times a direction",
                Grad.hvp(z -> z.linear(decoded).tanh().sum(), x, v),
                Grad.hvp(z -> z.frozenLinear(weight).tanh().sum(), x, v),
                1e-12);
    }

    /** Vectors read the stored bits as they go: within n * epsilon of decoding first. */
    @ParameterizedTest
    @MethodSource("stored")
    void vectorsToo(DType type) {
        Tensor weight = weight(type);
        Tensor decoded = weight.cast(DType.F32);
        for (int rows : new int[] {1, 9}) {
            Tensor x = RNG.split("narrow").normal(rows, IN);
            double[] expected = x.linear(decoded).toDoubles();
            double[] magnitude = x.abs().linear(decoded.abs()).toDoubles();
            double[] actual = x.frozenLinear(weight).toDoubles();
            for (int i = 0; i < expected.length; i++) {
                double apart = Math.abs(expected[i] - actual[i]);
                assertTrue(apart <= IN * Math.ulp(1f) * magnitude[i], type + " entry " + i + ": " + apart);
            }
        }
    }

    /** Random bits whose every 16-bit half would be a finite number below 2, so scales wherever they stand are finite. */
    private static Tensor weight(DType type) {
        RandomGenerator random = RNG.split(type.name()).stream();
        byte[] bytes = new byte[(int) type.bytes((long) OUT * IN)];
        random.nextBytes(bytes);
        for (int i = 1; i < bytes.length; i += 2) {
            bytes[i] &= (byte) 0xBB;
        }
        MemorySegment s = Arena.ofAuto().allocate(bytes.length, 2);
        MemorySegment.copy(bytes, 0, s, ValueLayout.JAVA_BYTE, 0, bytes.length);
        Tensor weight = Tensor.blocks(type, s, OUT, IN);
        assertTrue(Arrays.stream(weight.toDoubles()).allMatch(Double::isFinite));
        return weight;
    }
}
