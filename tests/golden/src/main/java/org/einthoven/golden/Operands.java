package org.einthoven.golden;

import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/** What a formula sees: the case's inputs and parameters by name, those to differentiate as variables, and attributes. */
record Operands(GoldenCase golden, Map<String, Tensor> variables) {
    Tensor get(String name) {
        Tensor x = variables.get(name);
        if (x != null) {
            return x;
        }
        return golden.tensor(golden.has("parameters", name) ? "parameters" : "inputs", name);
    }

    boolean has(String name) {
        return golden.has("parameters", name) || golden.has("inputs", name);
    }

    /** Operands under a layer's names: {@code layer("weight", "w", "bias", "b")}. */
    Params layer(String... nameAndOperand) {
        Params p = Params.EMPTY;
        for (int i = 0; i < nameAndOperand.length; i += 2) {
            p = p.with(nameAndOperand[i], get(nameAndOperand[i + 1]));
        }
        return p;
    }

    double real(String attr) {
        return golden.real(attr);
    }

    int whole(String attr) {
        return golden.whole(attr);
    }
}
