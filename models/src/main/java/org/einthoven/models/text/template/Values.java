package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.einthoven.tensor.Nullable;

/** The values of templates, which behave as Python's. */
final class Values {
    /** What a name that nothing has stands for: no text, not true, without members. */
    static final Object UNDEFINED = new Object() {
        @Override
        public String toString() {
            return "undefined";
        }
    };

    /** Far beyond any chat: a template that writes or builds text without end is stopped. */
    static final int MOST_CHARACTERS = 1 << 24;

    private static final int MOST_ITEMS = 1 << 20;

    /** A map that {@code set} may change from inside a loop. */
    record Namespace(Map<String, Object> values) {}

    private Values() {}

    static boolean isTrue(@Nullable Object x) {
        return switch (x) {
            case null -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case List<?> l -> !l.isEmpty();
            case Map<?, ?> m -> !m.isEmpty();
            default -> x != UNDEFINED;
        };
    }

    static String text(@Nullable Object x) {
        return switch (x) {
            case null -> "None";
            case String s -> s;
            case Boolean b -> b ? "True" : "False";
            case Long n -> n.toString();
            case Double d -> d.toString();
            case List<?> _, Map<?, ?> _ -> shown(x);
            default -> x == UNDEFINED ? "" : throwOn(x, "text");
        };
    }

    /** As Python shows a value inside another. */
    private static String shown(@Nullable Object x) {
        return switch (x) {
            case String s ->
                (s.contains("'") && !s.contains("\"") ? "\"" + s + "\"" : "'" + s.replace("'", "\\'") + "'");
            case List<?> l ->
                bounded("[" + String.join(", ", l.stream().map(Values::shown).toList()) + "]");
            case Map<?, ?> m ->
                bounded("{"
                        + String.join(
                                ", ",
                                m.entrySet().stream()
                                        .map(e -> shown(e.getKey()) + ": " + shown(e.getValue()))
                                        .toList())
                        + "}");
            case null, default -> text(x);
        };
    }

    /** What a loop goes over: elements, keys, or characters. */
    static List<Object> items(@Nullable Object x) {
        return switch (x) {
            case List<?> l -> {
                Effort.spend(l.size());
                yield new ArrayList<>(l);
            }
            case Map<?, ?> m -> new ArrayList<>(m.keySet());
            case String s -> {
                Effort.spend(8L * s.length()); // each becomes a string of its own
                yield new ArrayList<>(
                        s.codePoints().mapToObj(Character::toString).toList());
            }
            case null, default -> {
                if (x == UNDEFINED) {
                    yield List.of();
                }
                throw new TemplateException(kind(x) + " has no items");
            }
        };
    }

    static @Nullable Object member(@Nullable Object x, @Nullable Object key) {
        if (x instanceof Map<?, ?> m) {
            return hasKey(m, key) ? m.get(key) : UNDEFINED;
        }
        if (x instanceof Namespace n) {
            return n.values.getOrDefault(String.valueOf(key), UNDEFINED);
        }
        if (key instanceof Long i && (x instanceof List<?> || x instanceof String)) {
            List<?> all = x instanceof List<?> l ? l : items(x);
            long at = i < 0 ? i + all.size() : i;
            return at >= 0 && at < all.size() ? all.get((int) at) : UNDEFINED;
        }
        if (x == UNDEFINED || x == null) {
            throw new TemplateException("there is no " + text(key) + " of what is " + kind(x));
        }
        return UNDEFINED;
    }

    static Object slice(@Nullable Object x, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        List<Object> all = items(x);
        int n = all.size();
        long by = step == null ? 1 : whole(step);
        if (by != 1 && by != -1) {
            throw new TemplateException("slices by steps of " + by + " are not built");
        }
        List<Object> part = new ArrayList<>();
        if (by == 1) {
            int end = bound(to, n, n);
            for (int i = bound(from, 0, n); i < end; i++) {
                part.add(all.get(i));
            }
        } else {
            int begin = Math.min(bound(from, n - 1, n), n - 1);
            int end = to == null ? -1 : bound(to, 0, n);
            for (int i = begin; i > end; i--) {
                part.add(all.get(i));
            }
        }
        return x instanceof String
                ? String.join("", part.stream().map(Values::text).toList())
                : part;
    }

    private static int bound(@Nullable Object x, int otherwise, int n) {
        if (x == null) {
            return otherwise;
        }
        long i = whole(x);
        return (int) Math.clamp(i < 0 ? i + n : i, 0L, (long) n);
    }

    static long whole(@Nullable Object x) {
        return switch (x) {
            case Long n -> n;
            case Boolean b -> b ? 1 : 0;
            case Double d -> d.longValue();
            case String s when s.strip().matches("[+-]?\\d{1,18}") -> Long.parseLong(s.strip());
            case null, default -> throw new TemplateException(kind(x) + " is no whole number");
        };
    }

    static boolean equal(@Nullable Object x, @Nullable Object y) {
        if (x instanceof Number && y instanceof Number) {
            return ((Number) x).doubleValue() == ((Number) y).doubleValue();
        }
        if (x instanceof String s) {
            Effort.spend(s.length());
        }
        if (x instanceof List<?> l && y instanceof List<?> m) {
            return equalItems(l, m);
        }
        if (x instanceof Map<?, ?> l && y instanceof Map<?, ?> m) {
            return equalEntries(l, m);
        }
        return Objects.equals(x, y);
    }

    /** Lists may hold one list many times over, so that a comparison has no end. */
    private static boolean equalItems(List<?> x, List<?> y) {
        Effort.spend(1);
        boolean equal = x.size() == y.size();
        for (int i = 0; equal && i < x.size(); i++) {
            Effort.spend(1);
            equal = equal(x.get(i), y.get(i));
        }
        return equal;
    }

    private static boolean equalEntries(Map<?, ?> x, Map<?, ?> y) {
        Effort.spend(1);
        boolean equal = x.size() == y.size();
        for (Map.Entry<?, ?> e : x.entrySet()) {
            Effort.spend(1);
            equal = equal && y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey()));
        }
        return equal;
    }

    /** Keys are strings; a map of Java may refuse to be asked for another. */
    static boolean hasKey(Map<?, ?> m, @Nullable Object key) {
        return key instanceof String && m.containsKey(key);
    }

    static int compare(@Nullable Object x, @Nullable Object y) {
        if (x instanceof String s && y instanceof String t) {
            return s.compareTo(t);
        }
        if (x instanceof Number m && y instanceof Number n) {
            return Double.compare(m.doubleValue(), n.doubleValue());
        }
        throw new TemplateException(kind(x) + " and " + kind(y) + " have no order");
    }

    static boolean contains(@Nullable Object x, @Nullable Object part) {
        return switch (x) {
            case String s -> part instanceof String p && find(s, p) >= 0;
            case Map<?, ?> m -> hasKey(m, part);
            case List<?> l -> l.stream().anyMatch(item -> equal(item, part));
            case null, default -> {
                if (x == UNDEFINED) {
                    yield false;
                }
                throw new TemplateException(kind(x) + " holds nothing");
            }
        };
    }

    static Object calculate(String operator, @Nullable Object x, @Nullable Object y) {
        if (operator.equals("+") && x instanceof String s && y instanceof String t) {
            return bounded(s + t);
        }
        if (operator.equals("+") && x instanceof List<?> l && y instanceof List<?> m) {
            Effort.spend((long) l.size() + m.size());
            List<Object> both = new ArrayList<>(l);
            both.addAll(m);
            if (both.size() > MOST_ITEMS) {
                throw new TemplateException("builds a list of more than " + MOST_ITEMS + " items");
            }
            return both;
        }
        if (operator.equals("*") && x instanceof String s && y instanceof Long n) {
            if (n > MOST_CHARACTERS / Math.max(1, s.length())) {
                throw new TemplateException("builds a text of more than " + MOST_CHARACTERS + " characters");
            }
            return bounded(s.repeat((int) Math.max(0, n)));
        }
        if (x instanceof Long m && y instanceof Long n && !operator.equals("/")) {
            if (n == 0 && (operator.equals("%") || operator.equals("//"))) {
                throw new TemplateException("division by 0");
            }
            return switch (operator) {
                case "+", "-", "*" -> exact(operator, m, n);
                case "//" -> Math.floorDiv(m, n);
                case "%" -> Math.floorMod(m, n);
                default -> throw new TemplateException("the operator " + operator + " is not built");
            };
        }
        if (x instanceof Number m && y instanceof Number n) {
            double a = m.doubleValue();
            double b = n.doubleValue();
            return switch (operator) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                default -> throw new TemplateException("the operator " + operator + " is not built");
            };
        }
        throw new TemplateException(kind(x) + " " + operator + " " + kind(y) + " has no value");
    }

    private static long exact(String operator, long m, long n) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(m, n);
                case "-" -> Math.subtractExact(m, n);
                default -> Math.multiplyExact(m, n);
            };
        } catch (ArithmeticException e) {
            throw new TemplateException(m + " " + operator + " " + n + " is beyond 64 bits");
        }
    }

    /** Where a text stands in another, or -1. */
    static int find(String s, String part) {
        Effort.spend(s.length() * (1L + part.length() / 16));
        return s.indexOf(part);
    }

    /** A text that a template built, unless it grows without end. */
    static String bounded(String text) {
        bounded(text.length());
        return text;
    }

    /** As {@link #bounded(String)}, before the text is built. */
    static void bounded(long characters) {
        if (characters > MOST_CHARACTERS) {
            throw new TemplateException("builds a text of more than " + MOST_CHARACTERS + " characters");
        }
        Effort.spend(characters);
    }

    /** The entries of a map in its order, each as a list of key and value. */
    static List<Object> entries(@Nullable Object x) {
        List<Object> entries = new ArrayList<>();
        if (x instanceof Map<?, ?> m) {
            m.forEach((k, v) -> {
                List<Object> pair = new ArrayList<>();
                pair.add(k);
                pair.add(v);
                entries.add(pair);
            });
            return entries;
        }
        throw new TemplateException(kind(x) + " has no entries");
    }

    static Namespace namespace(Map<String, Object> values) {
        return new Namespace(new LinkedHashMap<>(values));
    }

    static String kind(@Nullable Object x) {
        return switch (x) {
            case null -> "none";
            case String _ -> "a string";
            case Number _ -> "a number";
            case Boolean _ -> "true or false";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            default -> x == UNDEFINED ? "undefined" : "a namespace";
        };
    }

    private static String throwOn(@Nullable Object x, String what) {
        throw new TemplateException(kind(x) + " has no " + what);
    }
}
