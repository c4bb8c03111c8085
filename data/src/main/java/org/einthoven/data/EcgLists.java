package org.einthoven.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.tensor.FormatException;

/**
 * The division that ECG-QA is published with: {@code train_ecgs.tsv}, {@code valid_ecgs.tsv} and {@code test_ecgs.tsv} beside its
 * questions, of PTB-XL and of MIMIC-IV-ECG alike, each line a running number and the id of an ECG. It is not that of PTB-XL's folds.
 *
 * @param source the folder of the lists
 * @param sideOfEcg by ECG id
 */
public record EcgLists(String source, Map<Integer, Side> sideOfEcg) implements PublishedSides {
    private static final Map<String, Side> FILES = files();
    private static final Pattern LINE = Pattern.compile("\\d+\\t(\\d{1,9})\\s*");
    private static final int LEVELS = 3;

    public EcgLists {
        sideOfEcg = Map.copyOf(sideOfEcg);
    }

    private static Map<String, Side> files() {
        Map<String, Side> files = new LinkedHashMap<>();
        files.put("train_ecgs.tsv", Side.TRAINING);
        files.put("valid_ecgs.tsv", Side.VALIDATION);
        files.put("test_ecgs.tsv", Side.TEST);
        return files;
    }

    /** The folder with the lists: of the questions at this path, or up to three above it. */
    public static Optional<Path> folder(Path questions) {
        Path folder = questions.toAbsolutePath().normalize();
        for (int level = 0; level <= LEVELS && folder != null; level++, folder = folder.getParent()) {
            Path here = folder;
            if (FILES.keySet().stream().anyMatch(file -> Files.isRegularFile(here.resolve(file)))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the three lists of a folder.
     *
     * @throws FormatException when one is missing or malformed, or an ECG stands in two of them
     */
    public static EcgLists read(Path folder) {
        Map<Integer, Side> sides = new TreeMap<>();
        FILES.forEach((name, side) -> {
            Path list = folder.resolve(name);
            for (int ecg : ids(list)) {
                Side other = sides.putIfAbsent(ecg, side);
                if (other != null && other != side) {
                    throw new FormatException(
                            list.toString(),
                            FormatException.WHOLE_FILE,
                            "ECG " + ecg,
                            "stands in " + file(other) + " too; take the lists as they are published");
                }
            }
        });
        return new EcgLists(folder.toString(), sides);
    }

    /**
     * The ids of one list, in its order.
     *
     * @throws FormatException naming the line that is no number, tab and id, or when there is no such file
     */
    public static List<Integer> ids(Path list) {
        if (!Files.isRegularFile(list)) {
            throw new FormatException(
                    list.toString(),
                    FormatException.WHOLE_FILE,
                    "list",
                    "is not there; copy it from where ECG-QA is published, it lies beside paraphrased");
        }
        List<Integer> ids = new ArrayList<>();
        List<String> lines = lines(list);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            Matcher line = LINE.matcher(lines.get(i));
            if (!line.matches()) {
                throw new FormatException(
                        list.toString(),
                        FormatException.WHOLE_FILE,
                        "line " + (i + 1),
                        "is no running number, tab and id of an ECG, such as 0<tab>17");
            }
            ids.add(Integer.parseInt(line.group(1)));
        }
        return ids;
    }

    private static List<String> lines(Path list) {
        try (InputStream in = Files.newInputStream(list)) { // what is no text is no line of a list
            return new InputStreamReader(in, StandardCharsets.ISO_8859_1).readAllLines();
        } catch (IOException e) {
            throw new FormatException(list.toString(), FormatException.WHOLE_FILE, "list", "cannot be read: " + e, e);
        }
    }

    private static String file(Side side) {
        return FILES.entrySet().stream()
                .filter(e -> e.getValue() == side)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String name() {
        return "published lists";
    }

    @Override
    public Optional<Side> side(int ecg) {
        return Optional.ofNullable(sideOfEcg.get(ecg));
    }

    @Override
    public String place(int ecg) {
        return side(ecg).map(side -> "in " + file(side)).orElse("in no list");
    }

    @Override
    public String lacking() {
        return "stand in none of the lists of " + source;
    }

    @Override
    public String remedy() {
        return "take the lists as they are published";
    }

    @Override
    public String explained(boolean validated) {
        return "the lists of " + source + ": train_ecgs.tsv for training, valid_ecgs.tsv for validation"
                + PublishedSides.unasked(validated) + ", test_ecgs.tsv for test";
    }
}
