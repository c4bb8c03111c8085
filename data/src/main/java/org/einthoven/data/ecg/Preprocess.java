package org.einthoven.data.ecg;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/**
 * From a record to what the encoder reads: [crops, 12, 2500], 5 s at 500 Hz, in mV, leads in standard order, with no filter
 * and no standardisation (the reference system's input, row 19 of its protocol).
 *
 * @param hz rate of the result; records at another rate are resampled
 * @param length samples of one crop
 * @param start first sample of the first crop, at rate {@code hz}
 * @param crops how many crops, spread evenly from {@code start} to the end of the record
 * @param scaling what a unit of the result is
 * @param missing what to do with missing samples
 * @param leads the leads that are read; the others are 0 mV throughout, as those that pre-training silences are
 */
public record Preprocess(
        double hz, int length, int start, int crops, Scaling scaling, MissingSamples missing, Set<Lead> leads) {
    /** Slower records cannot hold a QRS complex, whose energy reaches 25 Hz; resampling would only invent samples. */
    private static final double LOWEST_HZ = 50;

    /** The unit of the prepared signal. */
    public enum Scaling {
        /** Millivolt, as recorded. */
        MILLIVOLT,
        /** Each lead divided by its own standard deviation over the record (ECG-FM's preparation); flat leads stay flat. */
        LEAD_DEVIATION
    }

    public Preprocess {
        if (!(hz > 0) || length < 1 || start < 0 || crops < 1) {
            throw new IllegalArgumentException(
                    "Preprocess: hz, length and crops must be positive and start not negative: " + hz + " Hz, length "
                            + length + ", start " + start + ", crops " + crops);
        }
    }

    /** The first 5 s at 500 Hz in mV: [1, 12, 2500]. */
    public static Preprocess standard() {
        return new Preprocess(500, 2500, 0, 1, Scaling.MILLIVOLT, MissingSamples.REFUSE, EnumSet.allOf(Lead.class));
    }

    public Preprocess startingAt(int sample) {
        return new Preprocess(hz, length, sample, crops, scaling, missing, leads);
    }

    public Preprocess withCrops(int count) {
        return new Preprocess(hz, length, start, count, scaling, missing, leads);
    }

    public Preprocess withScaling(Scaling unit) {
        return new Preprocess(hz, length, start, crops, unit, missing, leads);
    }

    public Preprocess withMissing(MissingSamples policy) {
        return new Preprocess(hz, length, start, crops, scaling, policy, leads);
    }

    /** As this, but only these leads are read; a record may lack the others. */
    public Preprocess withLeads(Set<Lead> read) {
        return new Preprocess(hz, length, start, crops, scaling, missing, read);
    }

    /**
     * The record as [crops, 12, length].
     *
     * @throws FormatException when a lead is missing, the record is slower than 50 Hz or too short, or samples are missing
     *     and refused
     */
    public Tensor apply(EcgRecord record) {
        EcgRecord standard = record.only(leads);
        if (record.hz() < LOWEST_HZ) {
            throw tooSlow(record);
        }
        boolean sameRate = Math.abs(record.hz() - hz) < 1e-6 * hz;
        int available = sameRate ? record.length() : Resampler.length(record.length(), record.hz(), hz);
        if (available < start + length) {
            throw tooShort(record);
        }
        float[][] signal = sameRate && crops == 1 && scaling == Scaling.MILLIVOLT
                ? missing.mend(standard, start, start + length)
                : missing.mend(standard, 0, record.length());
        float[] out = new float[crops * Lead.COUNT * length];
        for (int lead = 0; lead < Lead.COUNT; lead++) {
            float[] x = sameRate ? signal[lead] : Resampler.resample(signal[lead], record.hz(), hz);
            double unit = scaling == Scaling.MILLIVOLT ? 1 : deviation(x);
            for (int crop = 0; crop < crops; crop++) {
                int from = crops == 1 ? start : start + (int) ((long) crop * (x.length - start - length) / (crops - 1));
                int to = (crop * Lead.COUNT + lead) * length;
                for (int t = 0; t < length; t++) {
                    out[to + t] = unit == 1 ? x[from + t] : (float) (x[from + t] / unit);
                }
            }
        }
        return Tensor.of(out, crops, Lead.COUNT, length);
    }

    private static double deviation(float[] x) {
        double mean = 0;
        for (float v : x) {
            mean += v;
        }
        mean /= x.length;
        double square = 0;
        for (float v : x) {
            square += (v - mean) * (v - mean);
        }
        double deviation = Math.sqrt(square / x.length);
        return deviation > 0 ? deviation : 1;
    }

    private static FormatException tooSlow(EcgRecord record) {
        return new FormatException(
                record.source(),
                FormatException.WHOLE_FILE,
                "sampling rate",
                number(record.hz()) + " Hz is too slow for an ECG; give a record of at least " + number(LOWEST_HZ)
                        + " Hz, or correct the rate in its header");
    }

    private FormatException tooShort(EcgRecord record) {
        return new FormatException(
                record.source(),
                FormatException.WHOLE_FILE,
                "samples",
                String.format(
                        Locale.ROOT,
                        "%d sample%s at %s Hz is %.3f s; %s s are read%s; give a longer record%s",
                        record.length(),
                        record.length() == 1 ? "" : "s",
                        number(record.hz()),
                        record.seconds(),
                        number(length / hz),
                        start == 0 ? "" : " from " + number(start / hz) + " s on",
                        start == 0 ? "" : " or an earlier start"));
    }

    private static String number(double x) {
        return x == Math.rint(x) ? Long.toString((long) x) : Double.toString(x);
    }
}
