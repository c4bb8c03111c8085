package org.einthoven.data.mat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ecg.Patient;
import org.einthoven.data.wfdb.WfdbReader;
import org.einthoven.tensor.FormatException;

/**
 * The {@code .mat} files of the PhysioNet/CinC Challenges: one MATLAB version 4 matrix {@code val} of 16-bit integers, a
 * 24-byte header and then the samples exactly as in a WFDB file of format 16. Rate, gain and lead names stand in the
 * {@code .hea} beside it; without it the Challenge's usual values are taken and the record's warnings say so.
 *
 * <p>Header (MATLAB, "MAT-File Format", version 4): five little-endian ints, type, rows, columns, imaginary flag, length of
 * the name, then the name with its final zero.
 */
public final class ChallengeMat {
    private static final int HEADER = 20;
    private static final int INT16_LITTLE_ENDIAN = 30;
    private static final int LONGEST_NAME = 64;

    /** Sampling rate of nearly all Challenge records, Hz. */
    private static final double USUAL_HZ = 500;

    /** ADC units per mV of all Challenge records. */
    private static final double USUAL_GAIN = 1000;

    private ChallengeMat() {}

    /** Whether the beginning of a file is a version 4 matrix header (of any number type). */
    public static boolean looksLike(byte[] beginning) {
        if (beginning.length < HEADER) {
            return false;
        }
        ByteBuffer b = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN);
        int type = b.getInt(0);
        int name = b.getInt(16);
        return type >= 0
                && type <= 52
                && type % 10 <= 2
                && b.getInt(4) > 0
                && b.getInt(12) <= 1
                && b.getInt(12) >= 0
                && name > 1
                && name <= LONGEST_NAME
                && HEADER + name <= beginning.length
                && beginning[HEADER + name - 1] == 0;
    }

    /**
     * The record at {@code path}, through the header beside it where there is one.
     *
     * @throws FormatException when the file is truncated, no matrix of 16-bit integers, or not of twelve rows
     */
    public static EcgRecord read(Path path) {
        Path header = header(path);
        if (Files.isRegularFile(header)) {
            return WfdbReader.read(header);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            return read(path, in, Files.size(path));
        } catch (IOException e) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private static Path header(Path mat) {
        String name = mat.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return mat.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".hea");
    }

    private static EcgRecord read(Path path, InputStream in, long size) throws IOException {
        String file = path.toString();
        byte[] fixed = in.readNBytes(HEADER);
        if (fixed.length < HEADER) {
            throw new FormatException(file, size, "header", "the file ends inside the 20 bytes of a MATLAB 4 header");
        }
        ByteBuffer b = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        int type = b.getInt(0);
        int rows = b.getInt(4);
        int columns = b.getInt(8);
        int nameLength = b.getInt(16);
        if (type != INT16_LITTLE_ENDIAN || b.getInt(12) != 0) {
            throw new FormatException(
                    file,
                    0,
                    "type",
                    type + " is not 30: only little-endian 16-bit integers are read, as the Challenges have");
        }
        if (rows != Lead.COUNT) {
            throw new FormatException(
                    file,
                    4,
                    "rows",
                    rows + " leads and no header beside it to name them; give the .hea file, or a 12-lead record");
        }
        if (nameLength < 1 || nameLength > LONGEST_NAME) {
            throw new FormatException(file, 16, "name length", nameLength + " is not between 1 and " + LONGEST_NAME);
        }
        long needed = HEADER + nameLength + 2L * rows * columns;
        if (columns < 1 || needed > size) {
            throw new FormatException(
                    file,
                    8,
                    "columns",
                    columns + " samples of 12 leads need " + needed + " bytes, the file has " + size
                            + "; it is truncated, get it again");
        }
        in.skipNBytes(nameLength);
        float[][] samples = new float[rows][columns];
        byte[] frame = new byte[2 * rows];
        for (int t = 0; t < columns; t++) {
            in.readNBytes(frame, 0, frame.length);
            for (int lead = 0; lead < rows; lead++) {
                short v = (short) (frame[2 * lead] & 0xFF | frame[2 * lead + 1] << 8);
                samples[lead][t] = v == Short.MIN_VALUE ? Float.NaN : (float) (v / USUAL_GAIN);
            }
        }
        String name = path.getFileName().toString();
        List<String> warnings = new ArrayList<>();
        warnings.add("no header " + header(path).getFileName() + " beside the file: the leads are taken to be "
                + String.join(" ", Lead.labels()) + " at 500 Hz and 1000 units per mV, as in the Challenges");
        return new EcgRecord(
                file,
                name.replaceFirst("\\.[^.]*$", ""),
                Lead.labels(),
                USUAL_HZ,
                samples,
                Patient.UNKNOWN,
                Optional.empty(),
                warnings);
    }
}
