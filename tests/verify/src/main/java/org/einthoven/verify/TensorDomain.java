package org.einthoven.verify;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;
import net.jqwik.api.providers.TypeUsage;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * What properties of tensors are given, for jqwik: {@code @Property @Domain(TensorDomain.class) void law(@ForAll Tensor x)}.
 *
 * <table>
 * <caption>Types of parameters</caption>
 * <tr><td>{@link TensorRecipe}</td><td>a tensor that prints in one line; ask for it first</td></tr>
 * <tr><td>{@link Tensor}</td><td>the same, made; F64</td></tr>
 * <tr><td>{@link BroadcastPair}</td><td>two recipes whose shapes broadcast</td></tr>
 * <tr><td>{@link Shape}</td><td>the shape alone</td></tr>
 * </table>
 *
 * <p>{@link Shaped}, {@link Filled} and {@link Laid} on a parameter narrow what is drawn. Without them shapes have rank 0 to
 * 4 and axes of 1 to 5, small enough to read, with values of every {@link Fill} and layouts of every {@link Strides}.
 */
@Shaped
public final class TensorDomain extends DomainContextBase {
    private static final Shaped ANY_SHAPE = TensorDomain.class.getAnnotation(Shaped.class);

    @Provide
    public Arbitrary<Shape> shapes(TypeUsage parameter) {
        Shaped range = parameter.findAnnotation(Shaped.class).orElse(ANY_SHAPE);
        return Arbitraries.integers()
                .between(range.minAxis(), range.maxAxis())
                .array(int[].class)
                .ofMinSize(range.minRank())
                .ofMaxSize(range.maxRank())
                .map(Shape::of);
    }

    @Provide
    public Arbitrary<TensorRecipe> recipes(TypeUsage parameter) {
        return shapes(parameter).flatMap(shape -> recipes(parameter, shape));
    }

    @Provide
    public Arbitrary<Tensor> tensors(TypeUsage parameter) {
        return recipes(parameter).map(TensorRecipe::tensor);
    }

    /** {@link Shaped} is about the larger shape; either operand may have 1 in place of its axes, or lack leading ones. */
    @Provide
    public Arbitrary<BroadcastPair> broadcastPairs(TypeUsage parameter) {
        return shapes(parameter).flatMap(full -> Combinators.combine(
                        narrowed(full).flatMap(left -> recipes(parameter, left)),
                        narrowed(full).flatMap(right -> recipes(parameter, right)))
                .as(BroadcastPair::new));
    }

    private static Arbitrary<TensorRecipe> recipes(TypeUsage parameter, Shape shape) {
        Fill[] fills = parameter.findAnnotation(Filled.class).map(Filled::value).orElse(Fill.values());
        Strides[] strides =
                parameter.findAnnotation(Laid.class).map(Laid::value).orElse(Strides.values());
        return Combinators.combine(
                        Arbitraries.of(fills),
                        Arbitraries.longs().between(0, 9999),
                        Arbitraries.just(shape),
                        Arbitraries.of(strides))
                .as(TensorRecipe::new);
    }

    /** {@code full} without some leading axes, and with 1 at some others. */
    private static Arbitrary<Shape> narrowed(Shape full) {
        int rank = full.rank();
        return Combinators.combine(
                        Arbitraries.integers().between(0, rank),
                        Arbitraries.integers().between(0, (1 << rank) - 1))
                .as((missing, ones) -> Shape.of(IntStream.range(missing, rank)
                        .map(axis -> (ones >> axis & 1) == 1 ? 1 : full.dim(axis))
                        .toArray()));
    }
}
