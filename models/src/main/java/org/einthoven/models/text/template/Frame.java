package org.einthoven.models.text.template;

import java.util.HashMap;
import java.util.Map;
import org.einthoven.tensor.Nullable;

/** The variables that a part of a template sees, and the text that it writes. Loops have a frame of their own. */
final class Frame {
    /** Far beyond any chat: a template that loops without end is stopped. */
    private static final int MOST_STEPS = 1_000_000;

    private final @Nullable Frame outer;
    private final Map<String, Object> variables = new HashMap<>();
    private final StringBuilder out;
    private final int[] steps;

    private Frame(@Nullable Frame outer, StringBuilder out, int[] steps) {
        this.outer = outer;
        this.out = out;
        this.steps = steps;
    }

    static Frame of(Map<String, ?> variables) {
        Frame f = new Frame(null, new StringBuilder(), new int[1]);
        f.variables.putAll(variables);
        return f;
    }

    Frame inner() {
        return new Frame(this, out, steps);
    }

    /** {@link Values#UNDEFINED} where nothing has the name. */
    @Nullable
    Object get(String name) {
        for (Frame f = this; f != null; f = f.outer) {
            if (f.variables.containsKey(name)) {
                return f.variables.get(name);
            }
        }
        return Values.UNDEFINED;
    }

    void set(String name, @Nullable Object value) {
        variables.put(name, value);
    }

    void write(String text) {
        Effort.spend(text.length());
        out.append(text);
        if (out.length() > Values.MOST_CHARACTERS) {
            throw new TemplateException("writes more than " + Values.MOST_CHARACTERS + " characters");
        }
    }

    void step() {
        if (++steps[0] > MOST_STEPS) {
            throw new TemplateException("takes more than " + MOST_STEPS + " steps");
        }
    }

    String text() {
        return out.toString();
    }
}
