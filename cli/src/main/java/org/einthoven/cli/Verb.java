package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.BackendProvider;
import org.einthoven.tensor.backend.Backends;
import picocli.CommandLine.Option;

/** What every verb shares: the common options, and a result that is printed as text or as one JSON object. */
abstract class Verb implements Callable<Integer> {
    /** Stands under every answer about an ECG. */
    static final String DISCLAIMER = "Research software. Not a medical device.";

    @Option(names = "--json", description = "print exactly one JSON object on stdout")
    boolean json;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "222",
            description = "fixes everything random (${DEFAULT-VALUE})")
    long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads that compute; the result does not depend on it")
    @Nullable
    Integer threads;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "reference, simd, tornado, or auto: the best one, which is the default, with the reason")
    @Nullable
    String backend;

    @Option(names = "--debug", description = "print the stack trace of a failure")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    /** Does the work; progress and logs go to stderr. */
    abstract Result result() throws Exception;

    @Override
    public final Integer call() throws Exception {
        if (threads != null) {
            atLeast("--threads", threads, 1);
            Workers.threads(threads);
        }
        if (backend != null) {
            choose(backend);
        }
        Result r = result();
        account();
        System.out.println(json ? r.json() : r.text());
        if (System.out.checkError()) { // a print stream never throws: a full disk would pass for success
            throw new IOException("the result could not be written to stdout; is the disk full, or its reader gone?");
        }
        return r.exitCode();
    }

    /** With a backend that was named, never another one in silence; {@code auto} says what it took, and why not the others. */
    private static void choose(String backend) {
        if (backend.equals("auto")) {
            String chosen = Backends.choose("").name();
            for (BackendProvider p : Backends.providers()) {
                Availability a = p.available();
                System.err.println("einthoven: backend " + p.name() + (p.name().equals(chosen) ? " is used: " : ": ")
                        + (a.ok() || a.remedy().isEmpty() ? a.reason() : a.reason() + ". " + a.remedy()));
            }
            return;
        }
        if (Backends.providers().stream().map(BackendProvider::name).noneMatch(backend::equals)) {
            throw new Failure.Usage("--backend " + backend + ": there is no such backend; there are auto, "
                    + String.join(
                            ", ",
                            Backends.providers().stream()
                                    .map(BackendProvider::name)
                                    .toList()));
        }
        Backends.choose(backend);
    }

    /** What was moved and what was computed where, for who asked for a backend that keeps such an account. */
    private void account() {
        String account = backend == null ? "" : Backends.current().account();
        if (!account.isEmpty()) {
            System.err.println("einthoven: backend " + Backends.current().name() + ": " + account);
        }
    }

    static void atLeast(String option, double value, double least) {
        if (!(value >= least)) {
            throw new Failure.Usage(option + " " + number(value) + ": must be at least " + number(least));
        }
    }

    private static String number(double x) {
        return x == Math.rint(x) && Math.abs(x) < 1e15 ? String.valueOf((long) x) : String.valueOf(x);
    }

    /** Refuses, before any work, a file to write whose folder is not there or is read-only. */
    static void checkWritable(Path out) {
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new FormatException(
                    out.toString(),
                    FormatException.WHOLE_FILE,
                    "--out",
                    "the folder " + folder + " does not exist; make it first");
        }
        if (Files.isDirectory(out)) {
            throw new FormatException(out.toString(), FormatException.WHOLE_FILE, "--out", "is a folder; name a file");
        }
        if (!Files.isWritable(folder)) {
            throw new FormatException(
                    out.toString(),
                    FormatException.WHOLE_FILE,
                    "--out",
                    "the folder " + folder + " cannot be written to; check its permissions, or name another");
        }
    }
}
