package org.einthoven.data.wfdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Patient;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticEcg;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WfdbWriterTest {
    @TempDir
    Path folder;

    private EcgRecord again(EcgRecord record) throws IOException {
        WfdbWriter.write(record, "00007", folder);
        return WfdbReader.read(folder.resolve("00007"), Checksums.REQUIRE);
    }

    @Test
    void aRecordIsReadAsItWasToAMicrovolt() throws IOException {
        Rng rng = Rng.of(3);
        EcgRecord record = SyntheticEcg.standard(Difficulty.STANDARD)
                .record("s", "p", rng.split("patient"), Set.of(Finding.PACEMAKER, Finding.STATIC_NOISE), rng);
        EcgRecord read = again(record);
        assertEquals(record.leads(), read.leads());
        assertEquals(500, read.hz());
        assertEquals(Optional.of(true), read.checksumsOk());
        for (int lead = 0; lead < 12; lead++) {
            assertArrayEquals(record.samples()[lead], read.samples()[lead], 0.00051f, "lead " + lead + ", seed 3");
        }
    }

    @Test
    void largeAndMissingSamples() throws IOException {
        float[][] mv = {{100, -100, Float.NaN, 0}, {0.001f, -0.001f, 0.5f, Float.NaN}};
        EcgRecord read = again(new EcgRecord(
                "made up", "x", List.of("I", "V1"), 250.5, mv, Patient.named("p"), Optional.empty(), List.of()));
        assertEquals(250.5, read.hz());
        assertArrayEquals(mv[0], read.samples()[0], 0.002f);
        assertArrayEquals(mv[1], read.samples()[1], 1e-6f);
    }
}
