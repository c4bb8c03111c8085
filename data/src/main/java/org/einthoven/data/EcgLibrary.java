package org.einthoven.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Patient;
import org.einthoven.tensor.FormatException;

/**
 * A folder of ECGs whose files carry their ids in their names: PTB-XL as published ({@code records500/00000/00001_hr.hea}),
 * its Challenge copies ({@code HR00001.mat}), or plain numbers ({@code 00001.mat}). Where one ECG is there at 500 and at 100
 * Hz, the former is taken. Patients come from PTB-XL's table where it is found. MIMIC-IV-ECG is found by its record list, and
 * the ECGs that the reference was tested on by their list of files ({@code processed_test_30k.json}, the folder of the same
 * name beside it).
 */
public final class EcgLibrary {
    private static final int DEPTH = 4;
    private static final Pattern NAME = Pattern.compile("(?:HR)?(\\d{1,9})(_hr|_lr)?(\\.hea|\\.mat)?");

    private final Path folder;
    private final Set<Integer> ids;
    private final IntFunction<Optional<Path>> files;
    private final Optional<Map<Integer, String>> patients;
    private final Optional<PtbXl> ptbXl;

    private EcgLibrary(
            Path folder,
            Set<Integer> ids,
            IntFunction<Optional<Path>> files,
            Optional<Map<Integer, String>> patients,
            Optional<PtbXl> ptbXl) {
        this.folder = folder;
        this.ids = ids;
        this.files = files;
        this.patients = patients;
        this.ptbXl = ptbXl;
    }

    /**
     * Looks for ECGs in {@code folder} and below, or for those of a {@code .json} list of files.
     *
     * @throws FormatException when the folder is missing or holds no ECG with an id in its name
     */
    public static EcgLibrary open(Path folder) {
        if (Files.isRegularFile(folder) && folder.toString().endsWith(".json")) {
            return listed(folder);
        }
        if (!Files.isDirectory(folder)) {
            throw new FormatException(
                    folder.toString(), FormatException.WHOLE_FILE, "folder", "no such folder of ECGs");
        }
        return MimicIvEcg.around(folder).map(EcgLibrary::of).orElseGet(() -> walked(folder));
    }

    private static EcgLibrary of(MimicIvEcg mimic) {
        Map<Integer, String> patients = new TreeMap<>();
        mimic.records().forEach((study, entry) -> patients.put(study, entry.patient()));
        return new EcgLibrary(
                mimic.folder(), mimic.records().keySet(), mimic::file, Optional.of(patients), Optional.empty());
    }

    /** Of the folder that is named like the list. */
    private static EcgLibrary listed(Path list) {
        String name = list.getFileName().toString();
        EcgLibrary all = open(list.resolveSibling(name.substring(0, name.length() - ".json".length())));
        Set<Integer> ids = new TreeSet<>();
        for (String file : FileList.read(list)) {
            Matcher m = NAME.matcher(file);
            if (m.matches()) {
                ids.add(Integer.parseInt(m.group(1)));
            }
        }
        return new EcgLibrary(
                all.folder,
                ids,
                id -> ids.contains(id) ? all.files.apply(id) : Optional.empty(),
                all.patients,
                all.ptbXl);
    }

    private static EcgLibrary walked(Path folder) {
        Map<Integer, Path> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(behindLinks(folder), DEPTH)) {
            walk.filter(Files::isRegularFile).sorted().forEach(file -> {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    files.merge(Integer.parseInt(name.group(1)), file, EcgLibrary::better);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            throw new FormatException(
                    folder.toString(), FormatException.WHOLE_FILE, "folder", "cannot be read: " + e, e);
        }
        if (files.isEmpty()) {
            throw new FormatException(
                    folder.toString(),
                    FormatException.WHOLE_FILE,
                    "folder",
                    "holds no ECG named by its id, such as 00001_hr.hea or HR00001.mat, down to " + DEPTH + " levels");
        }
        Optional<PtbXl> table = PtbXl.around(folder).or(() -> PtbXl.around(behindLinks(folder)));
        return new EcgLibrary(
                folder,
                files.keySet(),
                id -> Optional.ofNullable(files.get(id)),
                table.map(PtbXl::patientOfEcg),
                table);
    }

    /** A walk follows no link, but the folder may be one to where the data set lies. */
    private static Path behindLinks(Path folder) {
        try {
            return Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Headers before the signals they describe, 500 Hz before 100 Hz; otherwise the first. */
    private static Path better(Path a, Path b) {
        return rank(b) > rank(a) ? b : a;
    }

    private static int rank(Path file) {
        String name = file.getFileName().toString();
        return (name.contains("_lr") ? 0 : 2) + (name.endsWith(".hea") ? 1 : 0);
    }

    /** The ids there are, ascending; of a record list all that it names. */
    public Set<Integer> ids() {
        return ids;
    }

    /** Whether the ECG is on this disk. */
    public boolean has(int id) {
        return file(id).isPresent();
    }

    /** The file of an ECG. */
    public Optional<Path> file(int id) {
        return files.apply(id);
    }

    /** @throws FormatException when there is no ECG of that id, or it is malformed */
    public EcgRecord read(int id) {
        Path file = file(id).orElseThrow(() -> new FormatException(
                folder.toString(), FormatException.WHOLE_FILE, "ECG " + id, "is not in this folder"));
        EcgRecord record = EcgFiles.open(file);
        Patient p = record.patient();
        return record.withPatient(new Patient(Optional.of(patient(id)), p.age(), p.sex(), p.diagnoses()));
    }

    /** The patient of an ECG by the data set's table; without it, each ECG counts as a patient of its own. */
    public String patient(int id) {
        return patients.map(table -> table.get(id)).orElse("ecg " + id);
    }

    /**
     * The folds of PTB-XL's table.
     *
     * @throws FormatException when these ECGs have no such table, or it tells no folds
     */
    public StratFolds stratFolds() {
        PtbXl table = ptbXl.orElseThrow(() -> new FormatException(
                folder.toString(),
                FormatException.WHOLE_FILE,
                StratFolds.COLUMN,
                "there is no " + PtbXl.FILE
                        + " in or above this folder, which tells the fold of each ECG of PTB-XL; copy it there, or"
                        + " take --split patient, as for ECGs of another data set"));
        if (table.foldOfEcg().isEmpty()) {
            throw new FormatException(
                    table.source(),
                    FormatException.WHOLE_FILE,
                    StratFolds.COLUMN,
                    "there is no such column, or nothing in it; take the table as it is published, or --split patient");
        }
        return new StratFolds(table.source(), table.foldOfEcg());
    }

    /** What a run on this folder should say. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (patients.isEmpty()) {
            warnings.add("no " + PtbXl.FILE + " or " + MimicIvEcg.FILE + " in or above " + folder
                    + ": each ECG counts as a patient of its own, so patients may stand on both sides of a split");
        } else {
            long unknown =
                    ids.stream().filter(id -> !patients.get().containsKey(id)).count();
            if (unknown > 0) {
                warnings.add(unknown + " of " + ids.size() + " ECGs are not in " + PtbXl.FILE
                        + ": each of them counts as a patient of its own");
            }
        }
        return warnings;
    }
}
