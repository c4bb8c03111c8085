package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.GgufKeys;
import org.einthoven.models.io.GgufWriter;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.Shared;
import org.einthoven.models.io.TensorStream;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.text.ChatTemplate;
import org.einthoven.models.text.GgufTokenizer;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.DTypeException;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GgufExportTest {
    @TempDir
    Path dir;

    private static byte[] data(Path path, WeightFile.Entry e) {
        try (RandomAccessFile f = new RandomAccessFile(path.toFile(), "r")) {
            byte[] bytes = new byte[(int) e.bytes()];
            f.seek(e.offset());
            f.readFully(bytes);
            return bytes;
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /** Every tensor of {@code want} whose type is among {@code types} has the same bytes in {@code got}. */
    private static int sameBytes(Path want, Path got, Set<String> types) {
        int compared = 0;
        try (GgufFile w = GgufFile.open(want);
                GgufFile g = GgufFile.open(got)) {
            assertEquals(Set.copyOf(w.names()), Set.copyOf(g.names()));
            for (String name : w.names()) {
                if (types.contains(w.entry(name).type())) {
                    assertEquals(w.entry(name).type(), g.entry(name).type(), name);
                    assertEquals(w.entry(name).shape(), g.entry(name).shape(), name);
                    assertArrayEquals(data(want, w.entry(name)), data(got, g.entry(name)), name);
                    compared++;
                }
            }
        }
        return compared;
    }

    /** The same model as a folder and as files that llama.cpp loads. */
    @ParameterizedTest
    @CsvSource({"F32, f32", "F16, f16", "Q8_0, q8_0", "Q4_0, q4_0"})
    void aFolderBecomesTheFileThatLlamaCppReads(DType type, String reference) {
        Path out = dir.resolve("out.gguf");
        Path folder = Shared.data("llm/stories260K-hf").resolve("model.safetensors");
        GgufExport.Written written = GgufExport.write(folder, out, type);
        Path want = Shared.data("llm/stories260K-gguf/stories260K-" + reference + ".gguf");
        assertEquals(written.tensors(), sameBytes(want, out, Set.of("F32", "F16", "Q8_0", "Q4_0")));
        assertEquals(out.toFile().length(), written.bytes());
    }

    /** A GGUF file in F32, quantised by GGML. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"})
    void aGgufFileBecomesWhatGgmlMadeOfIt(DType type) {
        GoldenCase golden = GoldenCase.of("C_gguf/tiny_llama");
        Path out = dir.resolve("out.gguf");
        Path in = golden.file("tiny_llama_F32.gguf");
        GgufExport.write(in, out, type);
        int same = sameBytes(golden.file("tiny_llama_" + type + ".gguf"), out, Set.of("F32", type.name()));
        assertTrue(same > 10, "only " + same + " tensors were compared");
        try (GgufFile before = GgufFile.open(in);
                GgufFile after = GgufFile.open(out)) {
            before.metadata().forEach((key, value) -> {
                if (!key.startsWith("general.")) {
                    assertEquals(
                            String.valueOf(value),
                            String.valueOf(after.metadata().get(key)),
                            key);
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31_tied_llama3rope", "gemma1", "gemma3"})
    void everyFamilySaysTheSameAsGguf(String family) {
        Path folder = GoldenCase.of("C_llm/" + family).file("f32");
        Path out = dir.resolve("out.gguf");
        GgufExport.write(folder, out, DType.F32);
        try (Llm before = Llm.open(folder);
                Llm after = Llm.open(out)) {
            assertEquals(before.config().eos(), after.config().eos());
            assertEquals(
                    before.config().architecture().window(),
                    after.config().architecture().window());
            int[] ids = {1, 5, 9, 3, 7, 11, 2, 8};
            double[] want = before.logits(ids).toDoubles();
            double[] got = after.logits(ids).toDoubles();
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], 1e-4 + 1e-4 * Math.abs(want[i]), "logit " + i);
            }
        }
    }

    /** Also with queries, keys and values as one tensor, as the files of phi-2 have them. */
    @Test
    void phiSaysTheSameAsGguf() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("phi"));
        Path json = folder.resolve("config.json");
        Files.writeString(json, """
                {"model_type": "phi", "hidden_act": "gelu_new", "vocab_size": 40, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "layer_norm_eps": 1e-5,
                 "partial_rotary_factor": 0.5, "max_position_embeddings": 64, "eos_token_id": 2}""");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [4, 3]}");
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"{{ messages[0].content }}!\"}");
        SafetensorsWriter.write(
                folder.resolve("model.safetensors"),
                new Llama(HfConfig.read(json)).init(Rng.of(3)).toMap(),
                Map.of());
        Path out = dir.resolve("out.gguf");
        GgufExport.write(folder, out, DType.F32);
        Path fused = dir.resolve("fused.gguf");
        fuse(out, fused);
        int[] ids = {1, 5, 9, 3};
        try (Llm before = Llm.open(folder);
                Llm after = Llm.open(out);
                Llm one = Llm.open(fused)) {
            assertEquals(Set.of(3, 4), before.config().eos());
            assertEquals(Set.of(3, 4), after.config().eos());
            assertEquals(before.config().rotary(), after.config().rotary());
            assertArrayEquals(before.logits(ids).toFloats(), after.logits(ids).toFloats());
            assertArrayEquals(before.logits(ids).toFloats(), one.logits(ids).toFloats());
            assertTrue(after.tokenizer().isEmpty());
            List<ChatTemplate.Message> messages = List.of(new ChatTemplate.Message("user", "Hello"));
            assertEquals("Hello!", after.requireChatTemplate().render(messages, true, "", ""));
        }
    }

    private static void fuse(Path from, Path to) {
        try (GgufFile file = GgufFile.open(from)) {
            List<TensorStream> tensors = new ArrayList<>();
            for (String name : file.names()) {
                if (name.contains("attn_q.")) {
                    Tensor[] parts = {
                        file.tensor(name),
                        file.tensor(name.replace("attn_q", "attn_k")),
                        file.tensor(name.replace("attn_q", "attn_v"))
                    };
                    tensors.add(TensorStream.of(name.replace("attn_q", "attn_qkv"), Tensor.cat(0, parts)));
                } else if (!name.contains("attn_k.") && !name.contains("attn_v.")) {
                    tensors.add(TensorStream.of(name, file.tensor(name)));
                }
            }
            GgufWriter.write(to, new GgufKeys().copy(file.keys()), tensors);
        }
    }

    @Test
    void aListSaysWhichBlocksSlide() {
        Path out = dir.resolve("out.gguf");
        GgufExport.write(GoldenCase.of("C_llm/gemma3").file("f32"), out, DType.F32);
        Path listed = dir.resolve("listed.gguf");
        try (GgufFile file = GgufFile.open(out)) {
            int layers = file.keys().integer("gemma3.block_count", 1);
            boolean[] slides = new boolean[layers];
            slides[1] = true;
            GgufKeys keys = new GgufKeys().copy(file.keys()).bools("gemma3.attention.sliding_window_pattern", slides);
            GgufWriter.write(
                    listed,
                    keys,
                    file.names().stream()
                            .map(n -> TensorStream.of(n, file.tensor(n)))
                            .toList());
        }
        try (Llm llm = Llm.open(listed)) {
            assertEquals(
                    Set.of(1),
                    llm.config().architecture().window().orElseThrow().layers());
        }
    }

    /** This one divides scores by a root that no Gemma 2 has: a file that says nothing of it would mean another. */
    @Test
    void whatGgufCannotSayIsRefused() {
        Path folder = GoldenCase.of("C_llm/gemma2").file("f32");
        FormatException e =
                assertThrows(FormatException.class, () -> GgufExport.write(folder, dir.resolve("out.gguf"), DType.F32));
        assertEquals("query_pre_attn_scalar", e.field());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3_1"})
    void theTokenizerIsInTheFile(String family) {
        Tokenizer before = Tokenizers.open(Shared.data("tokenizers/" + family));
        int rows = before.vocabularySize() + 5; // an embedding that is padded
        GgufKeys keys = new GgufKeys();
        assertTrue(GgufTokenizer.describe(Optional.of(before), rows, keys).isEmpty());
        GgufTokenizer.ends(Optional.of(before), OptionalInt.empty(), Set.of(7), keys);
        Path file = dir.resolve("vocabulary.gguf");
        GgufWriter.write(file, keys, List.of());
        Tokenizer after = Tokenizers.open(file);
        assertEquals(before.bos(), after.bos());
        assertEquals(before.eos(), after.eos());
        assertEquals(before.addsBos(), after.addsBos());
        assertEquals(rows, after.vocabularySize());
        JsonNode cases = JsonMapper.shared()
                .readTree(Shared.data("tokenizers/goldens-visible.json").toFile())
                .get("cases");
        for (JsonNode c : cases) {
            assertArrayEquals(
                    before.encode(c.get("text").asString()),
                    after.encode(c.get("text").asString()));
        }
    }

    @Test
    void aTokenizerThatGgufCannotSayIsLeftOutWithTheReason() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("model"));
        try (Stream<Path> files = Files.list(GoldenCase.of("C_llm/gemma1").file("f32"))) {
            for (Path f : files.toList()) {
                Files.copy(f, folder.resolve(f.getFileName()));
            }
        }
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"BPE\", \"byte_fallback\": true, \"vocab\": {\"a\": 0}, \"merges\": []}}");
        GgufExport.Written written = GgufExport.write(folder, dir.resolve("out.gguf"), DType.BF16);
        assertTrue(written.warnings().toString().contains("tokenizer.model"), () -> written.warnings()
                .toString());
    }

    @Test
    void nothingHalfWrittenIsLeft() throws IOException {
        Path out = dir.resolve("out.gguf");
        List<TensorStream> tensors = List.of(TensorStream.rows(
                "w", DType.Q8_0, Tensor.zeros(DType.F32, 2, 32).shape(), (from, to) -> {
                    float[] x = new float[64];
                    x[40] = Float.NaN;
                    return x;
                }));
        TensorException e = assertThrows(TensorException.class, () -> GgufWriter.write(out, new GgufKeys(), tensors));
        assertTrue(e.getMessage().contains("w: element [1, 8] is NaN"), e.getMessage());
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(), files.toList());
        }
    }

    /** As experts have them: rows are counted through all matrices, from F32 as from blocks. */
    @Test
    void tensorsOfThreeAxesKeepTheirNumbers() {
        Path plain = dir.resolve("plain.gguf");
        Tensor experts = Rng.of(222).normal(3, 2, 64);
        GgufWriter.write(
                plain, new GgufKeys().u32("x", 1), List.of(TensorStream.of("blk.0.ffn_up_exps.weight", experts)));
        Path q8 = dir.resolve("q8.gguf");
        GgufExport.write(plain, q8, DType.Q8_0);
        Path back = dir.resolve("back.gguf");
        GgufExport.write(q8, back, DType.F32);
        try (GgufFile stored = GgufFile.open(q8);
                GgufFile decoded = GgufFile.open(back)) {
            Tensor t = stored.tensor("blk.0.ffn_up_exps.weight");
            assertEquals(DType.Q8_0, t.dtype());
            assertEquals(experts.shape(), t.shape());
            assertArrayEquals(experts.toFloats(), t.cast(DType.F32).toFloats(), 0.02f);
            assertArrayEquals(
                    t.cast(DType.F32).toFloats(),
                    decoded.tensor("blk.0.ffn_up_exps.weight").toFloats());
        }
    }

    @Test
    void typesThatAreOnlyReadAreRefusedBeforeAnyWork() {
        Path out = dir.resolve("out.gguf");
        assertThrows(DTypeException.class, () -> GgufExport.write(dir, out, DType.TQ1_0));
        assertFalse(Files.exists(out));
    }

    @Test
    void equalContentGivesEqualBytes() throws IOException {
        Tensor t = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        for (String name : List.of("a", "b")) {
            GgufWriter.write(
                    dir.resolve(name),
                    new GgufKeys().u32("x", 1).bools("l", true, false).string("s", "ü"),
                    List.of(TensorStream.of("t", t), TensorStream.of("v", t.reshape(6))));
        }
        assertEquals(-1, Files.mismatch(dir.resolve("a"), dir.resolve("b")));
        try (GgufFile f = GgufFile.open(dir.resolve("a"))) {
            assertEquals(List.of("t", "v"), f.names());
            assertArrayEquals(t.toFloats(), f.tensor("t").toFloats());
            assertEquals("ü", f.keys().string("s"));
            assertEquals(Map.of("x", 1L, "s", "ü").get("x"), f.metadata().get("x"));
        }
        SafetensorsWriter.write(
                dir.resolve("s"),
                List.of(TensorStream.rows("t", DType.BF16, t.shape(), (a, b) -> t.toFloats())),
                Map.of());
    }
}
