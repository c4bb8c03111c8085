package org.einthoven.models.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * From the names of a checkpoint to ours: rules that are tried in order, each on what the ones before it left. Loading says
 * at once which tensors are missing, unexpected or misshaped.
 *
 * <pre>{@code
 * NameMap.identity()
 *         .ignore("(mask_emb|quantizer\\..*)")
 *         .rename("^encoder\\.", "")
 *         .load(file, shapes);
 * }</pre>
 */
public final class NameMap {
    private sealed interface Rule {
        record Rename(Pattern from, String to) implements Rule {}

        record Ignore(Pattern name) implements Rule {}
    }

    private static final int SHOWN = 8;

    private final List<Rule> rules;

    private NameMap(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Ours are the checkpoint's names. */
    public static NameMap identity() {
        return new NameMap(List.of());
    }

    /** Replaces the first match of a regular expression; {@code $1} in {@code to} is its first group. */
    public NameMap rename(String from, String to) {
        return with(new Rule.Rename(Pattern.compile(from), to));
    }

    /** Leaves out names that match a regular expression as a whole. */
    public NameMap ignore(String name) {
        return with(new Rule.Ignore(Pattern.compile(name)));
    }

    /** Our name of a checkpoint's tensor; empty when it is to be left out. */
    public Optional<String> apply(String name) {
        String n = name;
        for (Rule rule : rules) {
            switch (rule) {
                case Rule.Rename r -> n = r.from().matcher(n).replaceFirst(r.to());
                case Rule.Ignore i -> {
                    if (i.name().matcher(n).matches()) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(n);
    }

    /**
     * The tensors that a model expects, under our names.
     *
     * @throws FormatException naming all missing, unexpected, doubly named and misshaped tensors at once
     */
    public Map<String, Tensor> load(WeightFile file, Map<String, Shape> expected) {
        Map<String, Tensor> loaded = new LinkedHashMap<>();
        sources(file, expected).forEach((ours, source) -> loaded.put(ours, file.tensor(source)));
        return loaded;
    }

    /** As {@link #load}, but only the checkpoint's name of each tensor; no weight is read. */
    public Map<String, String> sources(WeightFile file, Map<String, Shape> expected) {
        Map<String, String> source = new TreeMap<>();
        List<String> twice = new ArrayList<>();
        for (String name : file.names()) {
            apply(name).ifPresent(ours -> {
                String other = source.put(ours, name);
                if (other != null) {
                    twice.add(other + " and " + name + " are both " + ours);
                }
            });
        }
        List<String> missing = new ArrayList<>();
        List<String> misshaped = new ArrayList<>();
        expected.forEach((name, shape) -> {
            String from = source.get(name);
            if (from == null) {
                missing.add(name + " " + shape);
            } else if (!file.entry(from).shape().equals(shape)) {
                misshaped.add(from + " is " + file.entry(from).shape() + ", the model has " + shape);
            }
        });
        TreeSet<String> unexpected = new TreeSet<>(source.keySet());
        unexpected.removeAll(expected.keySet());
        List<String> problems = new ArrayList<>();
        report(problems, "missing", missing);
        report(problems, "unexpected", unexpected.stream().map(source::get).toList());
        report(problems, "misshaped", misshaped);
        report(problems, "named twice", twice);
        if (!problems.isEmpty()) {
            throw new FormatException(
                    file.path().toString(),
                    FormatException.WHOLE_FILE,
                    "weights",
                    String.join("; ", problems) + "; is this the checkpoint of another configuration?");
        }
        Map<String, String> sources = new LinkedHashMap<>();
        expected.keySet().forEach(name -> sources.put(name, source.get(name)));
        return sources;
    }

    private NameMap with(Rule rule) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(rule);
        return new NameMap(more);
    }

    private static void report(List<String> problems, String what, List<String> names) {
        if (!names.isEmpty()) {
            problems.add(names.size() + " " + what + ": " + some(names));
        }
    }

    /** The first few of many. */
    static String some(List<String> items) {
        return String.join(", ", items.subList(0, Math.min(SHOWN, items.size())))
                + (items.size() > SHOWN ? " and " + (items.size() - SHOWN) + " more" : "");
    }
}
