package org.einthoven.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.einthoven.data.wfdb.WfdbReader;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessTest {

    /** Twelve leads; lead l at time t s is {@code (l + 1) sin(2 pi 5 t)} mV. */
    private static EcgRecord sines(double hz, int samples, List<String> leads) {
        float[][] x = new float[leads.size()][samples];
        for (int l = 0; l < x.length; l++) {
            for (int t = 0; t < samples; t++) {
                x[l][t] = (float) ((l + 1) * Math.sin(2 * Math.PI * 5 * t / hz));
            }
        }
        return new EcgRecord("test.hea", "test", leads, hz, x, Patient.UNKNOWN, Optional.empty(), List.of());
    }

    private static EcgRecord sines(double hz, int samples) {
        return sines(hz, samples, Lead.labels());
    }

    private static float[] values(Tensor t) {
        return t.toFloats();
    }

    @Test
    void theFirstFiveSecondsInMillivolt() {
        Path header = RealData.at("ptbxl", "records500", "00000").resolve("00001_hr");
        EcgRecord record = WfdbReader.read(header);
        Tensor x = Preprocess.standard().apply(record);
        assertArrayEquals(new int[] {1, 12, 2500}, x.shape().toArray());
        float[] v = values(x);
        for (int lead = 0; lead < 12; lead++) {
            for (int t = 0; t < 2500; t++) {
                assertEquals(record.samples()[lead][t], v[lead * 2500 + t]);
            }
        }
        Tensor all = record.tensor();
        assertArrayEquals(new int[] {12, 5000}, all.shape().toArray());
    }

    @Test
    void leadsComeInStandardOrderWhateverTheFileHas() {
        List<String> shuffled =
                new ArrayList<>(List.of("v6", "V5", "AVR", "avl", "aVF", "iii", "II", "i", "V1", "V2", "V3", "V4"));
        EcgRecord record = sines(500, 2500, shuffled);
        float[] standard = values(Preprocess.standard().apply(record));
        for (int l = 0; l < 12; l++) {
            Lead lead = Lead.named(shuffled.get(l)).orElseThrow();
            assertEquals(record.samples()[l][123], standard[lead.ordinal() * 2500 + 123]);
        }
        Collections.reverse(shuffled);
        assertEquals(Lead.labels(), sines(500, 1, shuffled).twelveLead().leads());
    }

    @ParameterizedTest
    @ValueSource(doubles = {100, 128, 250, 257, 360, 1000})
    void otherRatesAreResampled(double hz) {
        float[] v = values(Preprocess.standard().apply(sines(hz, (int) (5.2 * hz))));
        for (int t = 250; t < 2250; t++) {
            assertEquals(Math.sin(2 * Math.PI * 5 * t / 500), v[t], 2e-4, "sample " + t);
        }
    }

    /** At 0.001 Hz, 5000 samples would become 2.5 thousand million. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 0.001, 1, 49})
    void aRateThatHoldsNoQrsIsRefused(double hz) {
        EcgRecord slow = sines(hz, 5000);
        Refused.with(() -> Preprocess.standard().apply(slow), "sampling rate", "50 Hz");
    }

    /** PTB-XL publishes both rates; ours from 100 Hz must be what the 500 Hz record has below 45 Hz. */
    @Test
    void theHundredHertzVersionOfRealRecords() {
        for (int id : new int[] {1, 3, 10}) {
            String number = String.format("%05d", id);
            float[] fine = values(Preprocess.standard()
                    .apply(WfdbReader.read(
                            RealData.at("ptbxl", "records500", "00000").resolve(number + "_hr"))));
            float[] coarse = values(Preprocess.standard()
                    .apply(WfdbReader.read(
                            RealData.at("ptbxl", "records100", "00000").resolve(number + "_lr"))));
            double error = 0;
            double size = 0;
            for (int i = 0; i < fine.length; i++) {
                error += (fine[i] - coarse[i]) * (fine[i] - coarse[i]);
                size += fine[i] * fine[i];
            }
            assertEquals(0, Math.sqrt(error / size), 0.25, "record " + id);
        }
    }

    @Test
    void cropsAndScaling() {
        EcgRecord record = sines(500, 5000);
        Tensor three = Preprocess.standard().withCrops(3).apply(record);
        assertArrayEquals(new int[] {3, 12, 2500}, three.shape().toArray());
        float[] v = values(three);
        assertEquals(record.samples()[0][1250 + 7], v[12 * 2500 + 7]);
        assertEquals(record.samples()[0][2500 + 7], v[2 * 12 * 2500 + 7]);
        assertEquals(
                record.samples()[4][1507],
                values(Preprocess.standard().startingAt(1500).apply(record))[4 * 2500 + 7]);
        float[] scaled = values(Preprocess.standard()
                .withScaling(Preprocess.Scaling.LEAD_DEVIATION)
                .apply(record));
        assertEquals(record.samples()[3][111] / (4 * Math.sqrt(0.5)), scaled[3 * 2500 + 111], 1e-3);
    }

    @Test
    void threeLeadsOrOneSampleOrAMissingLead() {
        Refused.with(
                () -> Preprocess.standard().apply(sines(500, 2500, List.of("I", "II", "III"))),
                "test.hea: leads: the record has 3 leads (I II III) and lacks aVR aVL aVF V1 V2 V3 V4 V5 V6",
                "give a 12-lead record");
        Refused.with(() -> Preprocess.standard().apply(sines(500, 1)), "1 sample at 500 Hz is 0.002 s; 5 s are read");
        Refused.with(
                () -> Preprocess.standard().startingAt(100).apply(sines(500, 2500)),
                "from 0.2 s on",
                "an earlier start");
        List<String> twice = new ArrayList<>(Lead.labels());
        twice.add("avr");
        Refused.with(() -> Preprocess.standard().apply(sines(500, 2500, twice)), "lead aVR is there twice");
    }

    @Test
    void missingSamplesAreRefusedInterpolatedOrZero() {
        EcgRecord record = sines(500, 3000);
        record.samples()[7][10] = Float.NaN;
        record.samples()[7][11] = Float.POSITIVE_INFINITY;
        record.samples()[9][2999] = Float.NaN;
        Refused.with(
                () -> Preprocess.standard().apply(record),
                "samples",
                "lead V2 (2, the first at sample 10)",
                "interpolation");
        float[] v = values(
                Preprocess.standard().withMissing(MissingSamples.INTERPOLATE).apply(record));
        double step = (record.samples()[7][12] - record.samples()[7][9]) / 3;
        assertEquals(record.samples()[7][9] + step, v[7 * 2500 + 10], 1e-6);
        assertEquals(record.samples()[7][9] + 2 * step, v[7 * 2500 + 11], 1e-6);
        assertEquals(
                0, values(Preprocess.standard().withMissing(MissingSamples.ZERO).apply(record))[7 * 2500 + 10]);
        java.util.Arrays.fill(record.samples()[2], Float.NaN);
        Refused.with(
                () -> Preprocess.standard()
                        .withMissing(MissingSamples.INTERPOLATE)
                        .apply(record),
                "lead III",
                "nothing to interpolate from");
    }

    @Test
    void qualitySaysWhatLooksWrong() {
        EcgRecord record = sines(500, 2500);
        assertEquals(1, Quality.of(record).warnings().size(), "only Einthoven's law is broken: III is not II - I");
        java.util.Arrays.fill(record.samples()[3], 0.1f);
        java.util.Arrays.fill(record.samples()[4], Float.NaN);
        record.samples()[5][0] = Float.NaN;
        for (int t = 0; t < 2500; t++) {
            record.samples()[2][t] = record.samples()[1][t] - record.samples()[0][t];
            record.samples()[6][t] = Math.max(-3, Math.min(3, record.samples()[6][t]));
            record.samples()[7][t] *= 1000;
        }
        List<String> warnings = Quality.of(record).warnings();
        assertEquals(5, warnings.size(), warnings::toString);
        assertEquals("lead aVR: flat line (range 0.0000 mV)", warnings.get(0));
        assertEquals("lead aVL: every sample is missing", warnings.get(1));
        assertEquals("lead aVF: 0.04 % of the samples are missing", warnings.get(2));
        assertEquals("lead V1: saturated:", warnings.get(3).substring(0, 19));
        assertEquals("lead V2: reaches 8000 mV; is the gain given per \u00b5V instead of per mV?", warnings.get(4));
    }

    @Test
    void leadsThatAreNotReadAreSilentWhetherTheyAreThereOrNot() {
        float[] all = values(Preprocess.standard().apply(sines(500, 2500)));
        Preprocess two = Preprocess.standard().withLeads(EnumSet.of(Lead.II, Lead.V5));
        float[] read = values(two.apply(sines(500, 2500)));
        for (int lead = 0; lead < 12; lead++) {
            boolean kept = lead == Lead.II.ordinal() || lead == Lead.V5.ordinal();
            for (int t = 0; t < 2500; t += 100) {
                assertEquals(kept ? all[lead * 2500 + t] : 0, read[lead * 2500 + t]);
            }
        }
        EcgRecord single = sines(500, 2500, List.of("II"));
        float[] one =
                values(Preprocess.standard().withLeads(EnumSet.of(Lead.II)).apply(single));
        assertEquals(single.samples()[0][7], one[2500 + 7]);
        assertEquals(0, one[7]);
        Refused.with(() -> two.apply(single), "lacks V5", "read only the leads that are there");
    }
}
