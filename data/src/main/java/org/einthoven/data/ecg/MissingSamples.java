package org.einthoven.data.ecg;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.FormatException;

/** What to do with samples that are NaN or infinite. The choice is the user's, so none is made silently. */
public enum MissingSamples {
    /** Refuse the record, naming lead and sample. */
    REFUSE,
    /** Straight lines between the neighbours; the ends hold the nearest value. A lead without any value is refused. */
    INTERPOLATE,
    /** 0 mV. */
    ZERO;

    /** The samples {@code [lead][from .. to)} made whole, or the record refused. */
    float[][] mend(EcgRecord record, int from, int to) {
        List<String> gaps = new ArrayList<>();
        float[][] samples = record.samples();
        float[][] mended = samples.clone();
        for (int lead = 0; lead < samples.length; lead++) {
            int first = -1;
            int count = 0;
            for (int t = from; t < to; t++) {
                if (!Float.isFinite(samples[lead][t])) {
                    first = first < 0 ? t : first;
                    count++;
                }
            }
            if (count == 0) {
                continue;
            }
            String gap = record.leads().get(lead) + " (" + count + ", the first at sample " + first + ")";
            if (this == REFUSE || this == INTERPOLATE && count == to - from) {
                gaps.add(gap);
            } else {
                mended[lead] = this == ZERO ? zeroed(samples[lead]) : interpolated(samples[lead], from, to);
            }
        }
        if (!gaps.isEmpty()) {
            throw new FormatException(
                    record.source(),
                    FormatException.WHOLE_FILE,
                    "samples",
                    "missing or not finite in " + (gaps.size() == 1 ? "lead " : gaps.size() + " leads: ")
                            + String.join(", ", gaps)
                            + (this == REFUSE
                                    ? "; choose another stretch of the record, or ask for interpolation or zeros"
                                    : "; nothing to interpolate from: leave the record out, or ask for zeros"));
        }
        return mended;
    }

    private static float[] zeroed(float[] x) {
        float[] y = x.clone();
        for (int t = 0; t < y.length; t++) {
            y[t] = Float.isFinite(y[t]) ? y[t] : 0;
        }
        return y;
    }

    private static float[] interpolated(float[] x, int from, int to) {
        float[] y = x.clone();
        int before = -1;
        for (int t = from; t < to; t++) {
            if (!Float.isFinite(y[t])) {
                continue;
            }
            for (int gap = before < 0 ? from : before + 1; gap < t; gap++) {
                y[gap] = before < 0 ? y[t] : y[before] + (y[t] - y[before]) * (gap - before) / (t - before);
            }
            before = t;
        }
        for (int gap = before + 1; gap < to; gap++) {
            y[gap] = y[before];
        }
        return y;
    }
}
