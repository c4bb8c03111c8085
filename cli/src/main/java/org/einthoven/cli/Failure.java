package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Every failure ends in one line on stderr and one exit code; the stack trace is for {@code --debug}. */
final class Failure {
    static final int OTHER = 1;
    static final int USAGE = 2;
    static final int BAD_INPUT = 3;

    private static final String MORE_MEMORY = "; give more with EINTHOVEN_JAVA_OPTS=-Xmx.., or take a smaller model";

    private Failure() {}

    /** Options that cannot be taken: exit 2. */
    static final class Usage extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Usage(String message) {
            super(message);
        }
    }

    /** The user ended the work, and what was done is saved: exit 1. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped by a signal");
        }
    }

    /** A file whose content fits the format but not the work: numbers that the tensors refuse, another model's width. Exit 3. */
    static final class BadInput extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadInput(Path file, String problem) {
            super(problem.contains(file.toString()) ? problem : file + ": " + problem);
        }

        BadInput(Path file, TensorException cause) {
            this(file, cause.getMessage());
            initCause(cause);
        }
    }

    static int execution(Exception e, CommandLine line, ParseResult parsed) {
        ParseResult verb = parsed;
        while (verb.hasSubcommand()) {
            verb = verb.subcommand();
        }
        return report(e, verb.hasMatchedOption("--debug"));
    }

    /** Prints one line for a failure and returns its exit code. */
    static int report(Throwable e, boolean debug) {
        System.err.println("einthoven: " + words(e));
        if (debug) {
            e.printStackTrace();
        }
        return code(e);
    }

    /** What went wrong and what helps, in one line. */
    static String words(Throwable e) {
        return oneLine(text(e));
    }

    static int usage(ParameterException e, String[] args) {
        String verb = e.getCommandLine().getCommandSpec().qualifiedName();
        System.err.println("einthoven: " + oneLine(text(e)) + "; see './" + verb + " --help'");
        return USAGE;
    }

    private static int code(Throwable e) {
        return switch (e) {
            case Usage u -> USAGE;
            case FormatException f -> BAD_INPUT;
            case BadInput b -> BAD_INPUT;
            case FileSystemException f -> BAD_INPUT;
            case UncheckedIOException u -> code(cause(u));
            case InternalError f -> isLostMapping(f) ? BAD_INPUT : OTHER;
            default -> OTHER;
        };
    }

    private static String text(Throwable e) {
        return switch (e) {
            case UncheckedIOException u -> unchecked(u);
            case NoSuchFileException f -> f.getFile() + ": no such file; check the path";
            case FileAlreadyExistsException f -> f.getFile() + ": is in the way; name another place, or move it";
            case NotDirectoryException f -> f.getFile() + ": not a directory";
            case AccessDeniedException f -> f.getFile() + ": access denied; check its permissions";
            case FileSystemException f ->
                f.getFile() + ": " + (f.getReason() == null ? "cannot be used" : f.getReason());
            case IOException f -> "input or output failed: " + f.getMessage();
            case OutOfMemoryError f -> "out of memory (" + f.getMessage() + ")" + MORE_MEMORY;
            case StackOverflowError f ->
                "the stack overflowed; give more with EINTHOVEN_JAVA_OPTS=-Xss16m, and report this";
            case InternalError f ->
                isLostMapping(f)
                        ? "a file became shorter while it was read; keep it whole and start again"
                        : f.toString();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    /** Where a message only carries its cause along, the cause is put into words: no name of a class is for the user. */
    private static String unchecked(UncheckedIOException e) {
        String message = String.valueOf(e.getMessage());
        String cause = cause(e).toString();
        if (message.endsWith(cause)) {
            return message.substring(0, message.length() - cause.length()) + text(cause(e));
        }
        return message.startsWith("cannot ") ? message : text(cause(e));
    }

    private static IOException cause(UncheckedIOException e) {
        return Objects.requireNonNull(e.getCause(), "its constructors ask for one");
    }

    /** What the JVM throws when a mapped file loses its end. */
    private static boolean isLostMapping(InternalError e) {
        return e.getMessage() != null && e.getMessage().contains("unsafe memory access");
    }

    private static String oneLine(String s) {
        return s.strip().replace("\r", "").replaceAll("\\s*\\n\\s*", "; ");
    }
}
