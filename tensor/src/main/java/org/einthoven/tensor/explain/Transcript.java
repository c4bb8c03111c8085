package org.einthoven.tensor.explain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.explain.Explanation.Kind;
import org.einthoven.tensor.explain.Explanation.Line;
import org.einthoven.tensor.explain.Explanation.Section;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * Writes values down, each once, in the order in which they were computed, and gives names to those that have none:
 * {@code p1} for leaves, {@code c1} for constants, {@code %1} for results. A constant scalar is written as its number.
 */
public final class Transcript {
    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private final Map<Tensor, Tensor> originals = new IdentityHashMap<>();
    private final Set<Tensor> written = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Section> sections = new ArrayList<>();
    private String title;
    private List<Line> lines = new ArrayList<>();
    private List<Tensor> computedHere = new ArrayList<>();
    private int leaves;
    private int constants;
    private int results;

    /** Starts with a section of this title. */
    public Transcript(String title) {
        this.title = title;
    }

    /** What a tensor remembers, at most {@code depth} operations back. */
    public static Explanation of(Tensor value, int depth) {
        Transcript t = new Transcript(
                value.isTracked()
                        ? "how this " + type(value) + " was computed"
                        : "a constant, which remembers nothing: only what is computed from x.track() does");
        t.write(value, depth);
        return t.end();
    }

    /** Calls a tensor so from now on. */
    public void name(Tensor t, String name) {
        names.put(t, name);
    }

    /** What a tensor is called. */
    public String name(Tensor t) {
        return names.computeIfAbsent(original(t), this::freshName);
    }

    /** Lets {@code twin} stand for a value that is written already. */
    public void same(Tensor twin, Tensor original) {
        originals.put(twin, original);
        written.add(twin);
    }

    private Tensor original(Tensor t) {
        return originals.getOrDefault(t, t);
    }

    public boolean isWritten(Tensor t) {
        return written.contains(t);
    }

    private String freshName(Tensor t) {
        if (t.origin() != null) {
            return "%" + ++results;
        }
        if (isNumber(t)) {
            return Numbers.text(t.item());
        }
        return t.isTracked() ? "p" + ++leaves : "c" + ++constants;
    }

    /** Ends the section and starts the next. */
    public void begin(String next) {
        sections.add(new Section(title, lines));
        title = next;
        lines = new ArrayList<>();
        computedHere = new ArrayList<>();
    }

    /** Ends the last section. */
    public Explanation end() {
        sections.add(new Section(title, lines));
        return new Explanation(sections);
    }

    /** All of {@link #write(Tensor, int)}, however far back. */
    public List<Tensor> write(Tensor value) {
        return write(value, Integer.MAX_VALUE);
    }

    /**
     * Writes a value and before it what it is computed from, as far as that is not written yet: first what comes from
     * nothing. Operations more than {@code depth} back are left out; where they enter, it says how many they are.
     *
     * @return what was written, inputs before results
     */
    public List<Tensor> write(Tensor value, int depth) {
        History history = History.of(value, depth, written);
        boolean alone = history.order().size() == 1;
        for (Tensor t : history.order()) {
            if (t.origin() == null && (alone || !isNumber(t))) {
                source(t);
            }
        }
        for (Tensor t : history.order()) {
            if (t.origin() != null) {
                computed(t, history.cut().contains(t));
            }
        }
        written.addAll(history.order());
        return history.order();
    }

    private void source(Tensor t) {
        String note = t.isTracked() ? "leaf" : "constant" + Numbers.preview(t);
        lines.add(new Line(t.isTracked() ? Kind.LEAF : Kind.CONSTANT, name(t), "", type(t), note, List.of()));
    }

    private void computed(Tensor t, boolean cut) {
        Op op = t.requireOrigin().op();
        if (cut) {
            int n = History.operations(t);
            String note = n == 1 ? "not shown: 1 operation" : "not shown: " + n + " operations up to here";
            lines.add(new Line(Kind.EARLIER, name(t), operation(op, List.of("...")), type(t), note, List.of()));
            return;
        }
        List<Tensor> x = t.inputs();
        List<String> called = x.stream().map(this::name).toList();
        lines.add(new Line(Kind.OPERATION, name(t), operation(op, called), type(t), "", linked(x)));
        computedHere.add(t);
    }

    /** A line that gives a value one more name. */
    public void alias(String name, Tensor t) {
        lines.add(new Line(Kind.ALIAS, name, name(t), type(t), "", linked(List.of(t))));
    }

    /** Writes beside the last line. */
    public void remark(String note) {
        Line last = lines.removeLast();
        lines.add(new Line(last.kind(), last.name(), last.definition(), last.type(), note, last.inputs()));
    }

    /** The operation of a computed tensor on named values: {@code matMul(x, w)}. */
    public String definition(Tensor t) {
        return operation(
                t.requireOrigin().op(), t.inputs().stream().map(this::name).toList());
    }

    /** A value of this section as one formula: what is used only once, and only for it, stands in its place. */
    public String formula(Tensor t) {
        Map<Tensor, Integer> uses = new IdentityHashMap<>();
        computedHere.forEach(user -> user.inputs().forEach(x -> uses.merge(x, 1, Integer::sum)));
        Set<Tensor> inside = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Tensor x : computedHere) {
            if (uses.getOrDefault(x, 0) == 1 && name(x).startsWith("%")) {
                inside.add(x);
            }
        }
        return new Formula(this::name, inside).of(t);
    }

    /** {@code leakyRelu(x, slope=0.1)}: operands, then attributes. */
    static String operation(Op op, List<String> operands) {
        List<String> all = new ArrayList<>(operands);
        String text = op instanceof Op.CustomOp || op instanceof Op.Recompute ? "[]" : op.toString();
        String attributes = text.substring(text.indexOf('[') + 1, text.length() - 1);
        if (!attributes.isEmpty()) {
            all.add(attributes);
        }
        return Shapes.name(op) + "(" + String.join(", ", all) + ")";
    }

    private List<String> linked(List<Tensor> inputs) {
        return inputs.stream()
                .map(this::original)
                .filter(t -> !isNumber(t))
                .map(this::name)
                .distinct()
                .toList();
    }

    private static boolean isNumber(Tensor t) {
        return t.origin() == null
                && !t.isTracked()
                && t.rank() == 0
                && !t.dtype().isStorageOnly();
    }

    private static String type(Tensor t) {
        return t.dtype() + " " + t.shape();
    }
}
