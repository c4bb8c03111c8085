package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.einthoven.tensor.Workers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LanguageModelVerbsTest {
    @TempDir
    static Path folder;

    private static Path llm;

    @BeforeAll
    static void make() {
        llm = TinyFiles.llm(folder.resolve("llm"));
    }

    @Test
    void greedyTextIsTheLikeliestTokenEachTime() {
        JsonNode r = Ran.json("generate", "--llm", llm, "--ids", "0,40,50", "--max-tokens", 6);
        String ids = "0,40,50";
        for (JsonNode id : r.get("ids")) {
            assertEquals(best(Ran.json("logits", "--llm", llm, "--ids", ids)), id.asInt());
            ids += "," + id.asInt();
        }
        assertEquals("[0,40,50]", r.get("prompt_ids").toString());
        assertFalse(r.has("text"), "ids need no tokenizer, so there is no text");
        for (String field : List.of("prefill_tokens_per_s", "decode_tokens_per_s", "load_s", "peak_rss_mb")) {
            assertTrue(r.has(field), field);
        }
    }

    private static int best(JsonNode logits) {
        JsonNode x = logits.get("logits");
        assertEquals(258, x.size());
        return IntStream.range(0, x.size())
                .reduce(0, (a, b) -> x.get(b).asDouble() > x.get(a).asDouble() ? b : a);
    }

    /** In F32 nothing is lost; this model's weights are so large that what Q8_0 loses would show in every logit. */
    @Test
    void quantizeWritesTheSameModel() {
        Path out = folder.resolve("tiny.gguf");
        JsonNode written = Ran.json("quantize", "--in", llm, "--out", out, "--type", "f32");
        assertEquals(out.toFile().length(), written.get("bytes").asLong());
        JsonNode before = Ran.json("logits", "--llm", llm, "--ids", "0,40,50").get("logits");
        JsonNode after = Ran.json("logits", "--llm", out, "--ids", "0,40,50").get("logits");
        for (int i = 0; i < before.size(); i++) {
            assertEquals(before.get(i).asDouble(), after.get(i).asDouble(), 1e-2, "logit " + i);
        }
        Path small = folder.resolve("small.gguf");
        long bytes = Ran.json("quantize", "--in", out, "--out", small, "--type", "q8_0")
                .get("bytes")
                .asLong();
        assertTrue(bytes < written.get("bytes").asLong() / 2, bytes + " bytes");
        assertEquals(
                258,
                Ran.json("logits", "--llm", small, "--ids", "0").get("logits").size());
    }

    @Test
    void repackedWeightsWriteAndSayWhatIsNotRepacked() {
        Path q4 = folder.resolve("q4.gguf");
        Ran.json("quantize", "--in", llm, "--out", q4, "--type", "q4_0");
        Ran r = Ran.of("generate", "--llm", q4, "--ids", "0,40,50", "--max-tokens", 6, "--repack", "--json");
        assertEquals(0, r.code(), r.err());
        assertTrue(r.err().contains("repacked 4 matrices"), r.err());
        assertTrue(r.err().contains("model.layers.1.self_attn.k_proj.weight Q4_0 [16, 32]"), r.err());
        Ran.of("generate", "--llm", llm, "--ids", "0", "--repack").failed(3, "repack", "no matrix in Q4_0", "quantize");
    }

    @Test
    void quantizeDoesNotWriteOverWhatItReads() throws IOException {
        Path copy = TinyFiles.llm(folder.resolve("copy"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Path out = copy.resolve(name);
            byte[] before = Files.readAllBytes(out);
            Ran.of("quantize", "--in", copy, "--out", out, "--type", "f16").failed(3, "--out", "that is read");
            assertArrayEquals(before, Files.readAllBytes(out));
        }
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), copy.resolve("model.safetensors"));
        Ran.of("quantize", "--in", copy.resolve("model.safetensors"), "--out", link, "--type", "f16")
                .failed(3, "that is read");
    }

    @Test
    void aPenaltyAsksForThePromptTooWithAndWithoutAStopText() {
        Object[] line = {"generate", "--llm", llm, "--ids", "0,40,50", "--max-tokens", 20, "--repetition-penalty", 1e300
        };
        JsonNode ids = Ran.json(line).get("ids");
        Object[] stopped = Arrays.copyOf(line, line.length + 2);
        stopped[line.length] = "--stop";
        stopped[line.length + 1] = "no such text";
        assertEquals(ids, Ran.json(stopped).get("ids"));
        Ran.of("generate", "--llm", llm, "--ids", "999999", "--stop", "x").failed(3, "999999", "no token");
    }

    @Test
    void aScoreIsTheLogSoftmaxOfTheLogits() {
        JsonNode score = Ran.json("score", "--llm", llm, "--ids", "0,7", "--continuation", "9,11");
        double first = logProbability("0,7", 9);
        double second = logProbability("0,7,9", 11);
        assertEquals(first, score.get("per_token").get(0).asDouble(), 1e-4);
        assertEquals(second, score.get("per_token").get(1).asDouble(), 1e-4);
        assertEquals(first + second, score.get("logprob").asDouble(), 2e-4);
    }

    private static double logProbability(String ids, int next) {
        JsonNode x = Ran.json("logits", "--llm", llm, "--ids", ids).get("logits");
        double sum = 0;
        for (JsonNode v : x) {
            sum += Math.exp(v.asDouble());
        }
        return x.get(next).asDouble() - Math.log(sum);
    }

    @Test
    void aPromptGetsItsBosAndItsText() {
        JsonNode r = Ran.json("generate", "--llm", llm, "--prompt", "ab", "--max-tokens", 3);
        int[] bare =
                ids(Ran.json("tokenize", "--tokenizer", llm, "--text", "ab").get("ids"));
        int[] prompt = ids(r.get("prompt_ids"));
        assertEquals(0, prompt[0]);
        assertEquals(bare.length + 1, prompt.length);
        assertTrue(r.get("text").isString());
    }

    @Test
    void aChatIsThePromptInTheTemplateOfTheModel() throws IOException {
        Path folderOfChats = TinyFiles.llm(folder.resolve("chats"));
        Ran.of("generate", "--llm", folderOfChats, "--prompt", "ab", "--chat")
                .failed(3, "chat_template", "this model has none");
        Files.writeString(
                folderOfChats.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m['role'][0] }}:{{ m['content'] }};{% endfor %}"
                        + "{% if add_generation_prompt %}a:{% endif %}");
        JsonNode chat = Ran.json(
                "generate", "--llm", folderOfChats, "--prompt", "ab", "--chat", "--system", "c", "--max-tokens", 3);
        assertEquals(
                Ran.json("tokenize", "--tokenizer", llm, "--text", "s:c;u:ab;a:")
                        .get("ids"),
                chat.get("prompt_ids"));
        Ran.of("generate", "--llm", llm, "--ids", "1", "--chat").failed(2, "--chat", "--prompt");
        Ran.of("generate", "--llm", llm, "--prompt", "ab", "--system", "c").failed(2, "--system", "--chat");
    }

    /** So few tokens of so small a model choose alike; a type that is none is wrong usage. */
    @Test
    void aCacheOfHalvesWritesToo() {
        Object[] line = {"generate", "--llm", llm, "--ids", "0,40,50", "--max-tokens", 6, "--cache", "F32"};
        JsonNode whole = Ran.json(line).get("ids");
        line[line.length - 1] = "F16";
        assertEquals(whole, Ran.json(line).get("ids"));
        line[line.length - 1] = "F8";
        Ran.of(line).failed(2, "--cache");
    }

    @Test
    void samplingDependsOnTheSeedAlone() {
        Object[] line = {"generate", "--llm", llm, "--ids", "0", "--max-tokens", 30, "--temperature", 1.5, "--seed", 5};
        String first = Ran.json(line).get("ids").toString();
        assertEquals(first, Ran.json(line).get("ids").toString());
        line[line.length - 1] = 6;
        assertNotEquals(first, Ran.json(line).get("ids").toString());
    }

    @Test
    void threadsDoNotShow() {
        int before = Workers.threads();
        try {
            Object[] line = {"logits", "--llm", llm, "--ids", "0,40,50,60", "--threads", 1};
            String one = Ran.json(line).toString();
            line[line.length - 1] = 2;
            assertEquals(one, Ran.json(line).toString());
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void tokensGoThereAndBack() throws IOException {
        JsonNode ids =
                Ran.json("tokenize", "--tokenizer", llm, "--text", "naïve ECG").get("ids");
        String list = IntStream.of(ids(ids)).mapToObj(String::valueOf).collect(Collectors.joining(","));
        assertEquals(
                "naïve ecg",
                Ran.json("tokenize", "--tokenizer", llm, "--decode", "--text", list)
                        .get("text")
                        .asString()
                        .toLowerCase(java.util.Locale.ROOT));
        Path strings = folder.resolve("strings.json");
        Files.writeString(strings, "[\"a\", \"\", \"bc\"]");
        JsonNode lists =
                Ran.json("tokenize", "--tokenizer", llm, "--file", strings).get("ids");
        assertEquals(3, lists.size());
        assertEquals(0, lists.get(1).size());
        Path back = folder.resolve("ids.json");
        Files.writeString(back, lists.toString());
        assertEquals(
                "[\"a\",\"\",\"bc\"]",
                Ran.json("tokenize", "--tokenizer", llm, "--decode", "--file", back)
                        .get("text")
                        .toString());
    }

    private static int[] ids(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }

    @Test
    void idsNeedNoTokenizerAndTextDoes() throws IOException {
        Path bare = TinyFiles.llm(folder.resolve("bare"));
        Files.delete(bare.resolve("tokenizer.json"));
        Ran.json("generate", "--llm", bare, "--ids", "0", "--max-tokens", 1);
        Ran.of("generate", "--llm", bare, "--prompt", "a").failed(3, "tokenizer", "ids");
        Ran.of("tokenize", "--tokenizer", bare, "--text", "a").failed(3, "tokenizer");
    }

    @Test
    void idsOutsideTheVocabulary() {
        Ran.of("logits", "--llm", llm, "--ids", "0,258").failed(3, "258", "model.safetensors");
        Ran.of("generate", "--llm", llm, "--ids", "999999").failed(3, "999999");
        Ran.of("score", "--llm", llm, "--ids", "0", "--continuation", "258").failed(3, "258", "llm");
        Ran.of("tokenize", "--tokenizer", llm, "--decode", "--text", "258").failed(3, "258");
    }

    @Test
    void moreTokensThanTheContext() {
        String ids = IntStream.range(0, 513).mapToObj(i -> "5").collect(Collectors.joining(","));
        Ran.of("logits", "--llm", llm, "--ids", ids).failed(3, "512");
    }

    @Test
    void aDamagedModel() throws IOException {
        Path cut = TinyFiles.llm(folder.resolve("cut"));
        byte[] whole = Files.readAllBytes(cut.resolve("model.safetensors"));
        Files.write(cut.resolve("model.safetensors"), java.util.Arrays.copyOf(whole, whole.length - 100));
        Ran.of("logits", "--llm", cut, "--ids", "0").failed(3, "model.safetensors");
        Path noConfig = TinyFiles.llm(folder.resolve("noconfig"));
        Files.delete(noConfig.resolve("config.json"));
        Ran.of("logits", "--llm", noConfig, "--ids", "0").failed(3, "config.json");
        Ran.of("logits", "--llm", folder.resolve("nothing"), "--ids", "0").failed(3, "nothing");
        Path wider = TinyFiles.llm(folder.resolve("wider"));
        String config = Files.readString(wider.resolve("config.json"))
                .replace("\"intermediate_size\":48", "\"intermediate_size\":64");
        Files.writeString(wider.resolve("config.json"), config);
        Ran.of("logits", "--llm", wider, "--ids", "0").failed(3, "model.safetensors", "gate_proj");
    }
}
