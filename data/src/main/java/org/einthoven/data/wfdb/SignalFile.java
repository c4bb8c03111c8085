package org.einthoven.data.wfdb;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.einthoven.tensor.FormatException;

/** One binary file of a WFDB record: the samples of its signals in turn, frame after frame. */
final class SignalFile {
    private static final int BLOCKS_AT_ONCE = 1 << 14;

    private final Path path;
    private final List<SignalSpec> specs;
    private final SampleFormat format;
    private final long skipped;

    /**
     * @param directory the record's directory, which no signal file may leave
     * @throws FormatException when the file is not a plain file of the directory, or the lines that name it contradict
     */
    SignalFile(String header, Path directory, List<SignalSpec> specs) {
        SignalSpec first = specs.get(0);
        this.specs = specs;
        this.format = first.format();
        this.skipped = first.skipped();
        for (SignalSpec spec : specs) {
            if (spec.format() != format || spec.skipped() != skipped) {
                throw new FormatException(
                        header,
                        spec.lineOffset(),
                        "format (line " + spec.line() + ")",
                        "differs from that of the other signals in " + spec.file());
            }
        }
        this.path = contained(header, directory, first);
    }

    /** Resolves the name without ever leaving the record's directory, through a symbolic link neither. */
    private static Path contained(String header, Path directory, SignalSpec spec) {
        String field = "signal file (line " + spec.line() + ")";
        String name = spec.file();
        if (name.contains("/")
                || name.contains("\\")
                || name.contains(":")
                || name.startsWith(".")
                || name.equals("-")) {
            throw new FormatException(
                    header,
                    spec.lineOffset(),
                    field,
                    "'" + name + "' is not a plain file name; signal files must lie beside their header");
        }
        try {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                throw new FormatException(
                        header, spec.lineOffset(), field, "'" + name + "' is not there; copy it beside the header");
            }
            Path real = file.toRealPath();
            if (!directory.toRealPath().equals(real.getParent()) || !Files.isRegularFile(real)) {
                throw new FormatException(
                        header,
                        spec.lineOffset(),
                        field,
                        "'" + name + "' leads out of the record's directory; copy the file itself beside the header");
            }
            return file;
        } catch (InvalidPathException | IOException e) {
            throw new FormatException(header, spec.lineOffset(), field, "'" + name + "' cannot be opened: " + e, e);
        }
    }

    /**
     * Decodes the file.
     *
     * @param announced samples per signal as the header has it; otherwise as many as there are
     * @throws FormatException when the file is shorter than announced
     */
    List<Signal> read(OptionalLong announced, List<String> warnings) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            long size = Files.size(path);
            long there = format.samplesIn(Math.max(0, size - skipped)) / specs.size();
            long length = announced.orElse(there);
            if (length > there || length == 0 || skipped > size) {
                throw new FormatException(
                        path.toString(),
                        size,
                        "samples",
                        "the file ends after " + there + " of " + announced.orElse(1) + " samples of " + specs.size()
                                + (specs.size() == 1 ? " signal" : " signals") + " (format " + format.code()
                                + "); it is truncated, get it again");
            }
            if (length > Integer.MAX_VALUE - 8) {
                throw new FormatException(
                        path.toString(), skipped, "samples", length + " samples per signal are more than can be held");
            }
            long needed = skipped + format.bytes(length * specs.size());
            if (size > needed + format.bytesPerBlock()) {
                warnings.add(
                        path.getFileName() + " holds " + (size - needed) + " bytes more than its header announces");
            }
            in.skipNBytes(skipped);
            return decode(in, (int) length);
        } catch (IOException e) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private List<Signal> decode(InputStream in, int length) throws IOException {
        List<Signal> signals =
                specs.stream().map(spec -> new Signal(spec, length)).toList();
        long total = (long) length * specs.size();
        byte[] bytes = new byte[BLOCKS_AT_ONCE * format.bytesPerBlock()];
        int[] block = new int[format.samplesPerBlock()];
        int signal = 0;
        for (long done = 0; done < total; ) {
            int read = in.readNBytes(bytes, 0, (int) Math.min(bytes.length, format.bytes(total - done)));
            for (int at = 0; at < read && done < total; at += format.bytesPerBlock()) {
                format.decode(bytes, at, block);
                for (int i = 0; i < block.length && done < total; i++, done++) {
                    signals.get(signal).add(block[i]);
                    signal = signal + 1 == specs.size() ? 0 : signal + 1;
                }
            }
            if (read == 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return signals;
    }
}
