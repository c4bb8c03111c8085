package org.einthoven.autograd.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
 */
public record GradCheck(double step, double tolerance, Rng rng) {
    /** Step 1e-3, tolerance 1e-6. */
    public static GradCheck standard(Rng rng) {
        return new GradCheck(1e-3, 1e-6, rng);
    }

    /** Checks f at F64 inputs to second order in each input and in the cotangent. */
    public GradReport check(Function<List<Tensor>, Tensor> f, List<Tensor> at) {
        for (Tensor x : at) {
            if (x.dtype() != DType.F64) {
                throw new TensorException("gradcheck: inputs must be F64, got " + x.dtype() + " " + x.shape()
                        + "; close over indices and masks");
            }
        }
        List<Line> lines = new ArrayList<>();
        List<Tensor> x = at.stream().map(Tensor::detach).toList();
        Tensor y = f.apply(x);
        Tensor c = rng.split("cotangent").normal64(y.shape().toArray());
        List<Tensor> v = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            v.add(rng.split("direction").split(i).normal64(x.get(i).shape().toArray()));
        }
        first(f, x, c, lines);
        second(f, x, c, v, lines);
        return new GradReport(lines);
    }

    private void first(Function<List<Tensor>, Tensor> f, List<Tensor> x, Tensor c, List<Line> lines) {
        List<Tensor> g = gradient(f, x, c);
        for (int i = 0; i < x.size(); i++) {
            double[] numeric = new double[(int) x.get(i).size()];
            for (int j = 0; j < numeric.length; j++) {
                int at = i;
                int entry = j;
                numeric[j] =
                        difference(h -> f.apply(moved(x, at, entry, h)).mul(c).sum())[0];
            }
            lines.add(compare("dL/dx" + i, g.get(i).toDoubles(), numeric));
        }
    }

    private void second(Function<List<Tensor>, Tensor> f, List<Tensor> x, Tensor c, List<Tensor> v, List<Line> lines) {
        List<Tensor> leaves = x.stream().map(Tensor::track).toList();
        Tensor cot = c.track();
        List<Tensor> g = Grad.vjp(f.apply(leaves), leaves, cot, GradMode.DIFFERENTIABLE);
        Tensor directional = Tensor.scalar(0, DType.F64);
        for (int i = 0; i < g.size(); i++) {
            directional = directional.add(g.get(i).mul(v.get(i)).sum());
        }
        List<Tensor> all = new ArrayList<>(leaves);
        all.add(cot);
        List<Tensor> hv = directional.isTracked()
                ? Grad.vjp(directional, all, Tensor.scalar(1, DType.F64), GradMode.CONSTANT)
                : all.stream()
                        .map(t -> Tensor.zeros(DType.F64, t.shape().toArray()))
                        .toList();
        for (int i = 0; i < x.size(); i++) {
            int at = i;
            double[] numeric = difference(h -> gradient(f, along(x, v, h), c).get(at));
            lines.add(compare("dG/dx" + i, hv.get(i).toDoubles(), numeric));
        }
        double[] numeric = difference(h -> f.apply(along(x, v, h)));
        lines.add(compare("dG/dcotangent", hv.get(x.size()).toDoubles(), numeric));
    }

    private static List<Tensor> gradient(Function<List<Tensor>, Tensor> f, List<Tensor> x, Tensor c) {
        List<Tensor> leaves = x.stream().map(t -> t.detach().track()).toList();
        return Grad.vjp(f.apply(leaves), leaves, c, GradMode.CONSTANT);
    }

    /** (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12 h, entry by entry. */
    private double[] difference(Function<Double, Tensor> f) {
        double[] a = f.apply(-2 * step).toDoubles();
        double[] b = f.apply(-step).toDoubles();
        double[] p = f.apply(step).toDoubles();
        double[] q = f.apply(2 * step).toDoubles();
        for (int i = 0; i < a.length; i++) {
            a[i] = (a[i] - 8 * b[i] + 8 * p[i] - q[i]) / (12 * step);
        }
        return a;
    }

    private static List<Tensor> along(List<Tensor> x, List<Tensor> v, double h) {
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

    private Line compare(String what, double[] analytic, double[] numeric) {
        int worst = 0;
        double error = 0;
        for (int i = 0; i < numeric.length; i++) {
            double e = Math.abs(analytic[i] - numeric[i]) / Math.max(1, Math.abs(numeric[i]));
            if (!(e <= error)) {
                error = Double.isNaN(e) ? Double.POSITIVE_INFINITY : e;
                worst = i;
            }
        }
        return numeric.length == 0
                ? new Line(what, 0, 0, 0, 0, tolerance)
                : new Line(what, error, worst, analytic[worst], numeric[worst], tolerance);
    }
}
