package org.einthoven.models.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** What is done to a text before it is cut: the normalisers of {@code tokenizer.json}. */
final class Normalizers {
    private Normalizers() {}

    static UnaryOperator<String> read(JsonSection s) {
        if (s.isAbsent()) {
            return UnaryOperator.identity();
        }
        return switch (s.type()) {
            case "Sequence" -> sequence(s);
            case "Replace" -> replace(s);
            case "Prepend" -> {
                String prefix = s.string("prepend");
                yield text -> text.isEmpty() ? text : prefix + text;
            }
            case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
            case "Lowercase" -> text -> text.toLowerCase(Locale.ROOT);
            default -> throw s.notRead();
        };
    }

    private static UnaryOperator<String> sequence(JsonSection s) {
        List<UnaryOperator<String>> steps = new ArrayList<>();
        s.list("normalizers").forEach(step -> steps.add(read(step)));
        return text -> {
            String t = text;
            for (UnaryOperator<String> step : steps) {
                t = step.apply(t);
            }
            return t;
        };
    }

    private static UnaryOperator<String> replace(JsonSection s) {
        GuardedPattern pattern = s.pattern("pattern");
        String content = s.string("content");
        return text -> pattern.replaceAll(text, content);
    }
}
