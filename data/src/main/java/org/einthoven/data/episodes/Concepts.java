package org.einthoven.data.episodes;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.einthoven.tensor.FormatException;

/**
 * Which attributes are one thing under several names. A concept is a path such as {@code noise/static noise}; it contains
 * every concept that begins with it, so {@code noise} contains all kinds of noise. Attributes of one concept never stand on
 * both sides of a split by attribute.
 */
public final class Concepts {
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
        try (Reader in = new InputStreamReader(Concepts.class.getResourceAsStream(name), StandardCharsets.UTF_8)) {
            return parse(name, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A table of one's own: CSV with the columns {@code pattern} (a regular expression looked for in the lower-case
     * attribute; the first that is found counts) and {@code concept}.
     *
     * @throws FormatException when the file is missing or malformed
     */
    public static Concepts read(Path file) {
        try {
            return parse(file.toString(), new StringReader(Files.readString(file)));
        } catch (IOException e) {
            throw new FormatException(file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    /** Exactly these attributes; any other is a concept of its own. */
    public static Concepts of(Map<String, String> conceptOfAttribute) {
        List<Rule> rules = new ArrayList<>();
        conceptOfAttribute.forEach((attribute, concept) -> rules.add(
                new Rule(Pattern.compile("^" + Pattern.quote(attribute.toLowerCase(Locale.ROOT)) + "$"), concept)));
        return new Concepts(rules);
    }

    private static Concepts parse(String file, Reader in) throws IOException {
        List<Rule> rules = new ArrayList<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setCommentMarker('#')
                .get();
        for (CSVRecord row : format.parse(in)) {
            try {
                rules.add(new Rule(Pattern.compile(row.get("pattern")), row.get("concept")));
            } catch (IllegalArgumentException e) {
                throw new FormatException(
                        file,
                        row.getCharacterPosition(),
                        "row " + row.getRecordNumber(),
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        return new Concepts(rules);
    }

    /** The concept of an attribute, its lead-specific form included; the attribute itself when no rule is found. */
    public String of(String attribute) {
        String bare = LEAD.matcher(attribute.toLowerCase(Locale.ROOT)).replaceFirst("");
        return rules.stream()
                .filter(rule -> rule.pattern.matcher(bare).find())
                .map(Rule::concept)
                .findFirst()
                .orElse(bare);
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
