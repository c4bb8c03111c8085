package org.einthoven.verify.hyperdual;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.verify.hyperdual.OracleReport.Line;

/**
 * Compares reverse mode with hyper-dual numbers, in F64. The forward program of f is recorded once and run again over
 * hyper-dual numbers, entry by entry of the input; no derivative rule and no step size is involved. With a random cotangent
 * c and random directions v, w:
 *
 * <pre>
 * L = sum c * f(x)              value of f
 *                               dL/dx                          every entry
 * G = sum &lt;dL/dx, v&gt;            dG/dx  Hessian times v         every entry
 *                               dG/dc  Jacobian times v        every entry
 * backward program of L,        forward over reverse           against dG/dx of Grad of Grad
 * run over hyper-dual numbers   forward over forward over reverse: third derivative along v, w, against Grad three deep
 * </pre>
 *
 * @param tolerance of an entry, relative to the largest entry of its derivative
 */
public record HyperDualOracle(double tolerance, Rng rng) {
    /** Tolerance 1e-12. */
    public static HyperDualOracle standard(Rng rng) {
        return new HyperDualOracle(1e-12, rng);
    }

    /**
     * Checks the derivatives of f, a function of F64 tensors in recorded tensor operations.
     *
     * @throws TensorException when an input is not F64, or f's result was not computed from the inputs by recorded ops
     */
    public OracleReport check(Function<List<Tensor>, Tensor> f, List<Tensor> at) {
        List<Tensor> x = at.stream().map(HyperDualOracle::leaf).toList();
        Tensor y = f.apply(x);
        if (!y.isTracked()) {
            throw new TensorException("hyper-dual oracle: the result " + y.dtype() + " " + y.shape()
                    + " was not recorded, so there is no program to run again; write f in tensor operations of"
                    + " its inputs");
        }
        Comparison comparison = new Comparison(x, y, tolerance, rng);
        List<Kink> chosen = comparison.choicesThatChange(f);
        return chosen.isEmpty() ? comparison.report() : new OracleReport(List.of(), chosen);
    }

    private static Tensor leaf(Tensor x) {
        if (x.dtype() != DType.F64) {
            throw new TensorException("hyper-dual oracle: inputs must be F64, got " + x.dtype() + " " + x.shape()
                    + "; close over indices and masks");
        }
        return x.detach().track();
    }

    /** One f at one point, with the random cotangent and directions. */
    private static final class Comparison {
        /** Far enough to part numbers that are equal, and nearer than any that are not. */
        private static final double NEAR = 0x1p-30;

        private final List<Tensor> x;
        private final Tensor y;
        private final double tolerance;
        private final Tensor cotangent;
        private final List<Tensor> v;
        private final List<Tensor> w;
        private final HyperDualBackend backend = new HyperDualBackend();
        private final List<Line> lines = new ArrayList<>();

        Comparison(List<Tensor> x, Tensor y, double tolerance, Rng rng) {
            this.x = x;
            this.y = y;
            this.tolerance = tolerance;
            this.cotangent = normal(rng.split("cotangent"), y).track();
            this.v = directions(rng.split("v"));
            this.w = directions(rng.split("w"));
        }

        private List<Tensor> directions(Rng rng) {
            List<Tensor> d = new ArrayList<>();
            for (int i = 0; i < x.size(); i++) {
                d.add(normal(rng.split(i), x.get(i)));
            }
            return d;
        }

        /** Where f, a little to either side, goes by other indices or conditions than here. */
        List<Kink> choicesThatChange(Function<List<Tensor>, Tensor> f) {
            Choices here = Choices.of(y);
            return Stream.of(NEAR, -NEAR)
                    .flatMap(h -> here.changed(Choices.of(f.apply(moved(h))), NEAR).stream())
                    .limit(1)
                    .toList();
        }

        private List<Tensor> moved(double h) {
            List<Tensor> m = new ArrayList<>();
            for (int i = 0; i < x.size(); i++) {
                m.add(leaf(x.get(i).detach().add(v.get(i).mul(h))));
            }
            return m;
        }

        private static Tensor normal(Rng rng, Tensor like) {
            return rng.normal64(like.shape().toArray());
        }

        OracleReport report() {
            HyperTensor forward = program(y, v, w);
            if (!backend.kinks().isEmpty()) {
                return new OracleReport(List.of(), backend.kinks());
            }
            line("f", y.toDoubles(), forward.value());
            List<Tensor> g = Grad.vjp(y, x, cotangent, GradMode.DIFFERENTIABLE);
            List<Tensor> hv = derivative(along(g, v), GradMode.DIFFERENTIABLE);
            everyEntry(g, hv);
            line("dG/dcotangent", hv.getLast().toDoubles(), forward.along1());
            forwardOverReverse(g, hv);
            return new OracleReport(lines, backend.kinks());
        }

        /** dL/dx and dG/dx by moving one entry along e1 and all of them along e2. */
        private void everyEntry(List<Tensor> g, List<Tensor> hv) {
            double[] c = cotangent.toDoubles();
            for (int i = 0; i < x.size(); i++) {
                double[] gradient = new double[(int) x.get(i).size()];
                double[] hessian = new double[gradient.length];
                for (int entry = 0; entry < gradient.length; entry++) {
                    HyperTensor moved = program(y, unit(i, entry), v);
                    gradient[entry] = dot(c, moved.along1());
                    hessian[entry] = dot(c, moved.mixed());
                }
                line("dL/dx" + i, g.get(i).toDoubles(), gradient);
                line("dG/dx" + i, hv.get(i).toDoubles(), hessian);
            }
        }

        /** The recorded backward program, differentiated forwards once and twice. */
        private void forwardOverReverse(List<Tensor> g, List<Tensor> hv) {
            List<Tensor> third = derivative(along(hv.subList(0, x.size()), w), GradMode.CONSTANT);
            for (int i = 0; i < x.size(); i++) {
                HyperTensor backward = program(g.get(i), v, w);
                line("dG/dx" + i + " forward over reverse", hv.get(i).toDoubles(), backward.along1());
                line("third derivative by x" + i, third.get(i).toDoubles(), backward.mixed());
            }
        }

        /** The recorded program of t with every input moving along v and w. */
        private HyperTensor program(Tensor t, List<Tensor> v, List<Tensor> w) {
            Map<Tensor, HyperTensor> moving = new IdentityHashMap<>();
            for (int i = 0; i < x.size(); i++) {
                moving.put(x.get(i), HyperTensor.along(x.get(i), v.get(i), w.get(i)));
            }
            return new Replay(backend, moving).of(t);
        }

        /** d s / dx for each x, and d s / d cotangent at the end; zeros when s is constant. */
        private List<Tensor> derivative(Tensor s, GradMode mode) {
            List<Tensor> by = new ArrayList<>(x);
            by.add(cotangent);
            return s.isTracked()
                    ? Grad.vjp(s, by, Tensor.scalar(1, DType.F64), mode)
                    : by.stream()
                            .map(t -> Tensor.zeros(DType.F64, t.shape().toArray()))
                            .toList();
        }

        private static Tensor along(List<Tensor> g, List<Tensor> direction) {
            Tensor sum = Tensor.scalar(0, DType.F64);
            for (int i = 0; i < g.size(); i++) {
                sum = sum.add(g.get(i).mul(direction.get(i)).sum());
            }
            return sum;
        }

        private List<Tensor> unit(int input, int entry) {
            List<Tensor> u = new ArrayList<>();
            for (int i = 0; i < x.size(); i++) {
                double[] e = new double[(int) x.get(i).size()];
                if (i == input) {
                    e[entry] = 1;
                }
                u.add(Tensor.of(e, x.get(i).shape().toArray()));
            }
            return u;
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        private void line(String what, double[] reverse, double[] oracle) {
            lines.add(Line.of(what, reverse, oracle, tolerance));
        }
    }
}
