package org.einthoven.meta;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/** Whether tensors hold finite numbers only. */
final class Finite {
    private Finite() {}

    static boolean all(Tensor t) {
        for (double x : t.toDoubles()) {
            if (!Double.isFinite(x)) {
                return false;
            }
        }
        return true;
    }

    static boolean all(Params p) {
        return p.tensors().stream().allMatch(Finite::all);
    }
}
