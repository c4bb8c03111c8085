package org.einthoven.golden;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/** Holds what was computed against what a case expects, and remembers what nobody computed. */
final class Comparison {
    private final GoldenCase golden;
    private final Set<String> left = new LinkedHashSet<>();
    private final List<String> notBuilt = new ArrayList<>();
    private double worst;
    private String failure = "";
    private int compared;

    Comparison(GoldenCase golden) {
        this.golden = golden;
        for (String section : List.of("expected", "gradients", "second_order")) {
            golden.names(section).forEach(name -> left.add(section + "." + name));
        }
    }

    /** In the case's own tolerance, or in the tighter one for F64 when that is what was computed. */
    void check(String section, String name, Tensor got) {
        check(section, name, got, got.dtype() == DType.F64 ? golden.f64Tolerance() : golden.tolerance());
    }

    void check(String section, String name, Tensor got, Tolerance tolerance) {
        left.remove(section + "." + name);
        Tensor want = golden.tensor(section, name);
        if (!want.shape().equals(got.shape())) {
            fail(section + "." + name + " has shape " + got.shape() + ", want " + want.shape());
            return;
        }
        values(section + "." + name, got.toDoubles(), want.toDoubles(), tolerance);
    }

    /** As {@link #check} where the case has such an entry; does nothing otherwise. */
    void checkIfExpected(String section, String name, Tensor got) {
        if (golden.has(section, name)) {
            check(section, name, got);
        }
    }

    /** Numbers in row-major order. */
    void check(String section, String name, double[] got) {
        Shape want = golden.tensor(section, name).shape();
        check(section, name, Tensor.of(got, want.size() == got.length ? want.toArray() : new int[] {got.length}));
    }

    /** An expectation that is no number to compare with, such as how close the original came to a tie. */
    void notCompared(String section, String name) {
        left.remove(section + "." + name);
    }

    /** An expectation that cannot be met because something is not built. */
    void unsupported(String section, String name, String reason) {
        if (left.remove(section + "." + name) && !notBuilt.contains(reason)) {
            notBuilt.add(reason);
        }
    }

    private void values(String what, double[] got, double[] want, Tolerance tolerance) {
        compared++;
        int bad = -1;
        double excess = 0;
        for (int i = 0; i < want.length; i++) {
            double error =
                    got[i] == want[i] || Double.isNaN(got[i]) && Double.isNaN(want[i]) ? 0 : Math.abs(got[i] - want[i]);
            worst = Double.isFinite(error) ? Math.max(worst, error) : Double.NaN;
            boolean off = !tolerance.allows(got[i], want[i]);
            if (off && (bad < 0 || !(error <= excess))) {
                bad = i;
                excess = error;
            }
        }
        if (bad >= 0) {
            fail(String.format(
                    Locale.ROOT,
                    "%s[%d] is %s, want %s (off by %.1e; allowed %.0e relative and %.0e absolute)",
                    what,
                    bad,
                    got[bad],
                    want[bad],
                    excess,
                    tolerance.relative(),
                    tolerance.absolute()));
        }
    }

    /** One number of the case, in its tolerance. */
    void number(String what, double got, double want) {
        values(what, new double[] {got}, new double[] {want}, golden.tolerance());
    }

    /** Two things that must be the same, such as a configuration. */
    void same(String what, Object got, Object want) {
        compared++;
        if (!got.equals(want)) {
            fail(what + " is " + got + ", want " + want);
        }
    }

    /** Tensors from a file, bit for bit. */
    void same(String what, Tensor got, Tensor want) {
        if (!want.shape().equals(got.shape())) {
            fail(what + " has shape " + got.shape() + ", want " + want.shape());
        } else {
            values(what, got.toDoubles(), want.toDoubles(), new Tolerance(0, 0));
        }
    }

    void same(String what, Params got, Params want) {
        if (!got.paths().equals(want.paths())) {
            fail(what + " has the tensors " + got.paths() + ", want " + want.paths());
        } else {
            want.forEach((path, w) -> same(what + ": " + path, got.get(path), w));
        }
    }

    void fail(String reason) {
        failure = failure.isEmpty() ? reason : failure;
    }

    /** Largest |got - want| so far. */
    double worst() {
        return worst;
    }

    /** The first thing that is off; empty when nothing is. */
    String failure() {
        return failure;
    }

    /** How many tensors, numbers and settings were compared: a case that compares none proves nothing. */
    int compared() {
        return compared;
    }

    /** What stands between this case and a pass though nothing is off; empty when nothing does. */
    String missing() {
        List<String> all = new ArrayList<>(notBuilt);
        if (!left.isEmpty()) {
            all.add("not computed here: " + String.join(", ", left));
        }
        return String.join("; ", all);
    }
}
