package org.einthoven.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Recompute;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.op.Op;

/**
 * What holds for every operation, whatever it computes. Each law returns when it holds, and else throws an
 * {@link AssertionError} that names the law, the entry, and both values. No test framework is needed.
 */
public final class TensorLaws {
    private TensorLaws() {}

    /** f(view) = f(copy): the same bits however the operands lie in memory. */
    public static void anyStridesGiveTheSameBits(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        Tensor plain = f.apply(x.stream().map(Strides.ROW_MAJOR::of).toList());
        for (Strides strides : Strides.values()) {
            Tensor y = f.apply(x.stream().map(strides::of).toList());
            sameBits("operands " + strides + " against row-major ones", plain, y);
        }
    }

    /** The gradient is the same, to 1e-12, however operands and cotangent lie in memory. For floating operands. */
    public static void anyStridesGiveTheSameGradient(Function<List<Tensor>, Tensor> f, List<Tensor> x, Rng rng) {
        List<Tensor> leaves = x.stream().map(t -> t.detach().track()).toList();
        Tensor y = f.apply(leaves);
        Tensor c = like(y, rng);
        List<Tensor> plain = Grad.vjp(y, leaves, c, GradMode.CONSTANT);
        for (Strides strides : Strides.values()) {
            Tensor viewed = f.apply(leaves.stream().map(strides::of).toList());
            List<Tensor> g = Grad.vjp(viewed, leaves, strides.of(c), GradMode.CONSTANT);
            for (int i = 0; i < g.size(); i++) {
                close(
                        "the gradient by operand " + i + " with operands and cotangent " + strides
                                + " against row-major ones",
                        plain.get(i),
                        g.get(i),
                        1e-12);
            }
        }
    }

    /** The same bits when run again, and operands that are left as they were. */
    public static void repeats(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        List<double[]> before = x.stream().map(Tensor::toDoubles).toList();
        Tensor once = f.apply(x);
        Tensor again = f.apply(x);
        for (int i = 0; i < x.size(); i++) {
            same(
                    "operand " + i + " after the call against before",
                    x.get(i),
                    before.get(i),
                    x.get(i).toDoubles());
        }
        sameBits("the second call against the first", once, again);
    }

    /** The same bits for 1, 2, 3 and 7 threads. Sets {@link Workers#threads(int)} meanwhile. */
    public static void anyNumberOfThreadsGivesTheSameBits(Supplier<Tensor> f) {
        int threads = Workers.threads();
        try {
            Workers.threads(1);
            Tensor alone = f.get();
            for (int n : new int[] {2, 3, 7}) {
                Workers.threads(n);
                sameBits(n + " threads against 1", alone, f.get());
            }
        } finally {
            Workers.threads(threads);
        }
    }

    /** The value and the first gradients of a segment are the same bits when it is recomputed on the way back. */
    public static void recomputingGivesTheSameBits(Op.Segment segment, List<Tensor> x, Rng rng) {
        Tensor[] leaves = x.stream().map(t -> t.detach().track()).toArray(Tensor[]::new);
        Tensor plain = segment.apply(List.of(leaves));
        Tensor recomputed = Recompute.of(segment, leaves);
        sameBits("recomputed against plain", plain, recomputed);
        Tensor c = like(plain, rng.split("cotangent"));
        List<Tensor> expected = Grad.vjp(plain, List.of(leaves), c, GradMode.CONSTANT);
        List<Tensor> actual = Grad.vjp(recomputed, List.of(leaves), c, GradMode.CONSTANT);
        for (int i = 0; i < leaves.length; i++) {
            sameBits("the gradient by operand " + i + ", recomputed against plain", expected.get(i), actual.get(i));
        }
    }

    /**
     * The adjoint identity &lt;J v, u&gt; = &lt;v, J' u&gt; of an f that is linear in x: J v is f(v) itself, and J' u is
     * the rule's. For random u and v.
     */
    public static void linear(Function<Tensor, Tensor> f, Tensor x, Rng rng, double tolerance) {
        Tensor v = like(x, rng.split("v"));
        Tensor y = f.apply(x.detach().track());
        Tensor u = like(y, rng.split("u"));
        Tensor leaf = x.detach().track();
        Tensor back =
                Grad.vjp(f.apply(leaf), List.of(leaf), u, GradMode.CONSTANT).get(0);
        Tensor forth = f.apply(v);
        double scale = absolute(forth, u);
        near("<J v, u> against <v, J' u>", dot(forth, u), dot(v, back), scale, tolerance);
    }

    /** &lt;H v, u&gt; = &lt;v, H u&gt; for the Hessian H of c f, with random c, u and v. */
    public static void hessianIsSymmetric(Function<Tensor, Tensor> f, Tensor x, Rng rng, double tolerance) {
        Tensor c = like(f.apply(x.detach()), rng.split("c"));
        Tensor u = like(x, rng.split("u"));
        Tensor v = like(x, rng.split("v"));
        Tensor hu = Grad.hvp(z -> f.apply(z).mul(c).sum(), x.detach(), u);
        Tensor hv = Grad.hvp(z -> f.apply(z).mul(c).sum(), x.detach(), v);
        double scale = Math.max(absolute(hu, v), absolute(hv, u));
        near("<H v, u> against <v, H u>", dot(hv, u), dot(v, hu), scale, tolerance);
    }

    /** Equal in type, shape and every bit; two NaN are equal, 0 and -0 are not. */
    public static void sameBits(String what, Tensor expected, Tensor actual) {
        if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
            throw new AssertionError(what + ": expected " + expected.dtype() + " " + expected.shape() + ", got "
                    + actual.dtype() + " " + actual.shape());
        }
        same(what, expected, expected.toDoubles(), actual.toDoubles());
    }

    /** Equal to {@code tolerance} max(1, |expected|) in every entry. */
    public static void close(String what, Tensor expected, Tensor actual, double tolerance) {
        if (!expected.shape().equals(actual.shape())) {
            throw new AssertionError(what + ": expected shape " + expected.shape() + ", got " + actual.shape());
        }
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        int worst = -1;
        double error = tolerance;
        for (int i = 0; i < e.length; i++) {
            double d = Double.compare(e[i], a[i]) == 0 ? 0 : Math.abs(e[i] - a[i]) / Math.max(1, Math.abs(e[i]));
            if (!(d <= error)) {
                worst = i;
                error = Double.isNaN(d) ? Double.POSITIVE_INFINITY : d;
            }
        }
        if (worst >= 0) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: worst at entry %s: expected %.17g, got %.17g, an error of %.2e (tolerance %.0e)",
                    what,
                    entry(expected, worst),
                    e[worst],
                    a[worst],
                    error,
                    tolerance));
        }
    }

    private static void same(String what, Tensor shaped, double[] e, double[] a) {
        for (int i = 0; i < e.length; i++) {
            if (Double.doubleToLongBits(e[i]) != Double.doubleToLongBits(a[i])) {
                throw new AssertionError(String.format(
                        Locale.ROOT,
                        "%s: first difference at entry %s: expected %s, got %s",
                        what,
                        entry(shaped, i),
                        e[i],
                        a[i]));
            }
        }
    }

    private static void near(String what, double expected, double actual, double scale, double tolerance) {
        double error = Math.abs(expected - actual) / Math.max(Double.MIN_NORMAL, scale);
        if (!(error <= tolerance)) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: %.17g and %.17g differ by %.2e of the sum of magnitudes (tolerance %.0e)",
                    what,
                    expected,
                    actual,
                    error,
                    tolerance));
        }
    }

    /** Where an element stands, such as {@code [1, 2]}. */
    static String entry(Tensor x, int flat) {
        return Arrays.toString(x.shape().index(flat));
    }

    private static Tensor like(Tensor x, Rng rng) {
        return rng.normal64(x.shape().toArray()).cast(x.dtype());
    }

    private static double dot(Tensor a, Tensor b) {
        return Arrays.stream(a.mul(b).toDoubles()).sum();
    }

    private static double absolute(Tensor a, Tensor b) {
        return Arrays.stream(a.mul(b).toDoubles()).map(Math::abs).sum();
    }
}
