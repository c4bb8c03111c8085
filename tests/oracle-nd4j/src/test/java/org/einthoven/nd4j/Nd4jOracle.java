package org.einthoven.nd4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.OpCase;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares a case with ND4J in F64: its value, and its first gradients under a random cotangent. */
final class Nd4jOracle {
    private Nd4jOracle() {}

    /** Whether ND4J has it. */
    static boolean has(OpCase c) {
        return translate(c).isPresent();
    }

    /**
     * @return false when ND4J lacks it
     * @throws AssertionError with the first entry that differs
     */
    static boolean check(OpCase c) {
        Optional<Translation> translated = translate(c);
        translated.ifPresent(t -> compare(c, t));
        return translated.isPresent();
    }

    private record Translation(SameDiff graph, List<String> variables, SDVariable result) {}

    private static Optional<Translation> translate(OpCase c) {
        if (c.operands().stream().anyMatch(t -> t.size() == 0)) {
            return Optional.empty(); // its variables cannot be empty
        }
        SameDiff graph = SameDiff.create();
        List<SDVariable> x = new ArrayList<>();
        List<String> variables = new ArrayList<>();
        for (int i = 0; i < c.operands().size(); i++) {
            INDArray value = array(c.operands().get(i));
            boolean variable = c.variables().contains(i);
            x.add(variable ? graph.var("x" + i, value) : graph.constant("x" + i, value));
            if (variable) {
                variables.add("x" + i);
            }
        }
        return new SameDiffOps(graph)
                .of(c.op(), x, c.operands(), c.result().shape())
                .map(y -> new Translation(graph, variables, y));
    }

    private static void compare(OpCase c, Translation t) {
        List<Tensor> x = c.at().stream().map(Tensor::track).toList();
        Tensor y = c.function().apply(x);
        Tensor cotangent = Rng.of(222).split(c.name()).normal64(y.shape().toArray());
        SDVariable loss = t.result.mul(t.graph.constant(array(cotangent))).sum();
        t.graph.setLossVariables(loss);
        double tolerance = tolerance(c.op());
        same(c + ", value", y.toDoubles(), t.result.eval(), tolerance);
        if (!SameDiffOps.derives(c.op())) {
            return;
        }
        Map<String, INDArray> theirs = t.graph.calculateGradients(new LinkedHashMap<>(), t.variables);
        List<Tensor> ours = Grad.vjp(y, x, cotangent, GradMode.CONSTANT);
        for (int i = 0; i < ours.size(); i++) {
            String name = t.variables.get(i);
            same(c + ", gradient of " + name, ours.get(i).toDoubles(), theirs.get(name), tolerance);
        }
    }

    /** Of the largest number: both sum the same few terms in another order. It keeps the numbers of some ops as floats. */
    private static double tolerance(Op op) {
        return switch (op) {
            case Op.LeakyRelu l -> 1e-7;
            case Op.Clamp c -> 1e-7;
            default -> 1e-10;
        };
    }

    private static void same(String what, double[] ours, INDArray nd4j, double tolerance) {
        double[] theirs = nd4j.dup('c').castTo(DataType.DOUBLE).data().asDouble();
        if (ours.length != theirs.length) {
            throw new AssertionError(what + ": " + ours.length + " numbers, ND4J has " + theirs.length);
        }
        double largest = 1;
        for (double d : theirs) {
            largest = Math.max(largest, Math.abs(d));
        }
        for (int i = 0; i < ours.length; i++) {
            if (!(Math.abs(ours[i] - theirs[i]) <= tolerance * largest)) {
                throw new AssertionError(what + ", entry " + i + ": " + ours[i] + ", ND4J has " + theirs[i]);
            }
        }
    }

    static INDArray array(Tensor t) {
        if (t.rank() == 0) {
            return Nd4j.scalar(t.dtype() == DType.I32 ? DataType.INT : DataType.DOUBLE, t.item());
        }
        long[] shape = new long[t.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = t.dim(i);
        }
        return switch (t.dtype()) {
            case I32 -> Nd4j.createFromArray(t.toInts()).reshape(shape);
            case BOOL -> Nd4j.createFromArray(t.toBooleans()).reshape(shape);
            default -> Nd4j.createFromArray(t.toDoubles()).reshape(shape);
        };
    }
}
