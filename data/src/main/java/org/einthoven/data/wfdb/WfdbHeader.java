package org.einthoven.data.wfdb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.data.ecg.Patient;
import org.einthoven.tensor.FormatException;

/**
 * A WFDB header file (WFDB Applications Guide, header(5)): the record line, one line for each signal, comments.
 *
 * @param name the record's name
 * @param hz frames per second; 250 where the header gives none, as WFDB has it
 * @param samples samples per signal, where given
 * @param comments the text after {@code #}, without it
 */
record WfdbHeader(
        String file,
        String name,
        double hz,
        boolean rateGiven,
        OptionalLong samples,
        List<SignalSpec> signals,
        List<String> comments) {

    static final int LARGEST_HEADER = 1 << 20;
    private static final double DEFAULT_HZ = 250;
    private static final double HIGHEST_HZ = 1e6;

    /** {@code format[xSPF][:skew][+offset]}. */
    private static final Pattern FORMAT =
            Pattern.compile("(\\d{1,9})(?:x(\\d{1,9}))?(?::(\\d{1,9}))?(?:\\+(\\d{1,18}))?");

    /** {@code gain[(baseline)][/units]}. */
    private static final Pattern GAIN =
            Pattern.compile("([-+]?[0-9.]+(?:[eE][-+]?\\d{1,3})?)(?:\\(([-+]?\\d{1,10})\\))?(?:(?:adu)?/(\\S+))?");

    private static final Pattern RECORD_NAME = Pattern.compile("[A-Za-z0-9_.+-]+");

    /** One line of the file that is not blank. */
    private record Line(int number, long offset, String text) {
        String[] fields() {
            return text.strip().split("[ \t]+");
        }
    }

    static WfdbHeader parse(String file, byte[] bytes) {
        List<Line> lines = new ArrayList<>();
        List<String> comments = new ArrayList<>();
        split(bytes, lines, comments);
        if (lines.isEmpty()) {
            throw new FormatException(
                    file, 0, "record line", "the header has none; it should begin with name, signals, rate");
        }
        return new Parser(file, lines, comments).header();
    }

    /** Whether {@code bytes}, the beginning of a file, can be a WFDB header: its record line says so. */
    static boolean looksLike(byte[] bytes) {
        List<Line> lines = new ArrayList<>();
        split(bytes, lines, new ArrayList<>());
        if (lines.isEmpty() || lines.get(0).text.chars().anyMatch(c -> c > 126 || c < 32 && c != '\t')) {
            return false;
        }
        String[] fields = lines.get(0).fields();
        return fields.length >= 2 && fields[1].matches("-?\\d{1,12}");
    }

    private static void split(byte[] bytes, List<Line> lines, List<String> comments) {
        int number = 0;
        for (int from = 0; from < bytes.length; ) {
            int to = from;
            while (to < bytes.length && bytes[to] != '\n') {
                to++;
            }
            number++;
            String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).stripTrailing();
            if (text.startsWith("#")) {
                comments.add(text.substring(1).strip());
            } else if (!text.isBlank()) {
                lines.add(new Line(number, from, text));
            }
            from = to + 1;
        }
    }

    /** Age, sex and diagnoses from comments such as {@code #Age: 74}, {@code # sex: female}, {@code # Dx: 1,2}. */
    Patient patient() {
        OptionalInt age = comment("age").filter(s -> s.matches("\\d{1,3}")).stream()
                .mapToInt(Integer::parseInt)
                .findFirst();
        List<String> diagnoses = comment("dx").map(s -> List.of(s.split("\\s*,\\s*"))).orElse(List.of()).stream()
                .filter(s -> !s.isBlank())
                .toList();
        return new Patient(
                Optional.empty(), age, comment("sex").map(Patient.Sex::parse).orElse(Patient.Sex.UNKNOWN), diagnoses);
    }

    private Optional<String> comment(String key) {
        return comments.stream()
                .filter(c -> c.toLowerCase(Locale.ROOT).startsWith(key + ":"))
                .map(c -> c.substring(key.length() + 1).strip())
                .findFirst();
    }

    /** The walk over the lines, with the file's name at hand for errors. */
    private record Parser(String file, List<Line> lines, List<String> comments) {

        WfdbHeader header() {
            Line first = lines.get(0);
            String[] f = first.fields();
            if (f.length < 2) {
                throw bad(first, "record line", "needs a name and the number of signals");
            }
            if (f[0].contains("/") && f[0].substring(f[0].indexOf('/') + 1).matches("\\d+")) {
                throw bad(
                        first,
                        "record name",
                        "'" + f[0] + "' is a record of several segments; give one of its segments instead");
            }
            if (!RECORD_NAME.matcher(f[0]).matches()) {
                throw bad(first, "record name", "'" + f[0] + "' is not a record name (letters, digits, _ and - only)");
            }
            int count = integer(first, "number of signals", f[1]);
            if (count < 1) {
                throw bad(first, "number of signals", count + "; there must be at least one");
            }
            if (count != lines.size() - 1) {
                throw bad(
                        first,
                        "number of signals",
                        count + " announced, " + (lines.size() - 1) + " signal lines follow");
            }
            double hz = f.length > 2 ? rate(first, f[2]) : DEFAULT_HZ;
            OptionalLong samples = OptionalLong.empty();
            if (f.length > 3) {
                long n = integer(first, "number of samples", f[3]);
                if (n < 0) {
                    throw bad(first, "number of samples", n + " is negative");
                }
                samples = n == 0 ? OptionalLong.empty() : OptionalLong.of(n);
            }
            List<SignalSpec> signals = lines.stream().skip(1).map(this::signal).toList();
            return new WfdbHeader(file, f[0], hz, f.length > 2, samples, signals, List.copyOf(comments));
        }

        private double rate(Line line, String field) {
            double hz = number(line, "sampling rate", field.split("[/(]", 2)[0]);
            if (!(hz > 0) || hz > HIGHEST_HZ) {
                throw bad(line, "sampling rate", field + " is not between 0 and " + (long) HIGHEST_HZ + " Hz");
            }
            return hz;
        }

        private SignalSpec signal(Line line) {
            String[] f = line.fields();
            if (f.length < 2) {
                throw bad(line, "signal line", "needs a file name and a format");
            }
            Matcher format = FORMAT.matcher(f[1]);
            if (!format.matches()) {
                throw bad(line, "format", "'" + f[1] + "' is not a format");
            }
            SampleFormat stored = SampleFormat.of(Integer.parseInt(format.group(1)))
                    .orElseThrow(() -> bad(
                            line,
                            "format",
                            format.group(1) + " is not read; read are " + SampleFormat.codes()
                                    + ". Convert the record with WFDB's xform to format 16"));
            if (format.group(2) != null && Integer.parseInt(format.group(2)) != 1) {
                throw bad(
                        line,
                        "format",
                        format.group(2) + " samples per frame are not read; resample with WFDB's xform");
            }
            if (format.group(3) != null && Integer.parseInt(format.group(3)) != 0) {
                throw bad(
                        line,
                        "format",
                        "a skew of " + format.group(3) + " samples is not read; align with WFDB's xform");
            }
            long skipped = format.group(4) == null ? 0 : Long.parseLong(format.group(4));

            double gain = 0;
            OptionalInt baseline = OptionalInt.empty();
            String units = "mV";
            int at = 2;
            if (f.length > at) {
                Matcher g = GAIN.matcher(f[at]);
                if (!g.matches()) {
                    throw bad(line, "gain", "'" + f[at] + "' is not a gain such as 1000(0)/mV");
                }
                gain = number(line, "gain", g.group(1));
                if (gain < 0 || !Double.isFinite(gain)) {
                    throw bad(line, "gain", f[at] + " must be positive, or 0 for 'not calibrated'");
                }
                baseline = g.group(2) == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(integer(line, "baseline", g.group(2)));
                units = g.group(3) == null ? "mV" : g.group(3);
                at++;
            }
            int resolution = f.length > at ? integer(line, "ADC resolution", f[at++]) : 0;
            if (resolution < 0 || resolution > 32) {
                throw bad(line, "ADC resolution", resolution + " bits; 0 to 32 are possible");
            }
            int zero = f.length > at ? integer(line, "ADC zero", f[at++]) : 0;
            OptionalInt initial =
                    f.length > at ? OptionalInt.of(integer(line, "initial value", f[at++])) : OptionalInt.empty();
            OptionalInt checksum =
                    f.length > at ? OptionalInt.of(integer(line, "checksum", f[at++])) : OptionalInt.empty();
            if (f.length > at) {
                integer(line, "block size", f[at++]);
            }
            String lead = f.length > at
                    ? String.join(" ", List.of(f).subList(at, f.length))
                    : "signal " + (line.number - lines.get(0).number);
            boolean calibrated = gain != 0;
            return new SignalSpec(
                    line.number,
                    line.offset,
                    f[0],
                    stored,
                    skipped,
                    calibrated ? gain : SignalSpec.DEFAULT_GAIN,
                    calibrated,
                    baseline.orElse(zero),
                    units,
                    initial,
                    checksum,
                    lead);
        }

        private int integer(Line line, String field, String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw bad(line, field, "'" + text + "' is not an integer");
            }
        }

        private double number(Line line, String field, String text) {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw bad(line, field, "'" + text + "' is not a number");
            }
        }

        private FormatException bad(Line line, String field, String problem) {
            return new FormatException(file, line.offset, field + " (line " + line.number + ")", problem);
        }
    }
}
