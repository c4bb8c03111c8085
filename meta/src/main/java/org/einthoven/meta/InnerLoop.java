package org.einthoven.meta;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Adaptation to one task: some steps of gradient descent on its support loss, from theta.
 *
 * @param steps 0 or more; 0 leaves the weights alone
 * @param order {@code SECOND} keeps the steps differentiable with respect to theta through the inner gradients too
 */
public record InnerLoop(int steps, InnerRule rule, MetaOrder order) {
    public InnerLoop {
        if (steps < 0) {
            throw new IllegalArgumentException("the inner loop must have 0 steps or more, got " + steps);
        }
    }

    /** Plain gradient descent on all weights. */
    public InnerLoop(int steps, double rate, MetaOrder order) {
        this(steps, new GradientDescent(rate), order);
    }

    /**
     * The way that the weights took.
     *
     * @param weights those that the losses depend on, before the first step and after each: {@code steps + 1} of them
     * @param supportLosses before each step
     */
    public record Trajectory(List<Params> weights, List<Double> supportLosses) {
        /** The fast weights: those after the last step. */
        public Params adapted() {
            return weights.getLast();
        }
    }

    /**
     * Adapts from theta. The weights of the result are tracked if theta is.
     *
     * @param rng step k draws from {@code rng.split("support").split(k)}
     * @throws NonFiniteException when a support loss is not a finite number
     */
    public Trajectory adapt(Task task, Params theta, Rng rng) {
        List<Params> way = new ArrayList<>(List.of(rule.weights(theta)));
        List<Double> losses = new ArrayList<>();
        for (int k = 0; k < steps; k++) {
            Step step = step(task, way.getLast(), theta, k, rng);
            losses.add(step.supportLoss());
            way.add(step.weights());
        }
        return new Trajectory(List.copyOf(way), List.copyOf(losses));
    }

    /** The weights after a step, and the support loss before it. */
    record Step(Params weights, double supportLoss) {}

    /** Step k, from 0, of the weights that it finds; differentiable with respect to both where theta is tracked. */
    Step step(Task task, Params now, Params theta, int k, Rng rng) {
        Params fixed = part(now, false);
        Rng draw = draw(rng, k);
        Graded support = Grad.valueAndGrad(
                fast -> task.supportLoss(fixed.and(fast), draw),
                part(now, true),
                order == MetaOrder.SECOND && isTracked(theta) ? GradMode.DIFFERENTIABLE : GradMode.CONSTANT);
        double loss = finite(task, support.value(), k);
        return new Step(fixed.and(rule.step(part(now, true), support.grads(), theta)), loss);
    }

    /** What the support loss of step k draws from. */
    Rng draw(Rng rng, int k) {
        return rng.split("support").split(k);
    }

    /** The fast weights as constants, for use and not for learning: nothing is recorded. */
    public Params adapted(Task task, Params theta, Rng rng) {
        return adapt(task, theta.detach(), rng).adapted();
    }

    private static boolean isTracked(Params theta) {
        return theta.tensors().stream().anyMatch(Tensor::isTracked);
    }

    /** The weights that adapt, or those that do not. */
    Params part(Params weights, boolean adapting) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        weights.forEach((path, w) -> {
            if (rule.adapts(path) == adapting) {
                part.put(path, w);
            }
        });
        return Params.of(part);
    }

    private double finite(Task task, Tensor loss, int step) {
        double value = loss.item();
        if (!Double.isFinite(value)) {
            throw new NonFiniteException(
                    task.name(), "the support loss before inner step " + (step + 1) + " is " + value);
        }
        return value;
    }
}
