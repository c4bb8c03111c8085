package org.einthoven.data.episodes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.einthoven.data.table.CsvTable;
import org.einthoven.tensor.FormatException;

/**
 * Which attributes are one thing under several names. A concept is a path such as {@code noise/static noise}; it contains
 * every concept that begins with it, so {@code noise} contains all kinds of noise. Attributes of one concept never stand on
 * both sides of a split by attribute.
 */
public final class Concepts {
    private static final String PATTERN = "pattern";
    private static final String CONCEPT = "concept";
    private static final Pattern LEAD = Pattern.compile("\\s+in lead \\S+$");
    private static final Pattern NORMAL = Pattern.compile(
            "^(sinus rhythm|normal heart axis|normal ecg|regular rhythm|none of .*)$|within the normal range");

    private record Rule(Pattern pattern, String concept) {}

    private final List<Rule> rules;

    private Concepts(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The table that comes with this module, for the attributes of ECG-QA. */
    public static Concepts standard() {
        String name = "concepts.csv";
        List<Rule> rules = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Concepts.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
            CsvTable.read(name, in, List.of(PATTERN, CONCEPT), row -> add(row, rules));
            return new Concepts(rules);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A table of one's own: CSV with the columns {@code pattern} (a regular expression looked for in the attribute, whatever
     * the case of letters; the first that is found counts) and {@code concept}, spaces around either not counting. Lines that
     * begin with # are comments.
     *
     * @throws FormatException when the file is missing or malformed, or has no row
     */
    public static Concepts read(Path file) {
        List<Rule> rules = new ArrayList<>();
        CsvTable.read(file, List.of(PATTERN, CONCEPT), row -> add(row, rules));
        if (rules.isEmpty()) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "rows",
                    "there are none behind the header; add some, or leave the table out for that of ECG-QA");
        }
        return new Concepts(rules);
    }

    /** Exactly these attributes; any other is a concept of its own. */
    public static Concepts of(Map<String, String> conceptOfAttribute) {
        List<Rule> rules = new ArrayList<>();
        conceptOfAttribute.forEach((attribute, concept) -> rules.add(
                new Rule(Pattern.compile("^" + Pattern.quote(attribute.toLowerCase(Locale.ROOT)) + "$"), concept)));
        return new Concepts(rules);
    }

    private static void add(CsvTable.Row row, List<Rule> rules) {
        String pattern = row.text(PATTERN);
        String concept = row.text(CONCEPT);
        if (pattern.isEmpty()) {
            throw row.bad(PATTERN, "is empty, which is found in every attribute; write . where that is meant");
        }
        if (concept.isEmpty()) {
            throw row.bad(CONCEPT, "is empty; name what these attributes are");
        }
        try {
            rules.add(new Rule(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE), concept));
        } catch (PatternSyntaxException e) {
            throw row.bad(
                    PATTERN,
                    "'" + pattern + "' is no regular expression: " + e.getDescription()
                            + "; a bracket that is meant as such is written \\( or \\)");
        }
    }

    /** Whether some rule is found in an attribute. */
    public boolean names(String attribute) {
        return found(bare(attribute)).isPresent();
    }

    /** The concept of an attribute, its lead-specific form included; the attribute itself when no rule is found. */
    public String of(String attribute) {
        String bare = bare(attribute);
        return found(bare).orElse(bare);
    }

    private static String bare(String attribute) {
        return LEAD.matcher(attribute.toLowerCase(Locale.ROOT)).replaceFirst("");
    }

    private Optional<String> found(String bare) {
        return rules.stream()
                .filter(rule -> rule.pattern.matcher(bare).find())
                .map(Rule::concept)
                .findFirst();
    }

    /** The group that a concept stands in: {@code noise} of {@code noise/static noise}, and of {@code noise} itself. */
    public static String group(String concept) {
        int end = concept.indexOf('/');
        return end < 0 ? concept : concept.substring(0, end);
    }

    /** Whether {@code concept} contains {@code other}, which is not the same. */
    public static boolean contains(String concept, String other) {
        return other.startsWith(concept + "/");
    }

    /** Whether an attribute says that something is as it should be; used where tasks are matched on normal and abnormal. */
    public static boolean isNormal(String attribute) {
        return NORMAL.matcher(attribute.toLowerCase(Locale.ROOT)).find();
    }
}
