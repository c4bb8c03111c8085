package org.einthoven.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * An op whose rule for one input has a {@code detach()} somewhere. The rule's own graph, from cotangent, operands and
 * result to the cotangent of that input, is recorded and replayed with some edges cut.
 *
 * @param input the input whose rule is cut
 * @param place where, in words: {@code "x0: mul(g, *y)"} cuts one edge, {@code "x0: all of y"} each edge from y
 */
record CutRule(Op op, int input, Set<Edge> edges, String place) implements Op.CustomOp {

    /** Operand {@code operand} of step {@code step} of a rule, in the order of computation. */
    record Edge(int step, int operand) {
        /** What leaves the rule. */
        static final Edge RESULT = new Edge(-1, 0);
    }

    /** All rules of a case, cut in each place that a tracked value passes. */
    static List<CutRule> of(OpCase c) {
        List<Tensor> x = new ArrayList<>(c.operands());
        c.variables().forEach(i -> x.set(i, x.get(i).track()));
        Tensor y = c.apply(x);
        Tensor g = Operands.normal("g", y.shape().toArray()).track();
        Map<Tensor, String> leaves = new IdentityHashMap<>();
        leaves.put(g, "g");
        leaves.put(y, "y");
        for (int j = 0; j < x.size(); j++) {
            leaves.put(x.get(j), "x" + j);
        }
        List<CutRule> cuts = new ArrayList<>();
        for (int i : c.variables()) {
            Tensor result = rule(y, x.get(i), g);
            if (result.isTracked()) {
                places(result, leaves)
                        .forEach((at, edges) -> cuts.add(new CutRule(c.op(), i, edges, "x" + i + ": " + at)));
            }
        }
        return cuts;
    }

    /** What the rule of y gives x, as a graph over g, the operands and y; a constant when y does not change with x. */
    private static Tensor rule(Tensor y, Tensor x, Tensor g) {
        return Grad.vjp(y, List.of(x), g, GradMode.DIFFERENTIABLE).getFirst();
    }

    private static Map<String, Set<Edge>> places(Tensor result, Map<Tensor, String> leaves) {
        Map<String, Set<Edge>> places = new LinkedHashMap<>();
        places.put("the result", Set.of(Edge.RESULT));
        List<Tensor> steps = steps(result, leaves.keySet());
        for (int s = 0; s < steps.size(); s++) {
            List<Tensor> operands = steps.get(s).origin().inputs();
            for (int k = 0; k < operands.size(); k++) {
                if (operands.get(k).isTracked()) {
                    Edge edge = new Edge(s, k);
                    String at = text(steps.get(s), k, leaves);
                    while (places.containsKey(at)) {
                        at += " again";
                    }
                    places.put(at, Set.of(edge));
                    if (leaves.containsKey(operands.get(k))) {
                        places.merge("all of " + leaves.get(operands.get(k)), Set.of(edge), CutRule::union);
                    }
                }
            }
        }
        return places;
    }

    private static Set<Edge> union(Set<Edge> a, Set<Edge> b) {
        Set<Edge> u = new HashSet<>(a);
        u.addAll(b);
        return u;
    }

    /** What was computed between the leaves and the result, operands first. */
    private static List<Tensor> steps(Tensor result, Set<Tensor> leaves) {
        List<Tensor> order = new ArrayList<>();
        collect(result, leaves, order);
        return order;
    }

    private static void collect(Tensor t, Set<Tensor> leaves, List<Tensor> order) {
        if (t.isTracked() && !leaves.contains(t) && !order.contains(t)) {
            t.origin().inputs().forEach(x -> collect(x, leaves, order));
            order.add(t);
        }
    }

    private static String text(Tensor step, int cut, Map<Tensor, String> leaves) {
        List<String> operands = new ArrayList<>();
        for (Tensor x : step.origin().inputs()) {
            String from = leaves.containsKey(x)
                    ? leaves.get(x)
                    : x.isTracked() ? Shapes.name(x.origin().op()) : "constant";
            operands.add((operands.size() == cut ? "*" : "") + from);
        }
        return Shapes.name(step.origin().op()) + "(" + String.join(", ", operands) + ")";
    }

    @Override
    public String name() {
        return Shapes.name(op) + " detached at " + place;
    }

    @Override
    public Tensor forward(List<Tensor> x) {
        return Dispatch.apply(op, x.toArray(Tensor[]::new));
    }

    @Override
    public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            boolean floating = x.get(i).dtype().isFloating();
            all.add(floating ? replayed(i, i == input ? edges : Set.of(), g, x, y) : null);
        }
        return all;
    }

    /** The rule on fresh leaves, then once more step by step on the true operands, with the edges cut. */
    private Tensor replayed(int i, Set<Edge> cut, Tensor g, List<Tensor> x, Tensor y) {
        Map<Tensor, Tensor> replayed = new IdentityHashMap<>();
        Tensor freshG = leaf(g, replayed);
        List<Tensor> fresh = x.stream().map(t -> leaf(t, replayed)).toList();
        Tensor freshY = Dispatch.apply(op, fresh.toArray(Tensor[]::new));
        replayed.put(freshY, y);
        Tensor result = rule(freshY, fresh.get(i), freshG);
        List<Tensor> steps = steps(result, Set.copyOf(replayed.keySet()));
        for (int s = 0; s < steps.size(); s++) {
            Tensor[] in = steps.get(s).origin().inputs().toArray(Tensor[]::new);
            for (int k = 0; k < in.length; k++) {
                Tensor operand = replayed.getOrDefault(in[k], in[k]);
                in[k] = cut.contains(new Edge(s, k)) ? operand.detach() : operand;
            }
            replayed.put(steps.get(s), Dispatch.apply(steps.get(s).origin().op(), in));
        }
        Tensor again = replayed.getOrDefault(result, result);
        return cut.contains(Edge.RESULT) ? again.detach() : again;
    }

    private static Tensor leaf(Tensor t, Map<Tensor, Tensor> replayed) {
        if (!t.dtype().isFloating()) {
            return t;
        }
        Tensor fresh = t.detach().track();
        replayed.put(fresh, t);
        return fresh;
    }
}
