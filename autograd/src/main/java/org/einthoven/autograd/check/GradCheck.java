package org.einthoven.autograd.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.check.GradReport.Line;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Compares derivatives with central differences, to second order, in F64. With a random cotangent c and directions v:
 *
 * <pre>
 * L = sum c * f(x)                      order 1: dL/dx                       against differences of L
 * G = sum &lt;dL/dx, v&gt;                    order 2: dG/dx (Hessian times v)     against differences of dL/dx along v
 *                                                dG/dc (Jacobian times v)    against differences of f along v
 * </pre>
 *
 * Differences are five-point, of error h^4. The function must be smooth near the point: keep inputs from kinks and ties.
 *
 * <p>The error of an entry is relative to it, or to the largest entry of its tensor (taken as 1e-4 at least and 1 at most)
 * where that is larger; what rounding alone can do is never counted. Where the error is beyond the tolerance, the report
 * has a {@link StepSweep} that tells a wrong rule from a kink from cancellation.
 *
 * <p>{@link #of} checks a gradient that has nothing to do with tensors.
 */
public record GradCheck(double step, double tolerance, Rng rng) {
    /** Step 1e-3, tolerance 1e-6. */
    public static GradCheck standard(Rng rng) {
        return new GradCheck(1e-3, 1e-6, rng);
    }

    /**
     * A check of any gradient in Java, of whatever library or none: {@code GradCheck.of(f, gradient).at(x).assertOk()}.
     *
     * @param f a function of an array
     * @param gradient its claimed derivatives by each element of that array
     */
    public static ArrayGradCheck of(ToDoubleFunction<double[]> f, UnaryOperator<double[]> gradient) {
        return ArrayGradCheck.standard(f, gradient);
    }

    /** Checks f at F64 inputs to second order in each input and in the cotangent. */
    public GradReport check(Function<List<Tensor>, Tensor> f, List<Tensor> at) {
        List<Line> lines = new ArrayList<>(firstOrder(f, at).lines());
        lines.addAll(secondOrder(f, at).lines());
        return new GradReport(lines);
    }

    /** The gradient alone. */
    public GradReport firstOrder(Function<List<Tensor>, Tensor> f, List<Tensor> at) {
        List<Tensor> x = constants(at);
        Tensor c = cotangent(f, x);
        List<Tensor> g = gradient(f, x, c);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            int operand = i;
            Tensor xi = x.get(i);
            double[] values = xi.toDoubles();
            IntFunction<DoubleUnaryOperator> loss =
                    j -> h -> f.apply(moved(x, operand, j, h)).mul(c).sum().item();
            lines.add(Differences.ofEach(values.length, loss, j -> step)
                    .against(
                            "dL/dx" + i,
                            g.get(i).toDoubles(),
                            tolerance,
                            j -> entry(xi, j),
                            loss,
                            j -> Math.abs(values[j])));
        }
        return new GradReport(lines);
    }

    /** The derivative of the gradient alone. */
    public GradReport secondOrder(Function<List<Tensor>, Tensor> f, List<Tensor> at) {
        List<Tensor> x = constants(at);
        Tensor c = cotangent(f, x);
        List<Tensor> v = directions(x);
        List<Tensor> hv = derivativesOfDirectional(f, x, c, v);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            int operand = i;
            lines.add(along("dG/dx" + i, x.get(i), hv.get(i), h -> gradient(f, displaced(x, v, h), c)
                    .get(operand)
                    .toDoubles()));
        }
        lines.add(along("dG/dcotangent", c, hv.get(x.size()), h -> f.apply(displaced(x, v, h))
                .toDoubles()));
        return new GradReport(lines);
    }

    private Line along(String what, Tensor shaped, Tensor analytic, DoubleFunction<double[]> f) {
        return Differences.of(f, step)
                .against(what, analytic.toDoubles(), tolerance, j -> entry(shaped, j), j -> h -> f.apply(h)[j], j -> 1);
    }

    private static List<Tensor> derivativesOfDirectional(
            Function<List<Tensor>, Tensor> f, List<Tensor> x, Tensor c, List<Tensor> v) {
        List<Tensor> all = new ArrayList<>(x.stream().map(Tensor::track).toList());
        List<Tensor> leaves = List.copyOf(all);
        all.add(c.track());
        List<Tensor> g = Grad.vjp(f.apply(leaves), leaves, all.getLast(), GradMode.DIFFERENTIABLE);
        Tensor directional = Tensor.scalar(0, DType.F64);
        for (int i = 0; i < g.size(); i++) {
            directional = directional.add(g.get(i).mul(v.get(i)).sum());
        }
        return directional.isTracked()
                ? Grad.vjp(directional, all, Tensor.scalar(1, DType.F64), GradMode.CONSTANT)
                : all.stream()
                        .map(t -> Tensor.zeros(DType.F64, t.shape().toArray()))
                        .toList();
    }

    private static List<Tensor> gradient(Function<List<Tensor>, Tensor> f, List<Tensor> x, Tensor c) {
        List<Tensor> leaves = x.stream().map(t -> t.detach().track()).toList();
        return Grad.vjp(f.apply(leaves), leaves, c, GradMode.CONSTANT);
    }

    private static List<Tensor> constants(List<Tensor> at) {
        for (Tensor x : at) {
            if (x.dtype() != DType.F64) {
                throw new TensorException("gradcheck: inputs must be F64, got " + x.dtype() + " " + x.shape()
                        + "; close over indices and masks");
            }
        }
        return at.stream().map(Tensor::detach).toList();
    }

    private Tensor cotangent(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        return rng.split("cotangent").normal64(f.apply(x).shape().toArray());
    }

    private List<Tensor> directions(List<Tensor> x) {
        List<Tensor> v = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            v.add(rng.split("direction").split(i).normal64(x.get(i).shape().toArray()));
        }
        return v;
    }

    private static List<Tensor> displaced(List<Tensor> x, List<Tensor> v, double h) {
        List<Tensor> moved = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            moved.add(x.get(i).add(v.get(i).mul(h)));
        }
        return moved;
    }

    private static List<Tensor> moved(List<Tensor> x, int at, int entry, double h) {
        List<Tensor> m = new ArrayList<>(x);
        double[] d = x.get(at).toDoubles();
        d[entry] += h;
        m.set(at, Tensor.of(d, x.get(at).shape().toArray()));
        return m;
    }

    /** Where an element stands, such as {@code [1, 2]}. */
    private static String entry(Tensor x, int flat) {
        return Arrays.toString(x.shape().index(flat));
    }
}
