package org.einthoven.data.wfdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.tensor.FormatException;

/**
 * Reads WFDB records (WFDB Applications Guide, header(5) and signal(5)): a text header {@code .hea} and the signal files it
 * names, which must lie in the header's own directory. Formats 8, 16, 24, 32, 61, 80, 160, 212, 310, 311. Stored checksums
 * and first values are compared with what was read.
 */
public final class WfdbReader {
    private WfdbReader() {}

    /** As {@link #read(Path, Checksums)}; a checksum that disagrees is a warning. */
    public static EcgRecord read(Path path) {
        return read(path, Checksums.WARN);
    }

    /**
     * The record at {@code path}: the header file, or the record's name without extension.
     *
     * @return all voltage signals in the order of the file, in mV; missing samples are NaN
     * @throws FormatException when a file is missing, truncated or malformed, names a file outside its directory, or (with
     *     {@link Checksums#REQUIRE}) a checksum disagrees
     */
    public static EcgRecord read(Path path, Checksums policy) {
        Path file = Files.isRegularFile(path) ? path : path.resolveSibling(path.getFileName() + ".hea");
        if (!Files.isRegularFile(file)) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    "file",
                    "no such record; looked for " + file.getFileName());
        }
        WfdbHeader header = WfdbHeader.parse(file.toString(), bytes(file));
        List<String> warnings = new ArrayList<>();
        if (!header.rateGiven()) {
            warnings.add("the header gives no sampling rate; WFDB's default of 250 Hz was taken");
        }
        List<Signal> signals = new ArrayList<>();
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a directory");
        for (List<SignalSpec> group : byFile(header)) {
            signals.addAll(new SignalFile(header.file(), directory, group).read(header.samples(), warnings));
        }
        check(header, signals, policy, warnings);
        return record(path.toString(), header, signals, warnings);
    }

    /** Whether the beginning of a file reads like a WFDB header. */
    public static boolean looksLikeHeader(byte[] beginning) {
        return WfdbHeader.looksLike(beginning);
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(WfdbHeader.LARGEST_HEADER + 1);
            if (bytes.length > WfdbHeader.LARGEST_HEADER) {
                throw new FormatException(
                        file.toString(),
                        WfdbHeader.LARGEST_HEADER,
                        "header",
                        "longer than 1 MiB; this is no WFDB header");
            }
            return bytes;
        } catch (IOException e) {
            throw new FormatException(file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    /** The signals of each file together; a file's signals must follow one another, as header(5) asks. */
    private static Iterable<List<SignalSpec>> byFile(WfdbHeader header) {
        Map<String, List<SignalSpec>> groups = new LinkedHashMap<>();
        String before = null;
        for (SignalSpec spec : header.signals()) {
            if (!spec.file().equals(before) && groups.containsKey(spec.file())) {
                throw new FormatException(
                        header.file(),
                        spec.lineOffset(),
                        "signal file (line " + spec.line() + ")",
                        "the signals of " + spec.file() + " do not follow one another");
            }
            groups.computeIfAbsent(spec.file(), f -> new ArrayList<>()).add(spec);
            before = spec.file();
        }
        return groups.values();
    }

    private static void check(WfdbHeader header, List<Signal> signals, Checksums policy, List<String> warnings) {
        for (Signal signal : signals) {
            signal.disagreement().ifPresent(problem -> {
                if (policy == Checksums.REQUIRE) {
                    throw new FormatException(
                            header.file(),
                            signal.spec().lineOffset(),
                            "checksum (line " + signal.spec().line() + ")",
                            problem + "; the samples are damaged, get the record again");
                }
                warnings.add(problem);
            });
            signal.gaps().ifPresent(warnings::add);
        }
    }

    private static EcgRecord record(String source, WfdbHeader header, List<Signal> signals, List<String> warnings) {
        List<String> leads = new ArrayList<>();
        List<float[]> samples = new ArrayList<>();
        for (Signal signal : signals) {
            SignalSpec spec = signal.spec();
            if (!signal.isVoltage()) {
                warnings.add(spec.lead() + " is in " + spec.units() + ", which is no voltage, and is left out");
                continue;
            }
            if (!spec.calibrated()) {
                warnings.add(
                        "lead " + spec.lead() + ": the header gives no gain; WFDB's default of 200 per mV was taken");
            }
            leads.add(spec.lead());
            samples.add(signal.samples());
        }
        if (samples.isEmpty()) {
            throw new FormatException(header.file(), 0, "units", "no signal of this record is a voltage");
        }
        boolean checked = signals.stream().anyMatch(Signal::isChecked);
        boolean agrees = signals.stream().allMatch(s -> s.disagreement().isEmpty());
        return new EcgRecord(
                source,
                header.name(),
                leads,
                header.hz(),
                samples.toArray(float[][]::new),
                header.patient(),
                checked ? Optional.of(agrees) : Optional.empty(),
                warnings);
    }
}
