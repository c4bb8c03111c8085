package org.einthoven.data.wfdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.einthoven.data.ecg.EcgRecord;

/**
 * Writes records as {@link WfdbReader} reads them: a header and one signal file of format 16, interleaved (WFDB Applications
 * Guide, header(5) and signal(5)). A microvolt is one step; a lead that would not fit 16 bits so has coarser ones.
 */
public final class WfdbWriter {
    private static final double MICROVOLTS = 1000;
    private static final int LARGEST = Short.MAX_VALUE;

    /** What stands for a sample that is missing, in format 16. */
    private static final short MISSING = Short.MIN_VALUE;

    private WfdbWriter() {}

    /**
     * Writes {@code NAME.hea} and {@code NAME.dat} into a folder that is there.
     *
     * @param name of the record: letters, digits, _ and -
     */
    public static void write(EcgRecord record, String name, Path folder) throws IOException {
        int leads = record.leads().size();
        int length = record.length();
        ByteBuffer signals =
                ByteBuffer.allocate(Math.multiplyExact(2 * leads, length)).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder header = new StringBuilder("%s %d %s %d\n".formatted(name, leads, number(record.hz()), length));
        for (int lead = 0; lead < leads; lead++) {
            float[] mv = record.samples()[lead];
            double gain = gain(mv);
            short sum = 0;
            for (int t = 0; t < length; t++) {
                short stored = Float.isNaN(mv[t]) ? MISSING : (short) Math.round(mv[t] * gain);
                signals.putShort(2 * (t * leads + lead), stored);
                sum += stored;
            }
            header.append("%s.dat 16 %s(0)/mV 16 0 %d %d 0 %s\n"
                    .formatted(
                            name,
                            number(gain),
                            signals.getShort(2 * lead),
                            sum,
                            record.leads().get(lead)));
        }
        Files.write(folder.resolve(name + ".dat"), signals.array());
        Files.writeString(folder.resolve(name + ".hea"), header, StandardCharsets.US_ASCII);
    }

    /** Steps of a millivolt. */
    private static double gain(float[] mv) {
        double largest = 0;
        for (float x : mv) {
            largest = Float.isNaN(x) ? largest : Math.max(largest, Math.abs(x));
        }
        return largest * MICROVOLTS <= LARGEST ? MICROVOLTS : Math.floor(LARGEST / largest);
    }

    private static String number(double x) {
        return x == Math.rint(x) ? Long.toString((long) x) : String.format(Locale.ROOT, "%s", x);
    }
}
