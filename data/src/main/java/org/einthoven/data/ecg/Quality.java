package org.einthoven.data.ecg;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What looks wrong with a record, counted per lead. Nothing is mended here; the caller shows {@link #warnings()}. */
public record Quality(List<LeadQuality> leads, Optional<Double> einthovenDeviation) {
    /** A range below this is a flat line, mV. */
    private static final double FLAT = 0.005;

    /** Beyond this no surface ECG goes, mV. */
    private static final double IMPLAUSIBLE = 20;

    /** A lead counts as saturated when so large a share of its samples sticks, in runs, to its largest or smallest value. */
    private static final double SATURATED = 0.01;

    private static final int RUN = 5;

    /** Root mean square of II - I - III above which the limb leads contradict each other, mV. */
    private static final double LIMB_LEADS = 0.1;

    /**
     * One lead.
     *
     * @param missing share of samples that are not finite, 0 .. 1
     * @param range largest minus smallest value, mV
     * @param peak largest absolute value, mV
     * @param saturated share of samples in runs at the largest or smallest value
     */
    public record LeadQuality(String lead, double missing, double range, double peak, double saturated) {}

    public Quality {
        leads = List.copyOf(leads);
    }

    /** Looks at every lead, and at Einthoven's law II = I + III where the three limb leads are there. */
    public static Quality of(EcgRecord record) {
        List<LeadQuality> leads = new ArrayList<>();
        for (int i = 0; i < record.samples().length; i++) {
            leads.add(look(record.leads().get(i), record.samples()[i]));
        }
        return new Quality(leads, limbLeads(record));
    }

    private static LeadQuality look(String name, float[] x) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        int missing = 0;
        for (float v : x) {
            if (Float.isFinite(v)) {
                min = Math.min(min, v);
                max = Math.max(max, v);
            } else {
                missing++;
            }
        }
        if (missing == x.length) {
            return new LeadQuality(name, 1, 0, 0, 0);
        }
        int stuck = 0;
        int run = 0;
        for (int t = 0; t <= x.length; t++) {
            if (t < x.length && (x[t] == max || x[t] == min) && (run == 0 || x[t] == x[t - 1])) {
                run++;
            } else {
                stuck += run >= RUN ? run : 0;
                run = t < x.length && (x[t] == max || x[t] == min) ? 1 : 0;
            }
        }
        return new LeadQuality(
                name,
                missing / (double) x.length,
                max - min,
                Math.max(Math.abs(max), Math.abs(min)),
                stuck / (double) x.length);
    }

    private static Optional<Double> limbLeads(EcgRecord record) {
        Optional<float[]> i = record.lead(Lead.I);
        Optional<float[]> ii = record.lead(Lead.II);
        Optional<float[]> iii = record.lead(Lead.III);
        if (i.isEmpty() || ii.isEmpty() || iii.isEmpty()) {
            return Optional.empty();
        }
        double square = 0;
        int n = 0;
        for (int t = 0; t < record.length(); t++) {
            double d = ii.get()[t] - i.get()[t] - iii.get()[t];
            if (Double.isFinite(d)) {
                square += d * d;
                n++;
            }
        }
        return n == 0 ? Optional.empty() : Optional.of(Math.sqrt(square / n));
    }

    /** One line for each thing that looks wrong; empty for a clean record. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        for (LeadQuality lead : leads) {
            String name = "lead " + lead.lead + ": ";
            if (lead.missing == 1) {
                lines.add(name + "every sample is missing");
                continue;
            }
            if (lead.missing > 0) {
                lines.add(name + percent(lead.missing) + " of the samples are missing");
            }
            if (lead.range < FLAT) {
                lines.add(name + "flat line (range " + String.format(Locale.ROOT, "%.4f", lead.range) + " mV)");
            } else if (lead.saturated > SATURATED) {
                lines.add(name + "saturated: " + percent(lead.saturated) + " of the samples stick to the limits");
            }
            if (lead.peak > IMPLAUSIBLE) {
                lines.add(name + "reaches " + String.format(Locale.ROOT, "%.0f", lead.peak)
                        + " mV; is the gain given per \u00b5V instead of per mV?");
            }
        }
        einthovenDeviation
                .filter(rms -> rms > LIMB_LEADS)
                .ifPresent(rms -> lines.add("the limb leads break Einthoven's law II = I + III by "
                        + String.format(Locale.ROOT, "%.2f", rms)
                        + " mV (root mean square): wrong lead names or order?"));
        return lines;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
