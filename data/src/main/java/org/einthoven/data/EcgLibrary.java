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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Patient;
import org.einthoven.tensor.FormatException;

/**
 * A folder of ECGs whose files carry their ids in their names: PTB-XL as published ({@code records500/00000/00001_hr.hea}),
 * its Challenge copies ({@code HR00001.mat}), or plain numbers ({@code 00001.mat}). Where one ECG is there at 500 and at 100
 * Hz, the former is taken. Patients come from PTB-XL's table where it is found.
 */
public final class EcgLibrary {
    private static final int DEPTH = 4;
    private static final Pattern NAME = Pattern.compile("(?:HR)?(\\d{1,9})(_hr|_lr)?(\\.hea|\\.mat)?");

    private final Path folder;
    private final Map<Integer, Path> files;
    private final Optional<PtbXl> ptbXl;

    private EcgLibrary(Path folder, Map<Integer, Path> files, Optional<PtbXl> ptbXl) {
        this.folder = folder;
        this.files = files;
        this.ptbXl = ptbXl;
    }

    /**
     * Looks for ECGs in {@code folder} and below.
     *
     * @throws FormatException when the folder is missing or holds no ECG with an id in its name
     */
    public static EcgLibrary open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new FormatException(
                    folder.toString(), FormatException.WHOLE_FILE, "folder", "no such folder of ECGs");
        }
        Map<Integer, Path> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder, DEPTH)) {
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
        return new EcgLibrary(folder, files, PtbXl.around(folder));
    }

    /** Headers before the signals they describe, 500 Hz before 100 Hz; otherwise the first. */
    private static Path better(Path a, Path b) {
        return rank(b) > rank(a) ? b : a;
    }

    private static int rank(Path file) {
        String name = file.getFileName().toString();
        return (name.contains("_lr") ? 0 : 2) + (name.endsWith(".hea") ? 1 : 0);
    }

    /** The ids there are, ascending. */
    public Set<Integer> ids() {
        return files.keySet();
    }

    public boolean has(int id) {
        return files.containsKey(id);
    }

    /** The file of an ECG. */
    public Optional<Path> file(int id) {
        return Optional.ofNullable(files.get(id));
    }

    /** @throws FormatException when there is no ECG of that id, or it is malformed */
    public EcgRecord read(int id) {
        Path file = file(id).orElseThrow(() -> new FormatException(
                folder.toString(), FormatException.WHOLE_FILE, "ECG " + id, "is not in this folder"));
        EcgRecord record = EcgFiles.open(file);
        Patient p = record.patient();
        return record.withPatient(new Patient(Optional.of(patient(id)), p.age(), p.sex(), p.diagnoses()));
    }

    /** The patient of an ECG by PTB-XL's table; without it, each ECG counts as a patient of its own. */
    public String patient(int id) {
        return ptbXl.map(table -> table.patientOfEcg().get(id)).orElse("ecg " + id);
    }

    /** What a run on this folder should say. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (ptbXl.isEmpty()) {
            warnings.add("no " + PtbXl.FILE + " in or above " + folder
                    + ": each ECG counts as a patient of its own, so patients may stand on both sides of a split");
        } else {
            long unknown = files.keySet().stream()
                    .filter(id -> !ptbXl.get().patientOfEcg().containsKey(id))
                    .count();
            if (unknown > 0) {
                warnings.add(unknown + " of " + files.size() + " ECGs are not in " + PtbXl.FILE
                        + ": each of them counts as a patient of its own");
            }
        }
        return warnings;
    }
}
