package org.einthoven.verify.laws;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.verify.OpCase;

/**
 * Laws of derivatives over all operands of a case at once, to 1e-12 of the magnitudes that are summed. Each gives the
 * deviation in words, or nothing when the law holds.
 */
final class Derivatives {
    private static final double TOLERANCE = 1e-12;
    private static final Rng RNG = Rng.of(31);

    private Derivatives() {}

    /** &lt;J u, c&gt; = &lt;u, J' c&gt; in a group of operands in which the op is linear, so that J u is the op at u. */
    static Optional<String> adjointDiffers(OpCase c, List<Integer> group) {
        List<Tensor> u = new ArrayList<>(c.operands());
        List<Tensor> leaves = new ArrayList<>(c.operands());
        for (int i : group) {
            u.set(i, like(c.operands().get(i), "u" + i));
            leaves.set(i, c.operands().get(i).track());
        }
        Tensor forth = c.apply(u);
        Tensor cotangent = like(forth, "cotangent");
        List<Tensor> back =
                Grad.vjp(c.apply(leaves), group.stream().map(leaves::get).toList(), cotangent, GradMode.CONSTANT);
        Sum left = new Sum();
        left.add(forth, cotangent);
        Sum right = new Sum();
        for (int k = 0; k < group.size(); k++) {
            right.add(u.get(group.get(k)), back.get(k));
        }
        return left.differsFrom(right, "<J u, c> and <u, J' c> in operands " + group);
    }

    /** &lt;H u, v&gt; = &lt;u, H v&gt; for the Hessian H of &lt;c, f&gt;, over all variables of the case. */
    static Optional<String> hessianIsAsymmetric(OpCase c) {
        List<Tensor> x = c.at().stream().map(Tensor::track).toList();
        Tensor y = c.function().apply(x);
        List<Tensor> g = Grad.vjp(y, x, like(y, "cotangent"), GradMode.DIFFERENTIABLE);
        List<Tensor> u = directions(x, "u");
        List<Tensor> v = directions(x, "v");
        return dot(times(g, x, u), v).differsFrom(dot(times(g, x, v), u), "<H u, v> and <u, H v>");
    }

    /** d &lt;g, u&gt; / dx. */
    private static List<Tensor> times(List<Tensor> g, List<Tensor> x, List<Tensor> u) {
        Tensor along = Tensor.scalar(0, DType.F64);
        for (int i = 0; i < g.size(); i++) {
            along = along.add(g.get(i).mul(u.get(i)).sum());
        }
        return along.isTracked()
                ? Grad.vjp(along, x, Tensor.scalar(1, DType.F64), GradMode.CONSTANT)
                : x.stream().map(t -> t.detach().mul(0)).toList();
    }

    private static Sum dot(List<Tensor> a, List<Tensor> b) {
        Sum s = new Sum();
        for (int i = 0; i < a.size(); i++) {
            s.add(a.get(i), b.get(i));
        }
        return s;
    }

    private static List<Tensor> directions(List<Tensor> x, String name) {
        List<Tensor> d = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            d.add(like(x.get(i), name + i));
        }
        return d;
    }

    private static Tensor like(Tensor x, String name) {
        return RNG.split(name).normal64(x.shape().toArray());
    }

    /** A sum of products, and of their magnitudes: what its rounding is measured by. */
    private static final class Sum {
        private double value;
        private double magnitude;

        void add(Tensor a, Tensor b) {
            double[] products = a.mul(b).toDoubles();
            value += Arrays.stream(products).sum();
            magnitude += Arrays.stream(products).map(Math::abs).sum();
        }

        Optional<String> differsFrom(Sum other, String what) {
            double scale = Math.max(magnitude, other.magnitude);
            double error = Math.abs(value - other.value);
            return error <= TOLERANCE * scale
                    ? Optional.empty()
                    : Optional.of(String.format(Locale.ROOT, "%s: %.17g and %.17g", what, value, other.value));
        }
    }
}
