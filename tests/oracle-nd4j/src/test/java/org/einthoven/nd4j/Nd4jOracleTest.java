package org.einthoven.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.BroadcastPair;
import org.einthoven.verify.Fill;
import org.einthoven.verify.Filled;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;
import org.einthoven.verify.Shaped;
import org.einthoven.verify.TensorDomain;
import org.einthoven.verify.TensorRecipe;
import org.junit.jupiter.api.Test;

/** Values and first gradients of every op that ND4J has, over drawn shapes and layouts; and which it has not. */
@Domain(TensorDomain.class)
@Domain(DomainContext.Global.class)
class Nd4jOracleTest {
    private static final int TRIES = 40;

    /** What ND4J has nothing for, or nothing with a derivative: the reasons stand in {@link SameDiffOps}. */
    private static final Set<String> LACKING = Set.of(
            "ArgMax",
            "ArgSort",
            "Cast",
            "Compare",
            "Contiguous",
            "Conv1dInputGrad",
            "Conv1dWeightGrad",
            "CustomOp",
            "Gather",
            "Recompute",
            "Rope",
            "ScatterAdd",
            "Where");

    @Test
    void theListOfWhatIsLackingIsTrue() {
        Set<String> lacking = OpRegistry.ops().stream()
                .filter(op ->
                        OpRegistry.cases(op).stream().noneMatch(c -> c.result().size() > 0 && Nd4jOracle.has(c)))
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(LACKING), lacking);
    }

    @Test
    void everyCaseOfTheRegistryThatNd4jHas() {
        int compared = 0;
        for (OpCase c : OpRegistry.differentiable()) {
            if (c.result().size() > 0 && Nd4jOracle.check(c)) {
                compared++;
            }
        }
        assertTrue(compared > 50, compared + " cases were compared");
    }

    @Property(tries = 3 * TRIES)
    void functionsOfOneElement(
            @ForAll("unary") Op op,
            @ForAll @Filled({Fill.POSITIVE, Fill.OFF_ZERO, Fill.COUNTING}) TensorRecipe recipe) {
        Tensor x = recipe.tensor();
        boolean positive = op instanceof Op.Log || op instanceof Op.Sqrt || op instanceof Op.Power;
        check(op, positive ? x.abs().add(0.3) : x);
    }

    @Provide
    Arbitrary<Op> unary() {
        return Arbitraries.of(
                new Op.Neg(),
                new Op.Exp(),
                new Op.Log(),
                new Op.Sqrt(),
                new Op.Recip(),
                new Op.Tanh(),
                new Op.Sigmoid(),
                new Op.Softplus(),
                new Op.Sin(),
                new Op.Cos(),
                new Op.Erf(),
                new Op.Abs(),
                new Op.Sign(),
                new Op.Power(2.5),
                new Op.Power(-1),
                new Op.LeakyRelu(0.1),
                new Op.Gelu(),
                new Op.Silu(),
                new Op.Clamp(-0.512, 1.234));
    }

    @Property(tries = TRIES)
    void functionsOfTwo(@ForAll("binary") Op op, @ForAll @Filled(Fill.OFF_ZERO) BroadcastPair pair) {
        // No ties: of equal ones the first has the gradient here, and both have it in ND4J.
        check(op, pair.left().tensor(), pair.right().tensor().mul(1.0625));
    }

    @Provide
    Arbitrary<Op> binary() {
        return Arbitraries.of(new Op.Add(), new Op.Sub(), new Op.Mul(), new Op.Div(), new Op.Maximum());
    }

    @Property(tries = TRIES)
    void sums(@ForAll @Shaped(minRank = 1) TensorRecipe recipe, @ForAll long choice) {
        Tensor x = recipe.tensor();
        int axis = (int) Math.floorMod(choice, (long) x.rank());
        check(new Op.SumTo(x.shape().with(axis, 1)), x);
        check(new Op.SumTo(Shape.of()), x);
        check(new Op.CumSum(axis, choice % 2 == 0), x);
    }

    @Property(tries = TRIES)
    void moves(@ForAll @Shaped(minRank = 1) TensorRecipe recipe, @ForAll long choice) {
        Tensor x = recipe.tensor();
        int axis = (int) Math.floorMod(choice, (long) x.rank());
        check(new Op.Permute(Ints.of(Rng.of(choice).permutation(x.rank()))), x);
        check(new Op.Reshape(Shape.of((int) x.size())), x);
        check(new Op.Cat(axis), x, x.neg());
        Shape column = x.shape().with(axis, 1);
        check(new Op.Expand(x.shape()), Rng.of(choice).normal64(column.toArray()));
        int[] start = new int[x.rank()];
        int[] step = new int[x.rank()];
        Arrays.fill(step, 1);
        start[axis] = 1;
        check(new Op.Pad(x.shape().with(axis, x.dim(axis) + 3), Ints.of(start), Ints.of(step)), x);
        start[axis] = x.dim(axis) - 1;
        check(new Op.Slice(Ints.of(start), column, Ints.of(step)), x);
    }

    @Property(tries = TRIES)
    void rows(@ForAll @Shaped(minRank = 1) @Filled({Fill.NORMAL, Fill.POSITIVE}) TensorRecipe recipe) {
        Tensor x = recipe.tensor();
        check(new Op.Softmax(), x);
        check(new Op.LogSoftmax(), x);
        if (x.dim(-1) > 1) { // a mean of one number has no derivative in ND4J
            check(new Op.LayerNorm(1e-5), x);
            check(new Op.RmsNorm(1e-5), x);
        }
    }

    @Property(tries = TRIES)
    void tables(@ForAll @Shaped(minRank = 2, maxRank = 2) TensorRecipe recipe, @ForAll long seed) {
        Tensor table = recipe.tensor();
        int[] ids = Rng.of(seed).stream().ints(6, 0, table.dim(0)).toArray();
        Tensor at = Tensor.of(ids, 2, 3);
        check(new Op.Embedding(), table, at);
        check(new Op.EmbeddingGrad(table.dim(0)), Rng.of(seed).normal64(2, 3, table.dim(1)), at);
    }

    @Property(tries = TRIES)
    void products(@ForAll @Shaped(minRank = 2, maxRank = 3) TensorRecipe recipe, @ForAll long seed) {
        Tensor a = recipe.tensor();
        int columns = 1 + (int) Math.floorMod(seed, 5L);
        Shape right = a.shape().with(-1, columns).with(-2, a.dim(-1));
        check(new Op.MatMul(), a, Rng.of(seed).normal64(right.toArray()));
        Tensor w = Rng.of(seed).normal64(columns, a.dim(-1));
        check(new Op.FrozenLinear(w, false), a);
        check(new Op.FrozenLinear(w.cast(DType.F64).t().contiguous(), true), a);
    }

    @Property(tries = TRIES)
    void convolutions(
            @ForAll @Shaped(minRank = 3, maxRank = 3) TensorRecipe recipe,
            @ForAll("settings") Op.Conv1d op,
            @ForAll long seed) {
        Tensor x = recipe.tensor();
        int kernel = 1 + (int) Math.floorMod(seed, 3L);
        if (x.dim(2) + 2 * op.padding() > op.dilation() * (kernel - 1)) {
            check(op, x, Rng.of(seed).normal64(2, x.dim(1), kernel));
        }
    }

    @Provide
    Arbitrary<Op.Conv1d> settings() {
        return Arbitraries.of(
                new Op.Conv1d(1, 0, 1, 1),
                new Op.Conv1d(2, 1, 1, 1),
                new Op.Conv1d(1, 2, 2, 1),
                new Op.Conv1d(3, 1, 1, 1));
    }

    private static void check(Op op, Tensor... operands) {
        assertTrue(Nd4jOracle.check(OpCase.of(op + " of " + shapes(operands), op, operands)), op + " is lacking");
    }

    private static List<Shape> shapes(Tensor... operands) {
        return Arrays.stream(operands).map(Tensor::shape).toList();
    }
}
