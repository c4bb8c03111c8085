package org.einthoven.data.ecg;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/**
 * One electrocardiogram as it was stored: any number of leads in the order of the file, in millivolt. Missing samples are
 * NaN.
 *
 * @param source the file as the user named it (for error texts), or a word for where the record comes from
 * @param id the record's name
 * @param leads names in the order of {@code samples}
 * @param hz sampling rate
 * @param samples [lead][t] in mV; handed over to the record and never changed afterwards
 * @param patient what is known of the person
 * @param checksumsOk whether the stored checksums agree with the samples; empty when the format stores none
 * @param warnings everything a reader of this record should know, one line each
 */
public record EcgRecord(
        String source,
        String id,
        List<String> leads,
        double hz,
        float[][] samples,
        Patient patient,
        Optional<Boolean> checksumsOk,
        List<String> warnings) {

    /** @throws FormatException when there is no lead, no sample, leads of unequal length, or no usable rate */
    public EcgRecord {
        leads = List.copyOf(leads);
        warnings = List.copyOf(warnings);
        if (samples.length == 0 || samples[0].length == 0) {
            throw new FormatException(source, FormatException.WHOLE_FILE, "samples", "the record holds no sample");
        }
        if (leads.size() != samples.length) {
            throw new FormatException(
                    source,
                    FormatException.WHOLE_FILE,
                    "leads",
                    leads.size() + " names for " + samples.length + " leads of samples");
        }
        for (int i = 0; i < samples.length; i++) {
            if (samples[i].length != samples[0].length) {
                throw new FormatException(
                        source,
                        FormatException.WHOLE_FILE,
                        "samples",
                        "lead " + leads.get(i) + " has " + samples[i].length + " samples, lead " + leads.get(0)
                                + " has " + samples[0].length);
            }
        }
        if (!(hz > 0) || Double.isInfinite(hz)) {
            throw new FormatException(
                    source, FormatException.WHOLE_FILE, "sampling rate", hz + " Hz is not a sampling rate");
        }
    }

    /** Samples per lead. */
    public int length() {
        return samples[0].length;
    }

    /** Duration in s. */
    public double seconds() {
        return length() / hz;
    }

    /** The samples of one standard lead in mV, not copied; empty when the record lacks it. */
    public Optional<float[]> lead(Lead lead) {
        for (int i = 0; i < samples.length; i++) {
            if (Lead.named(leads.get(i)).filter(lead::equals).isPresent()) {
                return Optional.of(samples[i]);
            }
        }
        return Optional.empty();
    }

    /**
     * The same record with exactly the twelve standard leads, in standard order whatever order the file has; other leads
     * are left out.
     *
     * @throws FormatException when a lead is missing or is there twice, naming the leads that are there
     */
    public EcgRecord twelveLead() {
        return only(EnumSet.allOf(Lead.class));
    }

    /**
     * The twelve standard leads in standard order, of which only {@code kept} are those of the record; the others are 0 mV
     * throughout, whether the record has them or not.
     *
     * @throws FormatException when one of {@code kept} is missing or is there twice, naming the leads that are there
     */
    public EcgRecord only(Set<Lead> kept) {
        Map<Lead, float[]> found = new EnumMap<>(Lead.class);
        for (int i = 0; i < samples.length; i++) {
            Optional<Lead> lead = Lead.named(leads.get(i)).filter(kept::contains);
            if (lead.isPresent() && found.put(lead.get(), samples[i]) != null) {
                throw new FormatException(
                        source,
                        FormatException.WHOLE_FILE,
                        "leads",
                        "lead " + lead.get().label() + " is there twice (" + String.join(" ", leads)
                                + "); rename or remove one of them");
            }
        }
        List<String> missing = Stream.of(Lead.values())
                .filter(lead -> kept.contains(lead) && !found.containsKey(lead))
                .map(Lead::label)
                .toList();
        if (!missing.isEmpty()) {
            String there = leads.size() > 20
                    ? String.join(" ", leads.subList(0, 20)) + " and " + (leads.size() - 20) + " more"
                    : String.join(" ", leads);
            throw new FormatException(
                    source,
                    FormatException.WHOLE_FILE,
                    "leads",
                    "the record has " + leads.size() + (leads.size() == 1 ? " lead (" : " leads (") + there
                            + ") and lacks " + String.join(" ", missing)
                            + "; give a 12-lead record, or read only the leads that are there");
        }
        for (Lead silent : Lead.values()) {
            found.computeIfAbsent(silent, lead -> new float[length()]);
        }
        return new EcgRecord(
                source, id, Lead.labels(), hz, found.values().toArray(float[][]::new), patient, checksumsOk, warnings);
    }

    /** The twelve standard leads as [12, T] in mV, NaN where samples are missing. */
    public Tensor tensor() {
        EcgRecord standard = twelveLead();
        int t = length();
        float[] flat = new float[Lead.COUNT * t];
        for (int lead = 0; lead < Lead.COUNT; lead++) {
            System.arraycopy(standard.samples[lead], 0, flat, lead * t, t);
        }
        return Tensor.of(flat, Lead.COUNT, t);
    }

    /** The same record of a patient known from elsewhere (a data set's table). */
    public EcgRecord withPatient(Patient of) {
        return new EcgRecord(source, id, leads, hz, samples, of, checksumsOk, warnings);
    }

    /** The same record with more warnings. */
    public EcgRecord withWarnings(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new EcgRecord(source, id, leads, hz, samples, patient, checksumsOk, all);
    }
}
