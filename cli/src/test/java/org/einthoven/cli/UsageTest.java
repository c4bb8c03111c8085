package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.einthoven.tensor.Workers;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the command does with words that it cannot take: one line, exit 2, and nothing on stdout. */
class UsageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "doctor --frobnicate",
                "doctor --threads 0",
                "doctor --threads many",
                "doctor --seed x",
                "doctor --backend abacus",
                "logits",
                "logits --llm x --ids",
                "logits --llm x --ids 1,two",
                "logits --llm x --ids 1,-2",
                "generate --llm x",
                "generate --llm x --ids 1 --prompt y",
                "generate --llm x --ids 1 --temperature -1",
                "generate --llm x --ids 1 --top-p 0",
                "generate --llm x --ids 1 --top-k -1",
                "generate --llm x --ids 1 --max-tokens -1",
                "tokenize --tokenizer x",
                "ask --ecg x",
                "ask --ecg x --question why --options one",
                "ask --ecg x --question why --options a,a",
                "train",
                "train --paraphrased_path x --model_name y",
                "train --paraphrased_path x --model_name y --ecg_path z --n_way 0",
                "train --paraphrased_path x --model_name y --ecg_path z --prompt 4",
                "train --paraphrased_path x --model_name y --ecg_path z --meta proto",
                "train --model_name y --ecg_path z",
                "train --paraphrased_path x --questions ptbxl-labels --model_name y --ecg_path z",
                "train --questions chatter --model_name y --ecg_path z",
                "train --paraphrased_path x --model_name y --ecg_path z --question_type single-guess",
                "train --paraphrased_path x --model_name y --ecg_path z --leads I,X",
                "ask --ecg x --question why --leads X",
                "encode --ecg x --leads ,",
                "data",
                "data check",
                "data frobnicate",
                "data questions --ptbxl x",
                "data questions --ptbxl x --out scp_statements.csv",
                "train --paraphrased_path x --model_name y --ecg_path z --frozen_features 0 --meta imaml",
                "train --paraphrased_path x --model_name y --ecg_path z --protocol seed --split patient",
                "train --paraphrased_path x --model_name y --ecg_path z --exclude-templates some",
                "inference --paraphrased_path x --model_name y --ecg_path z",
                "encode",
                "inspect",
                "inspect a b"
            })
    void refused(String line) {
        Ran.of((Object[]) line.split(" ")).failed(2);
    }

    @Test
    void aVerbOfAVerbIsLikeAnyOther() {
        Ran.of("data", "check").failed(2, "./einthoven data check --help");
        Ran.of("data", "check", "nowhere").failed(3, "nowhere");
        String trace = Ran.of("data", "check", "nowhere", "--debug").err();
        assertTrue(trace.contains("\tat org.einthoven"), trace);
    }

    @Test
    void nothingToDoShowsTheVerbs() {
        Ran r = Ran.of();
        assertEquals(2, r.code());
        assertTrue(r.err().contains("generate"), r.err());
    }

    @Test
    void helpIsNoFailure() {
        Ran r = Ran.of("generate", "--help");
        assertEquals(0, r.code());
        assertTrue(r.out().contains("--max-tokens"), r.out());
    }

    @Test
    void aResultThatStdoutDoesNotTakeIsNoSuccess() {
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            System.setOut(new PrintStream(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("No space left on device");
                }
            }));
            assertEquals(1, Main.run("doctor", "--json"));
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("could not be written to stdout"), err::toString);
    }

    @Test
    void theDoctorLooksAtEverything() {
        JsonNode r = Ran.json("doctor");
        for (String field : List.of("jdk", "vector", "backend", "memory_mb", "checks")) {
            assertTrue(r.has(field), field);
        }
    }

    @Test
    void withoutAnSdkTheGpuIsRefusedWithTheRemedyAndTheDoctorSaysSo() {
        Assumptions.assumeTrue(System.getenv("TORNADOVM_HOME") == null, "TORNADOVM_HOME is set here");
        Ran.of("doctor", "--backend", "tornado")
                .failed(1, "backend tornado is not available: TORNADOVM_HOME is not set", "--backend simd");

        JsonNode gpu = Ran.json("doctor").get("checks").get("backend tornado");
        assertEquals(false, gpu.get("ok").asBoolean());
        assertTrue(gpu.get("remedy").asString().contains("TornadoVM SDK"), gpu.toString());
    }

    @Test
    void autoSaysWhatItTookAndWhyNotTheGpu() {
        Ran ran = Ran.of("doctor", "--backend", "auto");
        assertEquals(0, ran.code());
        assertTrue(ran.err().contains(" is used: "), ran.err());
        assertTrue(ran.err().contains("backend tornado"), ran.err());
    }

    @Test
    void threadsAreSet() {
        int before = Workers.threads();
        try {
            Ran.json("doctor", "--threads", "3");
            assertEquals(3, Workers.threads());
        } finally {
            Workers.threads(before);
        }
    }
}
