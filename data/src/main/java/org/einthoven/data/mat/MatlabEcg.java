package org.einthoven.data.mat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ecg.Patient;
import org.einthoven.tensor.FormatException;

/**
 * ECGs in MATLAB version 5 files, told apart by the variables they hold: fairseq-signals ({@code feats} [12, T] in mV and
 * {@code curr_sample_rate}), and CPSC 2018 as first published (a structure with {@code sex}, {@code age} and {@code data}
 * [12, T] in mV at 500 Hz). Neither names its leads: both use the standard order.
 */
public final class MatlabEcg {
    private static final double CPSC_HZ = 500;

    private MatlabEcg() {}

    /** Whether the first 128 bytes of a file are a MATLAB version 5 header. */
    public static boolean looksLike(byte[] beginning) {
        return Mat5File.looksLike(beginning);
    }

    /** @throws FormatException when the file is malformed, or holds no ECG of these two kinds */
    public static EcgRecord read(Path path) {
        Map<String, MatArray> variables = Mat5File.read(path);
        if (variables.get("feats") instanceof MatArray.Numeric feats) {
            return fairseq(path, variables, feats);
        }
        for (MatArray variable : variables.values()) {
            if (variable instanceof MatArray.Struct struct
                    && struct.fields().get("data") instanceof MatArray.Numeric data) {
                return cpsc(path, struct, data);
            }
        }
        throw new FormatException(
                path.toString(),
                FormatException.WHOLE_FILE,
                "variables",
                "the file holds " + (variables.isEmpty() ? "none" : variables.keySet())
                        + ", not feats [12, T] or a structure with data [12, T]");
    }

    private static EcgRecord fairseq(Path path, Map<String, MatArray> variables, MatArray.Numeric feats) {
        if (!(variables.get("curr_sample_rate") instanceof MatArray.Numeric rate) || rate.length() != 1) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    "curr_sample_rate",
                    "is missing or no single number; it must give the sampling rate in Hz");
        }
        return record(path, rate.at(0, 0), samples(path, "feats", feats), Patient.UNKNOWN);
    }

    private static EcgRecord cpsc(Path path, MatArray.Struct struct, MatArray.Numeric data) {
        OptionalInt age = struct.fields().get("age") instanceof MatArray.Numeric a && a.length() == 1 && a.at(0, 0) > 0
                ? OptionalInt.of((int) a.at(0, 0))
                : OptionalInt.empty();
        Patient.Sex sex = struct.fields().get("sex") instanceof MatArray.Text s
                ? Patient.Sex.parse(s.value())
                : Patient.Sex.UNKNOWN;
        return record(path, CPSC_HZ, samples(path, "data", data), new Patient(Optional.empty(), age, sex, List.of()));
    }

    private static float[][] samples(Path path, String field, MatArray.Numeric matrix) {
        if (matrix.rows() != Lead.COUNT || matrix.columns() == 0) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    field,
                    "[" + matrix.rows() + ", " + matrix.columns() + "] is not [12, T]; give the twelve standard leads"
                            + (matrix.columns() == Lead.COUNT ? " as rows" : ""));
        }
        float[][] samples = new float[Lead.COUNT][matrix.columns()];
        for (int lead = 0; lead < Lead.COUNT; lead++) {
            for (int t = 0; t < matrix.columns(); t++) {
                samples[lead][t] = (float) matrix.at(lead, t);
            }
        }
        return samples;
    }

    private static EcgRecord record(Path path, double hz, float[][] samples, Patient patient) {
        String name = path.getFileName().toString();
        return new EcgRecord(
                path.toString(),
                name.replaceFirst("\\.[^.]*$", ""),
                Lead.labels(),
                hz,
                samples,
                patient,
                Optional.empty(),
                List.of());
    }
}
