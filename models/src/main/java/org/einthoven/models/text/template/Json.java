package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Nullable;

/** JSON as Python's {@code json.dumps} writes it, characters beyond ASCII as they are. */
final class Json {
    private Json() {}

    /** @param indent spaces a level, or -1 for one line */
    static String text(@Nullable Object x, int indent) {
        return text(x, indent, "\n");
    }

    private static String text(@Nullable Object x, int indent, String line) {
        String inner = indent < 0 ? "" : line + " ".repeat(indent);
        return switch (x) {
            case null -> "null";
            case String s -> quoted(s);
            case Boolean b -> b.toString();
            case Number n -> n.toString();
            case List<?> l -> {
                List<String> parts = new ArrayList<>();
                l.forEach(item -> parts.add(text(item, indent, inner)));
                yield enclosed("[", parts, "]", indent, line, inner);
            }
            case Map<?, ?> m -> {
                List<String> parts = new ArrayList<>();
                m.forEach((key, value) -> parts.add(quoted(Values.text(key)) + ": " + text(value, indent, inner)));
                yield enclosed("{", parts, "}", indent, line, inner);
            }
            default -> throw new TemplateException(Values.kind(x) + " has no JSON");
        };
    }

    private static String enclosed(
            String open, List<String> parts, String close, int indent, String line, String inner) {
        if (parts.isEmpty()) {
            return open + close;
        }
        return Values.bounded(
                indent < 0
                        ? open + String.join(", ", parts) + close
                        : open + inner + String.join("," + inner, parts) + line + close);
    }

    private static String quoted(String s) {
        Effort.spend(s.length());
        StringBuilder q = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> q.append("\\\"");
                case '\\' -> q.append("\\\\");
                case '\n' -> q.append("\\n");
                case '\r' -> q.append("\\r");
                case '\t' -> q.append("\\t");
                case '\b' -> q.append("\\b");
                case '\f' -> q.append("\\f");
                default -> {
                    if (c < ' ') {
                        q.append("\\u%04x".formatted((int) c));
                    } else {
                        q.append(c);
                    }
                }
            }
        }
        return q.append('"').toString();
    }
}
