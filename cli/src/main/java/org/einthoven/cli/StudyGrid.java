package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.einthoven.meta.Control;
import picocli.CommandLine;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Which runs a study is made of: every combination of the values of a grid, for every seed, each with the options that all
 * share. The options are those of {@code train}, by their names without dashes in front.
 *
 * <pre>
 * out: studies/first          # folder of the study
 * train:                      # what all cells share
 *   paraphrased_path: with_local_ecgs.json
 *   n_way: 2
 * grid:                       # one or several values each
 *   meta: [second, first]
 *   k_spt: [2, 5]
 * include:                    # options of some points alone
 *   - meta: first             # which points: by keys of the grid, one or several values each
 *     controls: none          # what they have that the others have not, or have otherwise
 * transfer:                   # each cell is judged there too, as inference does it
 *   mimic:
 *     paraphrased_path: mimic-iv-ecg/paraphrased
 *     ecg_path: mimic-iv-ecg
 * seeds: [1, 2, 3]            # 222 alone where it is left out
 * </pre>
 *
 * <p>Of YAML it takes maps, lists and plain values; no anchors.
 */
record StudyGrid(
        Path file,
        String out,
        SequencedMap<String, String> train,
        SequencedMap<String, List<String>> grid,
        List<Inclusion> include,
        SequencedMap<String, SequencedMap<String, String>> transfer,
        List<String> seeds) {
    private static final List<String> KEYS = List.of("out", "train", "grid", "include", "transfer", "seeds");
    private static final Set<String> OURS =
            Set.of("seed", "out", "resume", "json", "help", "debug", "threads", "backend");

    /** Options of a cell that have no meaning where it is judged elsewhere: what it started from, and the vectors of its ECGs. */
    private static final Set<String> TRAIN_ALONE = Set.of("checkpoint", "ecg_vectors");

    /** The ways to say what is asked: published questions, or made ones. */
    private static final Set<String> QUESTIONS = Set.of("paraphrased_path", "questions");

    /** More are a mistake; their tables would take long to read. */
    private static final int MOST_CELLS = 10_000;

    /**
     * Options of some points alone.
     *
     * @param where keys of the grid and the values that a point has one of each of
     * @param options what those points are run with
     */
    record Inclusion(SequencedMap<String, List<String>> where, SequencedMap<String, String> options) {
        boolean holds(Cell cell) {
            return where.entrySet().stream().allMatch(e -> e.getValue().contains(cell.point.get(e.getKey())));
        }
    }

    /** One run: a value for each key of the grid, and a seed. */
    record Cell(SequencedMap<String, String> point, String seed) {
        /** Names its folder: {@code meta=second,k_spt=2,seed=1}. */
        String name() {
            return (pointName() + ",seed=" + seed).replaceAll("^,", "").replaceAll("[^A-Za-z0-9=,._-]", "_");
        }

        String pointName() {
            return String.join(
                    ",",
                    point.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .toList());
        }
    }

    /** All points of the grid, the last key turning fastest, and the seeds of each. */
    List<Cell> cells() {
        List<SequencedMap<String, String>> points = List.of(new LinkedHashMap<>());
        for (Map.Entry<String, List<String>> axis : grid.entrySet()) {
            List<SequencedMap<String, String>> longer = new ArrayList<>();
            for (SequencedMap<String, String> point : points) {
                for (String value : axis.getValue()) {
                    SequencedMap<String, String> next = new LinkedHashMap<>(point);
                    next.put(axis.getKey(), value);
                    longer.add(next);
                }
            }
            points = longer;
        }
        return points.stream()
                .flatMap(point -> seeds.stream().map(seed -> new Cell(point, seed)))
                .toList();
    }

    /** The words of {@code train} for a cell, without where it writes. */
    List<String> words(Cell cell) {
        return words(options(cell));
    }

    /** The words of {@code inference} that judge a cell elsewhere, without what it judges and where it writes. */
    List<String> words(Cell cell, String elsewhere) {
        SequencedMap<String, String> options = options(cell);
        SequencedMap<String, String> there =
                Objects.requireNonNull(transfer.get(elsewhere), "a place that the study names");
        TRAIN_ALONE.forEach(options::remove);
        if (there.keySet().stream().anyMatch(QUESTIONS::contains)) {
            QUESTIONS.forEach(options::remove); // a run takes them in one of these ways
        }
        options.putAll(there);
        return words(options);
    }

    private SequencedMap<String, String> options(Cell cell) {
        SequencedMap<String, String> options = new LinkedHashMap<>(train);
        options.putAll(cell.point);
        include.stream().filter(i -> i.holds(cell)).forEach(i -> options.putAll(i.options));
        options.put("seed", cell.seed);
        return options;
    }

    private static List<String> words(SequencedMap<String, String> options) {
        return options.entrySet().stream()
                .map(e -> "--" + e.getKey() + "=" + e.getValue())
                .toList();
    }

    // ---------------------------------------------------------------- reading

    /** @throws Failure.BadInput naming line and key */
    static StudyGrid read(Path file) throws IOException {
        try (var in = Files.newInputStream(file);
                YAMLParser parser = (YAMLParser) YAMLMapper.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build()
                        .createParser(in)) {
            return new Reader(file, parser).grid();
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new Failure.BadInput(
                    file,
                    (line > 0 ? "line " + line + ": " : "") + "no YAML that is read here: " + e.getOriginalMessage());
        }
    }

    /** Walks the file token by token, so that every complaint knows its line. */
    private static final class Reader {
        private final Path file;
        private final YAMLParser parser;
        private final CommandLine.Model.CommandSpec train =
                CommandLine.Model.CommandSpec.forAnnotatedObject(new TrainVerb());
        private String out = "";
        private final SequencedMap<String, String> shared = new LinkedHashMap<>();
        private final SequencedMap<String, List<String>> axes = new LinkedHashMap<>();
        private final List<Included> included = new ArrayList<>();
        private final SequencedMap<String, SequencedMap<String, String>> elsewhere = new LinkedHashMap<>();
        private List<String> seeds = List.of("222");

        /** An entry of include as it stands there: which of its keys are of the grid is known when all is read. */
        private record Included(int line, SequencedMap<String, List<String>> values) {}

        Reader(Path file, YAMLParser parser) {
            this.file = file;
            this.parser = parser;
        }

        StudyGrid grid() {
            if (next() != JsonToken.START_OBJECT) {
                throw bad("", "a study is a map of " + String.join(", ", KEYS));
            }
            while (next() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                if (!KEYS.contains(key)) {
                    throw bad(key, "is no key of a study; there are " + String.join(", ", KEYS));
                }
                next();
                switch (key) {
                    case "out" -> out = value("out");
                    case "train" -> map("train", name -> shared.put(name, checked("train." + name, name)));
                    case "grid" -> map("grid", name -> axes.put(name, values("grid." + name, name)));
                    case "include" -> include();
                    case "transfer" -> transfer();
                    default -> seeds = values("seeds", "seed");
                }
            }
            if (next() != null) {
                throw bad("", "a study is one document, and a second one begins here");
            }
            for (String name : axes.keySet()) {
                if (shared.containsKey(name)) {
                    throw new Failure.BadInput(
                            file, "key 'grid." + name + "' stands under train too; leave it in one of them");
                }
            }
            double cells = seeds.size();
            for (List<String> values : axes.values()) {
                cells *= values.size();
            }
            if (cells > MOST_CELLS) {
                throw new Failure.BadInput(
                        file, "key 'grid' makes more than " + MOST_CELLS + " cells with the seeds; make it smaller");
            }
            return new StudyGrid(
                    file,
                    out,
                    shared,
                    axes,
                    included.stream().map(this::inclusion).toList(),
                    elsewhere,
                    seeds);
        }

        private void include() {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw bad("include", "must be a list of maps, each with a key of grid and other options of train");
            }
            while (next() != JsonToken.END_ARRAY) {
                int line = line();
                SequencedMap<String, List<String>> values = new LinkedHashMap<>();
                map("include", name -> values.put(name, values("include." + name, name)));
                included.add(new Included(line, values));
            }
        }

        private void transfer() {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw bad("transfer", "must be a map from names to maps of options of inference");
            }
            while (next() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (!name.matches("[A-Za-z0-9_-]+") || StudyTable.TABLES.contains(name)) {
                    throw bad("transfer." + name, "is no name for a table; take letters, digits, _ and -");
                }
                if (Arrays.stream(Control.values()).map(Training::folder).anyMatch(name::equalsIgnoreCase)) {
                    throw bad("transfer." + name, "is the folder of a control in each cell; take another name");
                }
                next();
                SequencedMap<String, String> options = new LinkedHashMap<>();
                map("transfer." + name, option -> {
                    String key = "transfer." + name + "." + option;
                    if (option.equals("checkpoint")) {
                        throw bad(key, "is set by the study itself: each cell's own is judged");
                    }
                    options.put(option, checked(key, option));
                });
                elsewhere.put(name, options);
            }
        }

        private Inclusion inclusion(Included entry) {
            SequencedMap<String, List<String>> where = new LinkedHashMap<>();
            SequencedMap<String, String> options = new LinkedHashMap<>();
            entry.values.forEach((name, values) -> {
                List<String> axis = axes.get(name);
                if (axis == null) {
                    if (values.size() > 1) {
                        throw bad(
                                entry.line,
                                "include." + name,
                                "has several values, and is no key of grid; give it one, or move it to grid");
                    }
                    options.put(name, values.getFirst());
                    return;
                }
                for (String value : values) {
                    if (!axis.contains(value)) {
                        throw bad(
                                entry.line,
                                "include." + name,
                                "names " + value + ", which grid does not have; it has " + String.join(", ", axis));
                    }
                }
                where.put(name, values);
            });
            if (where.isEmpty() || options.isEmpty()) {
                throw bad(
                        entry.line,
                        "include",
                        where.isEmpty()
                                ? "an entry names no key of grid, so that it would hold of all points; put its options"
                                        + " under train"
                                : "an entry has keys of grid alone; name what its points are to be run with");
            }
            return new Inclusion(where, options);
        }

        private interface Entry {
            void read(String name);
        }

        private void map(String of, Entry entry) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw bad(of, "must be a map from options of train to values");
            }
            while (next() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                known(of, name);
                next();
                entry.read(name);
            }
        }

        private void known(String of, String name) {
            if (OURS.contains(name)) {
                throw bad(of + "." + name, "is set by the study itself" + (name.equals("seed") ? "; see seeds" : ""));
            }
            if (!train.optionsMap().containsKey("--" + name)) {
                throw bad(of + "." + name, "train has no option --" + name);
            }
        }

        private List<String> values(String key, String option) {
            List<String> values = new ArrayList<>();
            if (parser.currentToken() == JsonToken.START_ARRAY) {
                while (next() != JsonToken.END_ARRAY) {
                    String value = checked(key, option);
                    if (values.contains(value)) {
                        throw bad(key, "has the value " + value + " twice; a run counts once");
                    }
                    values.add(value);
                }
            } else {
                values.add(checked(key, option));
            }
            if (values.isEmpty()) {
                throw bad(key, "has no value; a study of none is empty");
            }
            return List.copyOf(values);
        }

        private String checked(String key, String option) {
            String value = value(key);
            check(key, option, value);
            return value;
        }

        /** That the option takes the value, by train's own rules. */
        private void check(String key, String option, String value) {
            CommandLine line = new CommandLine(new TrainVerb());
            line.setCaseInsensitiveEnumValuesAllowed(true);
            try {
                line.parseArgs("--" + option + "=" + value);
            } catch (CommandLine.MissingParameterException othersAreMissing) {
                return; // this one was taken
            } catch (CommandLine.ParameterException e) {
                throw bad(key, String.valueOf(e.getMessage()));
            }
        }

        private String value(String key) {
            if (parser.isCurrentAlias()) {
                throw bad(key, "is an alias (*), which is not read here; write the value");
            }
            JsonToken token = parser.currentToken();
            if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
                throw bad(key, "must be one plain value");
            }
            return parser.getString();
        }

        private JsonToken next() {
            return parser.nextToken();
        }

        private int line() {
            return parser.currentTokenLocation().getLineNr();
        }

        private Failure.BadInput bad(String key, String problem) {
            return bad(line(), key, problem);
        }

        private Failure.BadInput bad(int line, String key, String problem) {
            return new Failure.BadInput(
                    file, "line " + line + (key.isEmpty() ? "" : ", key '" + key + "'") + ": " + problem);
        }
    }
}
