package org.einthoven.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.mat.ChallengeMat;
import org.einthoven.data.mat.MatlabEcg;
import org.einthoven.data.wfdb.WfdbReader;
import org.einthoven.tensor.FormatException;

/**
 * Any ECG file this build reads: WFDB (the header, the record's name without extension, or a signal file with its header
 * beside it), Challenge {@code .mat}, fairseq-signals and CPSC 2018 {@code .mat}. The kind is found by content.
 */
public final class EcgFiles {
    private static final int BEGINNING = 4096;
    private static final String READ = "read are WFDB records, Challenge .mat, fairseq-signals .mat and CPSC 2018 .mat";

    private EcgFiles() {}

    /** Whether {@link #open} would take the file (or record name) for an ECG: decided by its first bytes. */
    public static boolean isEcg(Path path) {
        return switch (kind(path)) {
            case WFDB, CHALLENGE, MATLAB5 -> true;
            case MISSING, DIRECTORY, UNKNOWN -> false;
        };
    }

    /** The name of the file's format as {@code inspect} shows it; empty when it is none of these. */
    public static Optional<String> format(Path path) {
        return switch (kind(path)) {
            case WFDB -> Optional.of("wfdb");
            case CHALLENGE -> Optional.of("challenge-mat");
            case MATLAB5 -> Optional.of("matlab5");
            case MISSING, DIRECTORY, UNKNOWN -> Optional.empty();
        };
    }

    /**
     * Reads the record at {@code path}.
     *
     * @throws FormatException when there is no such file, it is of no kind that is read, or it is malformed
     */
    public static EcgRecord open(Path path) {
        return switch (kind(path)) {
            case WFDB -> WfdbReader.read(header(path));
            case CHALLENGE -> ChallengeMat.read(path);
            case MATLAB5 -> MatlabEcg.read(path);
            case MISSING ->
                throw bad(
                        path,
                        "file",
                        "no such file or record; looked for " + path.getFileName() + " and " + path.getFileName()
                                + ".hea");
            case DIRECTORY -> throw bad(path, "file", "is a directory; name one record in it");
            case UNKNOWN -> throw bad(path, "format", described(beginning(path)) + "; " + READ);
        };
    }

    private enum Kind {
        WFDB,
        CHALLENGE,
        MATLAB5,
        MISSING,
        DIRECTORY,
        UNKNOWN
    }

    private static Kind kind(Path path) {
        if (Files.isRegularFile(path)) {
            byte[] beginning = beginning(path);
            if (MatlabEcg.looksLike(beginning)) {
                return isHdf5(beginning) ? Kind.UNKNOWN : Kind.MATLAB5;
            }
            if (ChallengeMat.looksLike(beginning)) {
                return Kind.CHALLENGE;
            }
            boolean signals = !path.equals(header(path)) && Files.isRegularFile(header(path));
            return WfdbReader.looksLikeHeader(beginning) || signals ? Kind.WFDB : Kind.UNKNOWN;
        }
        if (Files.isRegularFile(path.resolveSibling(path.getFileName() + ".hea"))) {
            return Kind.WFDB;
        }
        return Files.isDirectory(path) ? Kind.DIRECTORY : Kind.MISSING;
    }

    /** The header of the record that {@code path} is a part of: itself, or the file of the same name ending in .hea. */
    private static Path header(Path path) {
        String name = path.getFileName().toString();
        if (!Files.isRegularFile(path) || WfdbReader.looksLikeHeader(beginning(path))) {
            return path;
        }
        int dot = name.lastIndexOf('.');
        return path.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".hea");
    }

    private static byte[] beginning(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(BEGINNING);
        } catch (IOException e) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private static boolean isHdf5(byte[] b) {
        return new String(b, 0, Math.min(b.length, 128), StandardCharsets.ISO_8859_1).startsWith("MATLAB 7.3");
    }

    /** What an unknown file seems to be, so that the error can help. */
    private static String described(byte[] b) {
        if (b.length == 0) {
            return "the file is empty";
        }
        String text = new String(b, StandardCharsets.ISO_8859_1);
        if (isHdf5(b) || b.length >= 8 && ByteBuffer.wrap(b).getLong() == 0x894844460D0A1A0AL) {
            return "this is HDF5 (MATLAB 7.3 among others), which is not read: save it with -v7";
        }
        if (text.startsWith("DICM", 128)) {
            return "this is DICOM, which is not read";
        }
        if (text.stripLeading().startsWith("<")) {
            return "this is XML, which is not read";
        }
        return "this is no ECG file that is known here";
    }

    private static FormatException bad(Path path, String field, String problem) {
        return new FormatException(path.toString(), FormatException.WHOLE_FILE, field, problem);
    }
}
