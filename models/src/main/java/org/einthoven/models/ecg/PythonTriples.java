package org.einthoven.models.ecg;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.tensor.FormatException;

/**
 * Reads the one kind of Python expression that fairseq keeps in its configurations and evaluates there: lists of triples,
 * repeated and joined, e.g. {@code [(24, 3, 2)] + [(24, 2, 2)] * 2}. Nothing is evaluated here.
 */
record PythonTriples(String file, String field, String text) {
    private static final int MOST = 64;
    private static final int LONGEST = 2000;
    private static final String NUMBER = "\\s*(\\d{1,6})\\s*";
    private static final Pattern TRIPLE = Pattern.compile("\\(" + NUMBER + "," + NUMBER + "," + NUMBER + ",?\\s*\\)");
    private static final String TRIPLES = TRIPLE.pattern().replace("(\\d", "(?:\\d");
    private static final Pattern TERM = Pattern.compile(
            "\\s*\\[\\s*(" + TRIPLES + "(?:\\s*,\\s*" + TRIPLES + ")*)\\s*,?\\s*\\]\\s*(?:\\*\\s*(\\d{1,6})\\s*)?");

    /** @throws FormatException when the text is anything else */
    List<int[]> read() {
        if (text.length() > LONGEST) {
            throw bad("has " + text.length() + " characters; at most " + LONGEST + " are read");
        }
        List<int[]> all = new ArrayList<>();
        for (String part : text.split("\\+", -1)) {
            Matcher term = TERM.matcher(part);
            if (!term.matches()) {
                throw bad("'" + part.strip() + "' is not a list of triples such as [(256, 2, 2)] * 4");
            }
            List<int[]> once = triples(term.group(1));
            long times = term.group(2) == null ? 1 : Long.parseLong(term.group(2));
            if (all.size() + times * once.size() > MOST) {
                throw bad("'" + text + "' has more than " + MOST + " layers");
            }
            for (long i = 0; i < times; i++) {
                all.addAll(once);
            }
        }
        return all;
    }

    private static List<int[]> triples(String list) {
        return TRIPLE.matcher(list)
                .results()
                .map(r -> new int[] {
                    Integer.parseInt(r.group(1)), Integer.parseInt(r.group(2)), Integer.parseInt(r.group(3))
                })
                .toList();
    }

    private FormatException bad(String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, field, problem);
    }
}
