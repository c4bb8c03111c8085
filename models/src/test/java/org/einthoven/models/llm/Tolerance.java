package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.einthoven.tensor.Tensor;

/** |got - want| &lt;= atol + rtol |want|, element by element. */
record Tolerance(double rtol, double atol) {
    void check(String what, Tensor got, Tensor want) {
        assertEquals(want.shape(), got.shape(), what);
        double[] g = got.toDoubles();
        double[] w = want.toDoubles();
        for (int i = 0; i < w.length; i++) {
            if (!(Math.abs(g[i] - w[i]) <= atol + rtol * Math.abs(w[i]))) {
                fail(what + " " + want.shape() + " at " + i + ": got " + g[i] + ", want " + w[i] + " within " + this);
            }
        }
    }
}
