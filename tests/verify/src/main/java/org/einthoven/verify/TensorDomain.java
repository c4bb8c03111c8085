package org.einthoven.verify;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * Shapes and tensors for properties: {@code @Property @Domain(TensorDomain.class) void law(@ForAll Tensor x)}.
 *
 * <p>Shapes have rank 0 to 4 and axes of 1 to 5, so that they shrink to something that a person can read. Tensors are F64
 * with standard normal values drawn from a seed; they come row-major, with axes permuted, or reversed along one axis, since
 * an operation must accept any strides.
 */
public final class TensorDomain extends DomainContextBase {
    private static final int LARGEST_RANK = 4;
    private static final int LONGEST_AXIS = 5;

    @Provide
    public Arbitrary<Shape> shapes() {
        return Arbitraries.integers()
                .between(1, LONGEST_AXIS)
                .array(int[].class)
                .ofMaxSize(LARGEST_RANK)
                .map(Shape::of);
    }

    @Provide
    public Arbitrary<Tensor> tensors() {
        Arbitrary<Long> seeds = Arbitraries.longs();
        return shapes().flatMap(shape -> seeds.map(seed -> Rng.of(seed).normal64(shape.toArray()))
                .flatMap(x -> Arbitraries.of(Strides.values()).map(strides -> strides.of(x))));
    }

    /** Ways to lay out the same kind of tensor. */
    private enum Strides {
        ROW_MAJOR,
        REVERSED_AXES,
        FLIPPED;

        Tensor of(Tensor x) {
            int rank = x.rank();
            if (rank == 0) {
                return x;
            }
            return switch (this) {
                case ROW_MAJOR -> x;
                case REVERSED_AXES ->
                    x.permute(IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
                case FLIPPED -> x.flip(rank - 1);
            };
        }
    }
}
