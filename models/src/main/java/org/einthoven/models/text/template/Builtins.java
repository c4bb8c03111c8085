package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.einthoven.tensor.Nullable;

/** The functions, methods, filters and tests that chat templates use. */
final class Builtins {
    private static final long MOST_ITEMS = 100_000;
    private static final long MOST_INDENT = 32;

    private Builtins() {}

    static @Nullable Object function(String name, List<Object> arguments, Map<String, Object> named) {
        return switch (name) {
            case "raise_exception" -> throw new TemplateException(Values.text(argument(name, arguments, 0)));
            case "namespace" -> Values.namespace(named);
            case "dict" -> new LinkedHashMap<>(named);
            case "range" -> range(arguments);
            default -> throw new TemplateException("the function " + name + " is not built");
        };
    }

    private static List<Object> range(List<Object> arguments) {
        long from = arguments.size() > 1 ? Values.whole(arguments.get(0)) : 0;
        long to = Values.whole(argument("range", arguments, arguments.size() > 1 ? 1 : 0));
        long step = arguments.size() > 2 ? Values.whole(arguments.get(2)) : 1;
        if (step == 0 || step == Long.MIN_VALUE || Math.abs((double) to - from) > MOST_ITEMS) {
            throw new TemplateException("range: " + arguments + " has no end, or too many items");
        }
        List<Object> items = new ArrayList<>();
        long count = step > 0 ? Math.ceilDiv(to - from, step) : Math.ceilDiv(from - to, Math.negateExact(step));
        Effort.spend(Math.max(0, count));
        for (long i = 0; i < count; i++) { // counted, as from + step may be beyond 64 bits
            items.add(from + i * step);
        }
        return items;
    }

    static @Nullable Object method(@Nullable Object x, String name, List<Object> arguments) {
        if (x instanceof Map<?, ?> m) {
            return switch (name) {
                case "items" -> Values.entries(x);
                case "keys" -> new ArrayList<Object>(m.keySet());
                case "values" -> new ArrayList<Object>(m.values());
                case "get" -> {
                    Object key = argument(name, arguments, 0);
                    yield Values.hasKey(m, key) ? m.get(key) : arguments.size() > 1 ? arguments.get(1) : null;
                }
                default -> throw new TemplateException("a map has no method " + name);
            };
        }
        if (!(x instanceof String s)) {
            throw new TemplateException(Values.kind(x) + " has no method " + name);
        }
        Effort.spend(s.length());
        return switch (name) {
            case "strip" -> stripped(s, arguments, true, true);
            case "lstrip" -> stripped(s, arguments, true, false);
            case "rstrip" -> stripped(s, arguments, false, true);
            case "upper" -> s.toUpperCase(Locale.ROOT);
            case "lower" -> s.toLowerCase(Locale.ROOT);
            case "title" -> title(s);
            case "capitalize" -> capitalised(s);
            case "startswith" -> s.startsWith(string(name, arguments, 0));
            case "endswith" -> s.endsWith(string(name, arguments, 0));
            case "find" -> (long) Values.find(s, string(name, arguments, 0));
            case "replace" -> replaced(s, string(name, arguments, 0), string(name, arguments, 1));
            case "join" -> joined(argument(name, arguments, 0), s);
            case "split" -> split(s, arguments);
            default -> throw new TemplateException("a string has no method " + name);
        };
    }

    static @Nullable Object filter(@Nullable Object x, String name, List<Object> arguments, Map<String, Object> named) {
        if (x instanceof String s) {
            Effort.spend(s.length());
        }
        return switch (name) {
            case "trim" -> stripped(Values.text(x), arguments, true, true);
            case "upper" -> Values.text(x).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(x).toLowerCase(Locale.ROOT);
            case "title" -> title(Values.text(x));
            case "capitalize" -> capitalised(Values.text(x));
            case "string" -> Values.text(x);
            case "safe" -> x;
            case "replace" -> replaced(Values.text(x), string(name, arguments, 0), string(name, arguments, 1));
            case "length", "count" -> (long) Values.items(x).size();
            case "first" -> Values.member(Values.items(x), 0L);
            case "last" -> Values.member(Values.items(x), -1L);
            case "list" -> Values.items(x);
            case "reverse" -> {
                List<Object> all = Values.items(x);
                Collections.reverse(all);
                yield all;
            }
            case "items" -> Values.entries(x);
            case "dictsort" -> {
                if (!arguments.isEmpty() || !named.isEmpty()) {
                    throw new TemplateException("dictsort with arguments is not built");
                }
                List<Object> all = Values.entries(x); // by key, upper and lower case alike
                all.sort(Comparator.comparing(
                        entry -> Values.text(((List<?>) entry).getFirst()).toLowerCase(Locale.ROOT)));
                yield all;
            }
            case "int" -> Values.whole(x);
            case "abs" -> Values.compare(x, 0L) < 0 ? Values.calculate("-", 0L, x) : x;
            case "join" -> joined(x, arguments.isEmpty() ? "" : string(name, arguments, 0));
            case "default", "d" -> {
                boolean alsoFalse = arguments.size() > 1 && Values.isTrue(arguments.get(1));
                boolean missing = x == Values.UNDEFINED || alsoFalse && !Values.isTrue(x);
                yield missing ? arguments.isEmpty() ? "" : arguments.getFirst() : x;
            }
            case "tojson" -> {
                Object indent = named.getOrDefault("indent", arguments.isEmpty() ? null : arguments.getFirst());
                yield Json.text(x, indent == null ? -1 : indent(Values.whole(indent)));
            }
            default -> throw new TemplateException("the filter " + name + " is not built");
        };
    }

    static boolean test(@Nullable Object x, String name, List<Object> arguments) {
        return switch (name) {
            case "defined" -> x != Values.UNDEFINED;
            case "undefined" -> x == Values.UNDEFINED;
            case "none" -> x == null;
            case "string" -> x instanceof String;
            case "mapping" -> x instanceof Map;
            case "iterable", "sequence" -> x instanceof List || x instanceof String || x instanceof Map;
            case "number" -> x instanceof Number;
            case "integer" -> x instanceof Long;
            case "float" -> x instanceof Double;
            case "boolean" -> x instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(x);
            case "false" -> Boolean.FALSE.equals(x);
            case "odd" -> Math.floorMod(Values.whole(x), 2) == 1;
            case "even" -> Math.floorMod(Values.whole(x), 2) == 0;
            case "divisibleby" ->
                Values.equal(Values.calculate("%", Values.whole(x), argument(name, arguments, 0)), 0L);
            case "eq", "equalto" -> Values.equal(x, argument(name, arguments, 0));
            case "in" -> Values.contains(argument(name, arguments, 0), x);
            default -> throw new TemplateException("the test " + name + " is not built");
        };
    }

    private static @Nullable Object argument(String name, List<Object> arguments, int i) {
        if (i >= arguments.size()) {
            throw new TemplateException(name + " wants " + (i + 1) + " arguments, not " + arguments.size());
        }
        return arguments.get(i);
    }

    private static String string(String name, List<Object> arguments, int i) {
        return Values.text(argument(name, arguments, i));
    }

    /** Python's white space, or the characters of an argument. */
    private static String stripped(String s, List<Object> arguments, boolean left, boolean right) {
        String characters = arguments.isEmpty() ? null : Values.text(arguments.getFirst());
        int from = 0;
        int to = s.length();
        while (left && from < to && strips(characters, s.charAt(from))) {
            from++;
        }
        while (right && from < to && strips(characters, s.charAt(to - 1))) {
            to--;
        }
        return s.substring(from, to);
    }

    private static boolean strips(@Nullable String characters, char c) {
        return characters == null
                ? Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085'
                : characters.indexOf(c) >= 0;
    }

    private static String capitalised(String s) {
        return s.isEmpty()
                ? s
                : s.substring(0, 1).toUpperCase(Locale.ROOT) + s.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String title(String s) {
        StringBuilder t = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            t.append(inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inside = Character.isLetter(c);
        }
        return t.toString();
    }

    private static String joined(@Nullable Object items, String separator) {
        List<String> texts = Values.items(items).stream().map(Values::text).toList();
        Values.bounded(texts.stream()
                .mapToLong(t -> (long) t.length() + separator.length())
                .sum());
        return String.join(separator, texts);
    }

    private static String replaced(String s, String from, String to) {
        long length = s.length();
        int at = s.indexOf(from);
        for (int n = 0; at >= 0 && n <= s.length(); n++) {
            length += to.length() - from.length();
            at = s.indexOf(from, at + Math.max(1, from.length()));
        }
        Values.bounded(length);
        return s.replace(from, to);
    }

    private static int indent(long spaces) {
        if (spaces > MOST_INDENT) {
            throw new TemplateException("tojson: an indent of " + spaces + " is more than " + MOST_INDENT);
        }
        return (int) Math.max(-1, spaces);
    }

    private static List<Object> split(String s, List<Object> arguments) {
        if (arguments.isEmpty()) {
            String bare = s.strip();
            return bare.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(bare.split("\\s+")));
        }
        String separator = Values.text(arguments.getFirst());
        if (separator.isEmpty()) {
            throw new TemplateException("split: the separator is empty");
        }
        Effort.spend(8L * s.length());
        return new ArrayList<>(Arrays.asList(s.split(Pattern.quote(separator), -1)));
    }
}
