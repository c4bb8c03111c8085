package org.einthoven.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Origin;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.explain.Explanation;
import org.einthoven.tensor.explain.Transcript;

/**
 * What {@link Grad} does, as a program to read. The same rules are applied in the same order, but one operation at a time,
 * and with everything tracked, the first cotangent and the constants too, so that nothing goes unrecorded.
 */
final class BackwardProgram {
    private final Transcript text = new Transcript("forward");
    private final Set<Tensor> leaves = identitySet();
    private final Map<Tensor, Tensor> twins = new IdentityHashMap<>();
    private final Map<Tensor, Tensor> cotangents = new IdentityHashMap<>();

    /** One rule applied: the cotangent of a result, and those of its inputs afterwards. */
    private record Step(Tensor result, Tensor cotangent, Map<Tensor, Tensor> after) {}

    private BackwardProgram() {}

    static Explanation of(Function<Params, Tensor> f, Params at) {
        Params leaves = at.withTensors(Grad.leaves(at.tensors(), GradMode.CONSTANT));
        Tensor loss = f.apply(leaves);
        if (loss.size() != 1 || !loss.dtype().isFloating()) {
            throw new TensorException("explain: the loss must be one F32 or F64 number, got " + loss.dtype() + " "
                    + loss.shape() + "; sum() or mean() it");
        }
        return new BackwardProgram().written(loss, leaves);
    }

    private Explanation written(Tensor loss, Params params) {
        leaves.addAll(params.tensors());
        params.forEach((path, leaf) -> {
            text.name(leaf, path);
            text.write(leaf);
            text.remark("parameter");
        });
        if (loss.origin() != null && !leaves.contains(loss)) {
            text.name(loss, "loss");
        }
        List<Tensor> forward = new ArrayList<>(params.tensors());
        forward.addAll(text.write(loss));
        Tensor one = Tensor.full(loss.dtype(), 1, loss.shape().toArray()).track();
        List<Step> steps = steps(forward, loss, one);

        text.begin("backward: dv is the derivative of the loss with respect to v");
        text.name(one, derivative(loss));
        text.write(one);
        text.remark("1, where it begins");
        twins.forEach((value, twin) -> text.same(twin, value));
        steps.forEach(this::write);
        params.forEach((path, leaf) -> {
            if (!cotangents.containsKey(leaf)) {
                text.begin("d" + path + " = 0: the loss does not depend on " + path);
            }
        });
        return text.end();
    }

    /** @param forward inputs before results */
    private List<Step> steps(List<Tensor> forward, Tensor loss, Tensor one) {
        Set<Tensor> leading = identitySet();
        for (Tensor t : forward) {
            if (leaves.contains(t)
                    || t.origin() != null && t.origin().inputs().stream().anyMatch(leading::contains)) {
                leading.add(t);
            }
        }
        List<Step> steps = new ArrayList<>();
        cotangents.put(loss, one);
        for (Tensor t : forward.reversed()) {
            Tensor g = cotangents.get(t);
            if (g != null && leading.contains(t) && !leaves.contains(t)) {
                steps.add(step(t, g, leading));
            }
        }
        return steps;
    }

    /** The operation is run again on tracked twins of what it saw, and the walk is cut at its inputs: one rule is applied. */
    private Step step(Tensor t, Tensor g, Set<Tensor> leading) {
        Origin o = t.requireOrigin();
        Tensor again = Dispatch.apply(
                o.op(),
                o.inputs().stream().map(x -> leading.contains(x) ? x : twin(x)).toArray(Tensor[]::new));
        twins.put(t, again);
        List<Tensor> inputs = new ArrayList<>(new LinkedHashSet<>(o.inputs())); // a tensor is equal only to itself
        inputs.retainAll(leading);
        List<Tensor> passed = Grad.vjp(again, inputs, g, GradMode.DIFFERENTIABLE);
        Map<Tensor, Tensor> after = new IdentityHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (passed.get(i).isTracked()) { // else it is zero: all that comes from g is tracked
                after.put(inputs.get(i), cotangents.merge(inputs.get(i), passed.get(i), Tensor::add));
            }
        }
        return new Step(t, g, after);
    }

    private Tensor twin(Tensor constant) {
        return constant.dtype().isFloating()
                ? twins.computeIfAbsent(constant, c -> c.detach().track())
                : constant;
    }

    private void write(Step step) {
        text.begin("through " + text.name(step.result()) + " = " + text.definition(step.result()));
        text.name(step.cotangent(), derivative(step.result()));
        for (Tensor x : new LinkedHashSet<>(step.result().inputs())) {
            Tensor g = step.after().get(x);
            if (g == null) {
                continue;
            }
            boolean whole = cotangents.get(x) == g;
            String name = (whole ? "" : "part of ") + derivative(x);
            if (text.isWritten(g)) {
                text.alias(name, g);
                continue;
            }
            if (whole) {
                text.name(g, name);
            }
            text.write(g);
            String formula = text.formula(g);
            if (!whole) {
                text.remark("part of " + derivative(x) + ": " + formula);
            } else if (!formula.equals(text.definition(g))) {
                text.remark(name + " = " + formula);
            }
        }
    }

    private String derivative(Tensor t) {
        return "d" + text.name(t);
    }

    private static Set<Tensor> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
