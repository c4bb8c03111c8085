package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Nullable;

/** What has a value; null is the value of {@code none}. */
sealed interface Expression {
    /** What is not there in a slice, as {@code x[:2]} is {@code x[none:2]}. */
    Expression NONE = new Literal(null);

    /** What comes of a choice without {@code else}. */
    Expression UNDEFINED = new Literal(Values.UNDEFINED);

    /** The condition of {@code else}. */
    Expression TRUE = new Literal(true);

    @Nullable
    Object of(Frame frame);

    record Literal(@Nullable Object value) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return value;
        }
    }

    record Variable(String name) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return frame.get(name);
        }
    }

    record ListOf(List<Expression> items) implements Expression {
        @Override
        public Object of(Frame frame) {
            return values(items, frame);
        }
    }

    record MapOf(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object of(Frame frame) {
            Map<String, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(Values.text(keys.get(i).of(frame)), values.get(i).of(frame));
            }
            return map;
        }
    }

    /** A key of a map, an index of a list or a string, or an attribute. */
    record Member(Expression of, Expression key) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Values.member(of.of(frame), key.of(frame));
        }
    }

    /** Elements {@code from} to {@code to}. */
    record Slice(Expression of, Expression from, Expression to, Expression step) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Values.slice(of.of(frame), from.of(frame), to.of(frame), step.of(frame));
        }
    }

    record Call(String function, List<Expression> arguments, Map<String, Expression> named) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Builtins.function(function, values(arguments, frame), values(named, frame));
        }
    }

    record Method(Expression of, String name, List<Expression> arguments) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Builtins.method(of.of(frame), name, values(arguments, frame));
        }
    }

    record Filter(Expression of, String name, List<Expression> arguments, Map<String, Expression> named)
            implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Builtins.filter(of.of(frame), name, values(arguments, frame), values(named, frame));
        }
    }

    record Test(Expression of, String name, List<Expression> arguments, boolean not) implements Expression {
        @Override
        public Object of(Frame frame) {
            return Builtins.test(of.of(frame), name, values(arguments, frame)) != not;
        }
    }

    record Not(Expression of) implements Expression {
        @Override
        public Object of(Frame frame) {
            return !Values.isTrue(of.of(frame));
        }
    }

    record Negative(Expression of) implements Expression {
        @Override
        public Object of(Frame frame) {
            return Values.calculate("-", 0L, of.of(frame));
        }
    }

    /** The right side counts only where the left does not decide. */
    record And(Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            Object l = left.of(frame);
            return Values.isTrue(l) ? right.of(frame) : l;
        }
    }

    /** As {@link And}. */
    record Or(Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            Object l = left.of(frame);
            return Values.isTrue(l) ? l : right.of(frame);
        }
    }

    /** Arithmetic, comparison, joining, and {@code in}. */
    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object of(Frame frame) {
            Object l = left.of(frame);
            Object r = right.of(frame);
            return switch (operator) {
                case "==" -> Values.equal(l, r);
                case "!=" -> !Values.equal(l, r);
                case "<" -> Values.compare(l, r) < 0;
                case "<=" -> Values.compare(l, r) <= 0;
                case ">" -> Values.compare(l, r) > 0;
                case ">=" -> Values.compare(l, r) >= 0;
                case "in" -> Values.contains(r, l);
                case "~" -> Values.bounded(Values.text(l) + Values.text(r));
                default -> Values.calculate(operator, l, r);
            };
        }
    }

    record Choice(Expression condition, Expression then, Expression otherwise) implements Expression {
        @Override
        public @Nullable Object of(Frame frame) {
            return Values.isTrue(condition.of(frame)) ? then.of(frame) : otherwise.of(frame);
        }
    }

    private static List<Object> values(List<Expression> all, Frame frame) {
        List<Object> values = new ArrayList<>();
        all.forEach(e -> values.add(e.of(frame)));
        return values;
    }

    private static Map<String, Object> values(Map<String, Expression> all, Frame frame) {
        Map<String, Object> values = new LinkedHashMap<>();
        all.forEach((name, e) -> values.put(name, e.of(frame)));
        return values;
    }
}
