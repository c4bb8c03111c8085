package org.einthoven.meta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.einthoven.tensor.FormatException;

/**
 * The checkpoints of one run. A new one is written beside the old, forced to disk and renamed into place; only then is the
 * one before the last deleted, so two generations stand, and a kill or a full disk at any moment leaves a whole one. Beside
 * them stands the best state so far, {@value #BEST}, where validation chooses one.
 */
public final class Checkpoints {
    private static final int GENERATIONS = 2;
    /** File of the best state. */
    public static final String BEST = "best.safetensors";

    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8,})\\.safetensors");

    private final RunDirectory run;
    private final RunConfig config;

    public Checkpoints(RunDirectory run, RunConfig config) {
        this.run = run;
        this.config = config;
    }

    /**
     * Where a run goes on.
     *
     * @param messages what was wrong with a newer file, if one had to be passed over
     */
    public record Resumed(TrainingState state, Path file, List<String> messages) {}

    /** A run begins: the best state that another left, killed here before its first checkpoint, is none of it. */
    public void begin() {
        delete(run.resolve(BEST));
    }

    /**
     * Saves a state.
     *
     * @return its file
     * @throws IllegalStateException when it holds a number that is not finite; the older files stay
     * @throws UncheckedIOException when it cannot be written; the older files stay
     */
    public Path save(TrainingState state) {
        Path file = write(state, "checkpoint-%08d.safetensors".formatted(state.step()));
        List<Path> all = newestFirst();
        for (Path old : all.subList(Math.min(GENERATIONS, all.size()), all.size())) {
            delete(old);
        }
        return file;
    }

    /**
     * Saves the best state so far in place of the one before. A run that is killed right after this goes on from an older
     * checkpoint, comes to the same state again, and writes the same bytes.
     *
     * @return its file
     * @throws IllegalStateException as {@link #save}
     * @throws UncheckedIOException when it cannot be written; the one before stays
     */
    public Path saveBest(TrainingState state) {
        return write(state, BEST);
    }

    private Path write(TrainingState state, String name) {
        if (!Finite.all(state.theta())
                || !state.optimiser().slots().values().stream().allMatch(Finite::all)) {
            throw new IllegalStateException("the state after step " + state.step()
                    + " is not finite and is not saved; lower the outer learning rate");
        }
        Path file = run.resolve(name);
        new Checkpoint(config, CodeVersion.current(), state).write(file);
        return file;
    }

    /**
     * The best state that led to this one; empty where validation never came about.
     *
     * @throws FormatException when it is gone or damaged, or is that of another run or step
     */
    public Optional<Resumed> best(TrainingState last) {
        if (last.bestStep() == 0) {
            return Optional.empty();
        }
        Path file = run.resolve(BEST);
        if (!Files.isRegularFile(file)) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "file",
                    "is gone, which held the best state up to step " + last.step() + ", that after step "
                            + last.bestStep() + "; put it back, or start anew in another --out");
        }
        Checkpoint c = Checkpoint.read(file);
        belongs(file, c);
        if (c.state().step() != last.bestStep()) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "metadata.step",
                    "holds the state after outer step " + c.state().step() + ", but the best up to step " + last.step()
                            + " was that after step " + last.bestStep()
                            + "; train for at least as many steps as before, or start anew in another --out");
        }
        return Optional.of(new Resumed(c.state(), file, List.of()));
    }

    /**
     * The newest state that is whole; empty when there is no checkpoint.
     *
     * @throws FormatException when all are damaged, or when the newest whole one belongs to another configuration or version
     */
    public Optional<Resumed> latest() {
        List<String> messages = new ArrayList<>();
        List<Path> files = newestFirst();
        for (Path file : files) {
            Checkpoint c;
            try {
                c = Checkpoint.read(file);
            } catch (FormatException e) {
                messages.add(e.getMessage());
                continue;
            }
            belongs(file, c);
            if (!messages.isEmpty()) {
                messages.add("going on from the older " + file.getFileName());
            }
            return Optional.of(new Resumed(c.state(), file, List.copyOf(messages)));
        }
        if (!files.isEmpty()) {
            throw new FormatException(
                    run.path().toString(),
                    FormatException.WHOLE_FILE,
                    "checkpoints",
                    "none of " + files.size() + " is whole; start anew in another --out. "
                            + String.join("; ", messages));
        }
        return Optional.empty();
    }

    private void belongs(Path file, Checkpoint c) {
        if (!c.config().hash().equals(config.hash())) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "config",
                    "this run was started with another configuration ("
                            + String.join("; ", c.config().differences(config)) + "); use the same, or another --out");
        }
        if (!c.codeVersion().equals(CodeVersion.current())) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "code_version",
                    "written by version " + c.codeVersion() + ", this is " + CodeVersion.current()
                            + ": the rest would not be the same run; continue with that version, or start anew in another --out");
        }
    }

    /** The newest checkpoint in the folder of a run that is over, whole or not; empty where there is none. */
    public static Optional<Path> newest(Path folder) {
        return Files.isDirectory(folder) ? newestFirst(folder).stream().findFirst() : Optional.empty();
    }

    /** The best state in the folder of a run; empty where none was chosen. */
    public static Optional<Path> best(Path folder) {
        return Optional.of(folder.resolve(BEST)).filter(Files::isRegularFile);
    }

    private List<Path> newestFirst() {
        return newestFirst(run.path());
    }

    private static List<Path> newestFirst(Path folder) {
        record Numbered(long step, Path file) {}
        try (Stream<Path> files = Files.list(folder)) {
            return files.flatMap(file -> {
                        Matcher m = NAME.matcher(file.getFileName().toString());
                        return m.matches() ? Stream.of(new Numbered(Long.parseLong(m.group(1)), file)) : Stream.empty();
                    })
                    .sorted((a, b) -> Long.compare(b.step, a.step))
                    .map(Numbered::file)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e, e);
        }
    }

    private static void delete(Path old) {
        try {
            Files.deleteIfExists(old);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the old " + old + ": " + e, e);
        }
    }
}
