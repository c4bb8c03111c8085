package org.einthoven.data.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.einthoven.data.EcgLists;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.tensor.FormatException;

/**
 * Questions: shards are named by their first item, so gaps between their names and short ones before the last are missing
 * items; and every ECG that a split asks about must stand in that split's list.
 */
final class QuestionCopy {
    private static final List<String> WORDINGS = List.of("paraphrased", "template");
    private static final int SHARD = 10_000;
    private static final Pattern NAME = Pattern.compile("(\\d{1,9})\\.json(\\.gz)?");

    /** @param ptbXlItems items of the PTB-XL part, as published */
    private record Split(String name, long ptbXlItems) {}

    private static final List<Split> SPLITS =
            List.of(new Split("train", 267_539), new Split("valid", 64_663), new Split("test", 82_146));

    private QuestionCopy() {}

    /** The parts that are here: the folder itself, or those of the two sources of ECGs below it. */
    static List<Path> parts(Path folder) {
        return Stream.of("", "ptbxl", "mimic-iv-ecg")
                .map(folder::resolve)
                .filter(part -> WORDINGS.stream().anyMatch(w -> Files.isDirectory(part.resolve(w))))
                .toList();
    }

    static void check(Path folder, Findings findings, LocalCopy.Watch watch) {
        for (Path part : parts(folder)) {
            for (String wording : WORDINGS) {
                for (Split split : SPLITS) {
                    split(folder, part, wording, split, findings, watch);
                }
            }
        }
    }

    private static void split(
            Path folder, Path part, String wording, Split split, Findings findings, LocalCopy.Watch watch) {
        Path at = part.resolve(wording).resolve(split.name);
        String name = folder.relativize(at).toString();
        SortedMap<Integer, Path> shards = shards(at);
        if (shards.isEmpty()) {
            findings.missing(name + ": no shard, such as 0.json");
            return;
        }
        List<Integer> lacking = new ArrayList<>();
        for (int first = 0; first < shards.lastKey(); first += SHARD) {
            if (!shards.containsKey(first)) {
                lacking.add(first);
            }
        }
        if (!lacking.isEmpty()) {
            findings.missing(name + ": " + lacking.size() + " shards before the last that is here, the first "
                    + lacking.get(0) + ".json");
        }
        Set<Integer> asked = new TreeSet<>();
        long items = 0;
        int done = 0;
        for (Map.Entry<Integer, Path> shard : shards.entrySet()) {
            try {
                EcgQa qa = EcgQaReader.read(shard.getValue());
                items += qa.items().size();
                qa.items().forEach(item -> asked.addAll(item.ecgIds()));
                if (qa.items().size() != SHARD && !shard.getKey().equals(shards.lastKey())) {
                    findings.damaged(name + "/" + shard.getValue().getFileName() + ": "
                            + qa.items().size() + " items; as published it has " + SHARD);
                }
            } catch (FormatException e) {
                findings.damaged(e.getMessage());
            }
            watch.at(name, ++done, shards.size());
        }
        findings.count(name, items);
        boolean ptbXl = !part.endsWith("mimic-iv-ecg");
        if (ptbXl && items != split.ptbXlItems) {
            findings.missing(name + " has " + items + " items; as published it has " + split.ptbXlItems);
        }
        listed(part, split.name, name, asked, findings);
    }

    private static SortedMap<Integer, Path> shards(Path folder) {
        SortedMap<Integer, Path> shards = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return shards;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    shards.put(Integer.parseInt(name.group(1)), file);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e, e);
        }
        return shards;
    }

    /** Compares the ECGs that are asked about with the split's published list. */
    private static void listed(Path part, String split, String name, Set<Integer> asked, Findings findings) {
        Path list = part.resolve(split + "_ecgs.tsv");
        if (!Files.isRegularFile(list)) {
            findings.note(
                    name + ": no " + split + "_ecgs.tsv beside it, so ECGs were not compared with the split's list");
            return;
        }
        Set<Integer> ids;
        try {
            ids = new TreeSet<>(EcgLists.ids(list));
        } catch (FormatException e) {
            findings.damaged(e.getMessage());
            return;
        }
        long strangers = asked.stream().filter(ecg -> !ids.contains(ecg)).count();
        if (strangers > 0) {
            findings.damaged(
                    name + ": asks about " + strangers + " ECGs that " + list.getFileName() + " does not list");
        }
    }
}
