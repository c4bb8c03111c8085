package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Nullable;

/** What a template does. */
sealed interface Statement {
    /** Writes a text. */
    record Text(String text) implements Statement {}

    /** Writes a value. */
    record Output(Expression value) implements Statement {}

    /** The first branch whose condition holds. */
    record If(List<Branch> branches) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    /**
     * @param names one, or several that each item is taken apart to
     * @param condition of the items that count, or null
     * @param otherwise for a list without items
     */
    record For(
            List<String> names,
            Expression items,
            @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {
        private void loop(Frame frame) {
            List<Object> counted = counted(frame);
            if (counted.isEmpty()) {
                Statement.run(otherwise, frame);
            }
            for (int i = 0; i < counted.size(); i++) {
                frame.step();
                Frame inner = frame.inner();
                bind(inner, counted.get(i));
                inner.set("loop", round(counted, i));
                if (Statement.run(body, inner) == End.BREAK) {
                    return;
                }
            }
        }

        private List<Object> counted(Frame frame) {
            List<Object> all = Values.items(items.of(frame));
            if (condition == null) {
                return all;
            }
            List<Object> counted = new ArrayList<>();
            for (Object item : all) {
                frame.step();
                Frame one = frame.inner();
                bind(one, item);
                if (Values.isTrue(condition.of(one))) {
                    counted.add(item);
                }
            }
            return counted;
        }

        private void bind(Frame frame, @Nullable Object item) {
            if (names.size() == 1) {
                frame.set(names.getFirst(), item);
                return;
            }
            List<Object> parts = Values.items(item);
            if (parts.size() != names.size()) {
                throw new TemplateException("an item of " + parts.size() + " parts cannot be taken apart to " + names);
            }
            for (int i = 0; i < names.size(); i++) {
                frame.set(names.get(i), parts.get(i));
            }
        }
    }

    /** @param attribute of a namespace, or null */
    record Set(String name, @Nullable String attribute, Expression value) implements Statement {
        private void assign(Frame frame) {
            Object x = value.of(frame);
            if (attribute == null) {
                frame.set(name, x);
            } else if (frame.get(name) instanceof Values.Namespace n) {
                n.values().put(attribute, x);
            } else {
                throw new TemplateException(name + " is no namespace, so " + attribute + " of it cannot be set");
            }
        }
    }

    /** How a body ended. */
    enum End {
        DONE,
        BREAK,
        CONTINUE
    }

    /** Leaves a loop, or its present round. */
    record Leave(End end) implements Statement {}

    static End run(List<Statement> body, Frame frame) {
        for (Statement s : body) {
            End end = s.run(frame);
            if (end != End.DONE) {
                return end;
            }
        }
        return End.DONE;
    }

    private End run(Frame frame) {
        frame.step();
        switch (this) {
            case Text t -> frame.write(t.text);
            case Output o -> frame.write(Values.text(o.value.of(frame)));
            case If i -> {
                for (Branch b : i.branches) {
                    if (Values.isTrue(b.condition.of(frame))) {
                        return run(b.body, frame);
                    }
                }
            }
            case For f -> f.loop(frame);
            case Set s -> s.assign(frame);
            case Leave l -> {
                return l.end;
            }
        }
        return End.DONE;
    }

    /** The variable {@code loop}. */
    private static Map<String, Object> round(List<Object> items, int i) {
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("index", i + 1L);
        loop.put("index0", (long) i);
        loop.put("revindex", (long) items.size() - i);
        loop.put("revindex0", items.size() - i - 1L);
        loop.put("first", i == 0);
        loop.put("last", i == items.size() - 1);
        loop.put("length", (long) items.size());
        loop.put("previtem", i == 0 ? Values.UNDEFINED : items.get(i - 1));
        loop.put("nextitem", i == items.size() - 1 ? Values.UNDEFINED : items.get(i + 1));
        return loop;
    }
}
