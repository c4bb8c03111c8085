package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.data.ecg.Lead;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Workers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class EcgVerbsTest {
    private static final String DISCLAIMER = "Research software. Not a medical device.";

    @TempDir
    static Path folder;

    private static Path llm;
    private static Path encoder;
    private static Path ecg;

    @BeforeAll
    static void make() {
        llm = TinyFiles.llm(folder.resolve("llm"));
        encoder = TinyFiles.encoder(folder.resolve("encoder.safetensors"));
        ecg = TinyFiles.ecg(folder.resolve("ecgs"), 1);
    }

    // ---------------------------------------------------------------- inspect, encode

    @Test
    void inspectShowsARecord() {
        JsonNode r = Ran.json("inspect", ecg);
        assertEquals("wfdb", r.get("format").asString());
        assertEquals(12, r.get("leads").size());
        assertEquals("aVR", r.get("leads").get(3).asString());
        assertEquals(500, r.get("hz").asDouble());
        assertEquals(2500, r.get("samples").asInt());
        assertEquals(12, r.get("first_mv").size());
        assertTrue(r.get("checksums_ok").asBoolean());
        assertTrue(r.get("warnings").isArray());
        assertEquals(DISCLAIMER, r.get("disclaimer").asString());
    }

    @Test
    void inspectSaysThatAChecksumIsWrong() throws IOException {
        Path bad = TinyFiles.ecg(folder.resolve("bad"), 2);
        byte[] dat = Files.readAllBytes(bad.resolveSibling("00002_hr.dat"));
        dat[3001] ^= 1;
        Files.write(bad.resolveSibling("00002_hr.dat"), dat);
        JsonNode r = Ran.json("inspect", bad);
        assertFalse(r.get("checksums_ok").asBoolean());
        assertTrue(r.get("warnings").size() > 0);
    }

    @Test
    void inspectShowsWeightsAndQuestions() {
        JsonNode weights = Ran.json("inspect", llm);
        assertEquals("safetensors", weights.get("format").asString());
        JsonNode first = weights.get("tensors").get(0);
        assertTrue(first.has("name") && first.has("type") && first.get("shape").isArray(), first.toString());
        assertTrue(Ran.json("inspect", encoder).get("metadata").has("ecg_encoder"));
        JsonNode qa = Ran.json("inspect", TinyFiles.questions(folder.resolve("qa.json"), 4));
        assertEquals("ecg-qa", qa.get("format").asString());
        assertEquals(20, qa.get("items").asInt());
    }

    @Test
    void encodeGivesStepsAndTheirVector() throws IOException {
        Path out = folder.resolve("vector.safetensors");
        JsonNode r = Ran.json("encode", "--ecg", ecg, "--encoder", encoder, "--out", out);
        assertEquals("[1,4,16]", r.get("shape").toString());
        assertEquals(16, r.get("pooled").size());
        assertEquals(DISCLAIMER, r.get("disclaimer").asString());
        assertEquals(0, r.get("warnings").size(), r.get("warnings").toString());
        JsonNode written = Ran.json("inspect", out);
        assertEquals(2, written.get("tensors").size());
        Files.delete(out);
    }

    // ---------------------------------------------------------------- ask

    @Test
    void askChoosesTheLikelierOption() {
        JsonNode r =
                Ran.json("ask", "--ecg", ecg, "--question", "Is this a flutter?", "--llm", llm, "--encoder", encoder);
        JsonNode p = r.get("option_logprobs");
        boolean yes = p.get("yes").asDouble() >= p.get("no").asDouble();
        assertEquals(yes ? "yes" : "no", r.get("answer").asString());
        assertTrue(r.get("answer_ids").size() > 0);
        assertEquals("[1,4,32]", r.get("prefix_shape").toString());
        assertEquals("00001_hr", r.get("record").get("id").asString());
        assertEquals(12, r.get("record").get("leads").size());
        assertEquals(500, r.get("record").get("hz").asDouble());
        assertEquals(5, r.get("record").get("seconds").asDouble());
        assertTrue(r.get("warnings").toString().contains("mapper is untrained"));
        assertEquals(DISCLAIMER, r.get("disclaimer").asString());
    }

    @Test
    void askTakesOptionsAndWritesFreelyWithoutThem() {
        Object[] line = {
            "ask",
            "--ecg",
            ecg,
            "--question",
            "Which rhythm?",
            "--llm",
            llm,
            "--encoder",
            encoder,
            "--options",
            "sinus,flutter,none"
        };
        JsonNode chosen = Ran.json(line);
        assertEquals(3, chosen.get("option_logprobs").size());
        assertTrue(List.of("sinus", "flutter", "none")
                .contains(chosen.get("answer").asString()));
        JsonNode written = Ran.json(java.util.Arrays.copyOf(line, line.length - 2));
        assertEquals(0, written.get("option_logprobs").size());
        assertTrue(written.get("answer_ids").size() <= 30);
    }

    @Test
    void aTrainedMapperSaysNothingOfTraining() {
        AttentionMapper mapper = AttentionMapper.reference(16, 32);
        Path file = folder.resolve("mapper.safetensors");
        new MapperCheckpoint(mapper, mapper.init(Rng.of(9))).save(file);
        JsonNode r = Ran.json(
                "ask", "--ecg", ecg, "--question", "Is it?", "--llm", llm, "--encoder", encoder, "--mapper", file);
        assertEquals(0, r.get("warnings").size(), r.get("warnings").toString());
    }

    @Test
    void withoutAnyModelTheEmbeddedOnesAnswer() {
        Object[] line = {"ask", "--ecg", ecg, "--question", "Is it?"};
        if (EmbeddedModels.present()) {
            JsonNode r = Ran.json(line);
            assertTrue(List.of("yes", "no").contains(r.get("answer").asString()));
            assertEquals(0, r.get("warnings").size(), r.get("warnings").toString());
        } else {
            Ran.of(line).failed(2, "--llm");
        }
    }

    @Test
    void mappersOfOtherModelsAreRefused() {
        Object[] line = {"ask", "--ecg", ecg, "--question", "Is it?", "--llm", llm, "--encoder", encoder, "--mapper", ""
        };
        AttentionMapper narrow = AttentionMapper.reference(24, 32);
        Path file = folder.resolve("narrow.safetensors");
        new MapperCheckpoint(narrow, narrow.init(Rng.of(9))).save(file);
        line[line.length - 1] = file;
        Ran.of(line).failed(3, "narrow.safetensors", "24", "16");
        AttentionMapper wide = AttentionMapper.reference(16, 64);
        Path other = folder.resolve("wide.safetensors");
        new MapperCheckpoint(wide, wide.init(Rng.of(9))).save(other);
        line[line.length - 1] = other;
        Ran.of(line).failed(3, "wide.safetensors", "64", "32");
    }

    @Test
    void threadsDoNotShow() {
        int before = Workers.threads();
        try {
            Object[] line = {
                "ask", "--ecg", ecg, "--question", "Is it?", "--llm", llm, "--encoder", encoder, "--threads", 1
            };
            String one = Ran.json(line).toString();
            line[line.length - 1] = 2;
            assertEquals(one, Ran.json(line).toString());
        } finally {
            Workers.threads(before);
        }
    }

    // ---------------------------------------------------------------- bad records

    @Test
    void recordsThatCannotBeUsed() throws IOException {
        Path three = TinyFiles.ecg(folder.resolve("three"), 3, List.of("I", "II", "III"), 2500);
        refused(three, "leads", "aVR");
        Path one = TinyFiles.ecg(folder.resolve("one"), 4, Lead.labels(), 1);
        refused(one, "1 sample");
        short[][] x = new short[12][2500];
        x[5][77] = Short.MIN_VALUE; // what format 16 writes for a missing sample
        refused(TinyFiles.wfdb(folder.resolve("nan"), "nan", Lead.labels(), x), "nan", "missing");
        Path cut = TinyFiles.ecg(folder.resolve("cutecg"), 5);
        Files.write(cut.resolveSibling("00005_hr.dat"), new byte[100]);
        refused(cut, "00005_hr.dat");
        Path lost = TinyFiles.ecg(folder.resolve("lost"), 6);
        Files.delete(lost.resolveSibling("00006_hr.dat"));
        refused(lost, "00006_hr.dat");
        refused(folder.resolve("nowhere"), "nowhere");
        Path junk = folder.resolve("junk.mat");
        Files.write(junk, new byte[] {1, 2, 3});
        refused(junk, "junk.mat");
    }

    /** By both verbs that read an ECG, leaving no file behind. */
    private static void refused(Path record, String... parts) {
        Path out = folder.resolve("out.safetensors");
        Ran.of("encode", "--ecg", record, "--encoder", encoder, "--out", out).failed(3, parts);
        Ran.of("ask", "--ecg", record, "--question", "Is it?", "--llm", llm, "--encoder", encoder, "--json")
                .failed(3, parts);
        assertFalse(Files.exists(out));
    }

    @Test
    void encodersThatCannotBeUsed() throws IOException {
        Path out = folder.resolve("out2.safetensors");
        byte[] whole = Files.readAllBytes(encoder);
        Path cut = folder.resolve("cut.safetensors");
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
        Ran.of("encode", "--ecg", ecg, "--encoder", cut, "--out", out).failed(3, "cut.safetensors");
        Ran.of("encode", "--ecg", ecg, "--encoder", llm, "--out", out).failed(3, "feature_extractor");
        Ran.of("encode", "--ecg", ecg, "--encoder", folder.resolve("no.pt"), "--out", out)
                .failed(3, "no.pt");
        Ran.of("encode", "--ecg", ecg, "--encoder", encoder, "--out", folder.resolve("no/where.safetensors"))
                .failed(3, "no");
        assertFalse(Files.exists(out));
    }
}
