package org.einthoven.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.meta.RunDirectory;
import org.einthoven.models.io.AtomicFile;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs {@code train} for every cell of a grid, one after another, and tabulates what came out. The same command goes on where it
 * was stopped or killed: cells that are done are not run again, and one that was interrupted goes on from its checkpoint.
 */
@Command(
        name = "study",
        sortOptions = false,
        description = "runs train over a grid of options and seeds, and tabulates")
final class StudyVerb extends Verb {
    private static final String WORDS = "cell.json";
    private static final String VECTORS = "ecg-vectors.bin";

    @Parameters(paramLabel = "GRID.yaml", description = "which runs, and where they are judged; see docs/cli.md")
    Path file;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the study, instead of the file's own")
    @Nullable
    Path out;

    @Override
    Result result() throws IOException {
        StudyGrid grid = StudyGrid.read(file);
        if (out == null && grid.out().isEmpty()) {
            throw new Failure.Usage("name the folder of the study with --out, or with out: in " + file);
        }
        Path folder = out != null ? out : Path.of(grid.out());
        List<StudyGrid.Cell> cells = grid.cells();
        Set<String> names = new HashSet<>();
        for (StudyGrid.Cell cell : cells) {
            if (!names.add(cell.name())) {
                throw new Failure.BadInput(file, "two cells would share the folder " + cell.name() + "; rename a file");
            }
            train(grid, cell, folder); // all options are looked at before the first run begins
            grid.transfer().keySet().forEach(elsewhere -> inference(grid, cell, elsewhere, folder));
        }
        StudyTable table = new StudyTable(grid);
        try (RunDirectory study = RunDirectory.open(folder)) {
            for (int i = 0; i < cells.size(); i++) {
                StudyGrid.Cell cell = cells.get(i);
                Progress.say("cell " + (i + 1) + " of " + cells.size() + ": " + cell.name());
                boolean ran = succeeds(cell.name(), () -> table.add(cell, done(grid, cell, study.path())), failure -> {
                    if (failure instanceof FormatException f && f.field().equals(StrictEpisodes.TOO_FEW)) {
                        table.tooFew(cell, Failure.words(failure));
                    } else {
                        table.failed(cell, Failure.words(failure));
                    }
                });
                for (String elsewhere : ran ? grid.transfer().keySet() : Set.<String>of()) {
                    String there = cell.name() + ", transfer to " + elsewhere;
                    Progress.say(there);
                    succeeds(
                            there,
                            () -> table.add(cell, elsewhere, done(grid, cell, elsewhere, study.path())),
                            failure -> table.failed(cell, elsewhere, Failure.words(failure)));
                }
            }
            Result r = new Result();
            table.into(r);
            r.put("out", folder.toString()).disclaimer();
            AtomicFile.write(
                    folder.resolve("study.json"), to -> to.write(r.json().getBytes(StandardCharsets.UTF_8)));
            if (table.failures() > 0) {
                Progress.warn(table.failures() + " of " + cells.size()
                        + " cells failed, see above why; the same command tries them again");
            }
            return r.exitCode(table.failures() > 0 ? Failure.OTHER : 0);
        }
    }

    /** Whether some work was done; where it was not, that is told, and the study goes on. */
    private static boolean succeeds(String name, Work work, Consumer<Throwable> otherwise) {
        try {
            work.run();
            return true;
        } catch (Failure.Stopped stopped) {
            throw stopped;
        } catch (Exception | OutOfMemoryError | InternalError failure) { // as of a file that became shorter
            Progress.warn(name + ": " + Failure.words(failure));
            otherwise.accept(failure);
            return false;
        }
    }

    /** The result of a cell, which is run where it is not there yet. */
    private JsonNode done(StudyGrid grid, StudyGrid.Cell cell, Path folder) throws IOException {
        return done(grid, folder.resolve(cell.name()), grid.words(cell), () -> train(grid, cell, folder)
                .result());
    }

    /** The result of a cell elsewhere, likewise. */
    private JsonNode done(StudyGrid grid, StudyGrid.Cell cell, String elsewhere, Path folder) throws IOException {
        Path own = folder.resolve(cell.name()).resolve(elsewhere);
        return done(grid, own, grid.words(cell, elsewhere), () -> inference(grid, cell, elsewhere, folder)
                .result());
    }

    /** Something that may fail. */
    private interface Work {
        void run() throws IOException;
    }

    private static JsonNode done(StudyGrid grid, Path folder, List<String> options, Work work) throws IOException {
        Path own = Files.createDirectories(folder);
        String words = JsonMapper.shared().writeValueAsString(options);
        Path said = own.resolve(WORDS);
        if (!Files.exists(said)) {
            AtomicFile.write(said, to -> to.write(words.getBytes(StandardCharsets.UTF_8)));
        } else if (!Files.readString(said).equals(words)) {
            throw new Failure.BadInput(
                    own,
                    "was run with other options, " + Files.readString(said) + ", where the study now says " + words
                            + "; give the study another out");
        }
        Path result = own.resolve(Evidence.RESULT);
        if (!Files.exists(result)) {
            try {
                work.run();
            } catch (TensorException e) {
                throw new Failure.BadInput(grid.file(), e);
            }
        }
        try {
            return JsonMapper.shared().readTree(Files.readString(result));
        } catch (JacksonException e) {
            throw new Failure.BadInput(
                    result,
                    "is not valid JSON: " + e.getOriginalMessage() + "; delete it, and the cell is judged again");
        }
    }

    /** Each ECG is encoded once for all cells, in this file where they name none. */
    private static void sharing(List<String> words, Path vectors) {
        if (words.stream().noneMatch(w -> w.startsWith("--ecg_vectors="))) {
            words.add("--ecg_vectors=" + vectors);
        }
    }

    /** As the words of a cell elsewhere say, refused where they are no inference. */
    private static InferenceVerb inference(StudyGrid grid, StudyGrid.Cell cell, String elsewhere, Path folder) {
        List<String> words = new ArrayList<>(grid.words(cell, elsewhere));
        Path own = folder.resolve(cell.name());
        words.add("--checkpoint=" + own);
        words.add("--out=" + own.resolve(elsewhere));
        sharing(words, folder.resolve("ecg-vectors-" + elsewhere + ".bin"));
        InferenceVerb inference = new InferenceVerb();
        try {
            new CommandLine(inference)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(words.toArray(String[]::new));
            inference.options.check();
        } catch (CommandLine.ParameterException | Failure.Usage e) {
            throw new Failure.BadInput(
                    grid.file(), "cell " + cell.name() + ", transfer " + elsewhere + ": " + e.getMessage());
        }
        return inference;
    }

    /** A run as its words say, refused where they are no run. */
    private static TrainVerb train(StudyGrid grid, StudyGrid.Cell cell, Path folder) {
        List<String> words = new ArrayList<>(grid.words(cell));
        words.add("--out=" + folder.resolve(cell.name()));
        sharing(words, folder.resolve(VECTORS));
        words.add("--resume"); // which begins where there is nothing yet
        TrainVerb train = new TrainVerb();
        try {
            new CommandLine(train).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words.toArray(String[]::new));
            train.options.check();
        } catch (CommandLine.ParameterException | Failure.Usage e) {
            throw new Failure.BadInput(grid.file(), "cell " + cell.name() + ": " + e.getMessage());
        }
        return train;
    }
}
