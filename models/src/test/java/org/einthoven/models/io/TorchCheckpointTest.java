package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchCheckpointTest {
    @TempDir
    Path dir;

    // ---------------------------------------------------------------- files that torch wrote

    /** Every tensor of the checkpoint under a prefix equals, type and bits, the safetensors golden under another. */
    private static void equalsGolden(String checkpoint, String prefix, String golden, int count) {
        Path path = Shared.golden(checkpoint);
        try (WeightFile torch = WeightFiles.open(path);
                WeightFile want = WeightFiles.open(path.resolveSibling("data.safetensors"))) {
            assertEquals("torch", torch.format());
            int compared = 0;
            for (String name : torch.names()) {
                String other = name.replaceFirst("^" + prefix, golden);
                if (name.startsWith(prefix) && want.has(other)) {
                    Tensor a = torch.tensor(name);
                    Tensor b = want.tensor(other);
                    assertEquals(b.dtype(), a.dtype(), name);
                    assertEquals(b.shape(), a.shape(), name);
                    assertArrayEquals(b.toDoubles(), a.toDoubles(), name);
                    compared++;
                }
            }
            assertEquals(count, compared, "tensors compared");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1_2-way_2-shot.pt", "legacy.pt"})
    void mapperCheckpoints(String file) {
        equalsGolden("C_mapper/mapper_checkpoint/" + file, "mapper_net.", "parameters.", 13);
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd_storages.pt", "odd_storages_legacy.pt"})
    void viewsOfSharedStoragesInManyTypes(String file) {
        equalsGolden("C_mapper/mapper_checkpoint/" + file, "tensors.", "expected.odd.", 13);
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint.pt", "checkpoint_legacy.pt", "checkpoint_proto4.pt"})
    void objectsOfUnknownClassesStayInert(String file) {
        equalsGolden("B_encoder/foreign_globals_checkpoint/" + file, "model.", "parameters.", 48);
        try (TorchCheckpoint torch =
                TorchCheckpoint.open(Shared.golden("B_encoder/foreign_globals_checkpoint/" + file))) {
            assertEquals(1234L, torch.metadata().get("optimizer_history.0.num_updates"));
            assertEquals(2L, torch.metadata().get("cfg.model.encoder_layers"), "inside an OmegaConf node");
            assertEquals("wav2vec2_cmsc", torch.metadata().get("args.arch"), "attribute of an argparse.Namespace");
            assertEquals("torch.device(cpu)", torch.metadata().get("extra_state.dev"));
            assertTrue(torch.foreignClasses()
                    .containsAll(List.of("argparse.Namespace", "omegaconf.dictconfig.DictConfig")));
        }
    }

    // ---------------------------------------------------------------- files that we write

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("vars.0", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t());
        tensors.put("vars.1", Tensor.of(new double[] {Math.E}));
        tensors.put("ids", Tensor.of(new int[] {-1, 2}, 2));
        tensors.put("flags", Tensor.of(new boolean[] {false, true}, 2, 1));
        tensors.put("empty", Tensor.of(new float[0], 0, 3));
        Path path = dir.resolve("mapper.pt");
        TorchWriter.write(path, Map.of("mapper_net", tensors));
        try (WeightFile file = WeightFiles.open(path)) {
            assertEquals(tensors.keySet().stream().map(n -> "mapper_net." + n).toList(), file.names());
            tensors.forEach((name, want) -> {
                Tensor got = file.tensor("mapper_net." + name);
                assertEquals(want.dtype(), got.dtype());
                assertEquals(want.shape(), got.shape());
                assertArrayEquals(want.toDoubles(), got.toDoubles());
                assertEquals(0, file.entry("mapper_net." + name).offset() % 64, "alignment");
            });
        }
        Path again = dir.resolve("again.pt");
        TorchWriter.write(again, Map.of("mapper_net", tensors));
        assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(again));
    }

    // ---------------------------------------------------------------- pickles made by hand

    private Path pt(byte[] pickle, byte[] storage, String byteOrder) throws IOException {
        Path path = dir.resolve("hand.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(pickle);
            zip.putNextEntry(new ZipEntry("a/data/0"));
            zip.write(storage);
            zip.putNextEntry(new ZipEntry("a/byteorder"));
            zip.write(byteOrder.getBytes());
        }
        return path;
    }

    private void refused(Bytes pickle, String... parts) throws Exception {
        Path path = pt(pickle.toArray(), new byte[16], "little");
        Refused.by(path, () -> TorchCheckpoint.open(path), parts);
    }

    private static Bytes global(Bytes b, String module, String name) {
        return b.text("c" + module + "\n" + name + "\n");
    }

    private static Bytes string(Bytes b, String s) {
        return b.text("X").i32(s.length()).text(s);
    }

    private static Bytes numbers(Bytes b, long... values) {
        b.text("(");
        for (long v : values) {
            b.u8(0x8a, 8).i64(v);
        }
        return b.text("t");
    }

    /** {@code {"w": _rebuild_tensor_v2(storage, offset, size, stride, False, {})}} over a storage of {@code count}. */
    private static Bytes tensor(String storageClass, String key, long count, long offset, long[] size, long[] stride) {
        return toHooks("_rebuild_tensor_v2", storageClass, key, count, offset, size, stride)
                .text("tRs.");
    }

    private static Bytes toHooks(
            String function, String storageClass, String key, long count, long offset, long[] size, long[] stride) {
        Bytes b = new Bytes().u8(0x80, 2).text("}");
        string(b, "w");
        global(b, "torch._utils", function).text("((");
        string(b, "storage");
        global(b, "torch", storageClass);
        string(b, key);
        string(b, "cpu");
        b.u8(0x8a, 8).i64(count).text("tQ").u8(0x8a, 8).i64(offset);
        numbers(b, size);
        numbers(b, stride);
        return b.u8(0x89).text("}");
    }

    private static long[] longs(long... x) {
        return x;
    }

    @Test
    void packedAndBigEndianRecordsAreRead() throws Exception {
        Path path = pt(
                tensor("FloatStorage", "0", 4, 1, longs(3), longs(1)).toArray(),
                new Bytes()
                        .u8(0, 0, 0, 0, 0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0xc0, 0x40, 0, 0)
                        .toArray(),
                "big");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertArrayEquals(new float[] {1, 2, -3}, file.tensor("w").toFloats());
        }
    }

    @Test
    void anExpandedViewIsSpeltOut() throws Exception {
        Path path = pt(
                tensor("FloatStorage", "0", 2, 0, longs(3, 2), longs(0, 1)).toArray(),
                new Bytes().f32(5).f32(6).toArray(),
                "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertArrayEquals(new float[] {5, 6, 5, 6, 5, 6}, file.tensor("w").toFloats());
            assertEquals(DType.F32, file.tensor("w").dtype());
        }
        Path huge =
                pt(tensor("FloatStorage", "0", 1, 0, longs(1 << 30), longs(0)).toArray(), new byte[4], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(huge)) {
            Refused.by(huge, () -> file.tensor("w"), "far more elements");
        }
    }

    @Test
    void anUnknownStorageFailsOnlyItsTensor() throws Exception {
        Path path = pt(tensor("QInt8Storage", "0", 4, 0, longs(4), longs(1)).toArray(), new byte[16], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertEquals("QInt8Storage", file.entry("w").type());
            Refused.by(path, () -> file.tensor("w"), "w", "QInt8Storage");
        }
    }

    @Test
    void anUnknownStorageIsReadWhereTheTensorSaysItsType() throws Exception {
        Bytes b = toHooks("_rebuild_tensor_v3", "StrangeStorage", "0", 4, 1, longs(3), longs(1));
        Path path = pt(
                global(b, "torch", "float32").text("tRs.").toArray(),
                new Bytes().f32(5).f32(6).f32(7).f32(8).toArray(),
                "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertArrayEquals(new float[] {6, 7, 8}, file.tensor("w").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "nt, system",
        "subprocess, Popen",
        "builtins, eval",
        "__builtin__, eval",
        "builtins, exec",
        "builtins, getattr",
        "builtins, __import__",
        "sys, modules",
        "importlib, import_module",
        "runpy, _run_code",
        "os.path, join",
        "builtins, eval.__call__",
        "torch.hub, load"
    })
    void p1NamesThatExecuteRefuseTheFile(String module, String name) throws Exception {
        Bytes called = global(new Bytes().u8(0x80, 2), module, name);
        string(called.text("("), "touch owned").text("tR.");
        refused(called, module + "." + name, "do not trust");
        refused(global(new Bytes(), module, name).text("."), "do not trust");
        Bytes stack =
                string(string(new Bytes().u8(0x80, 4), module), name).u8(0x93).text(".");
        refused(stack, "do not trust");
        refused(new Bytes().text("(i" + module + "\n" + name + "\n."), "do not trust");
    }

    @Test
    void p1UnknownClassesAreInertHoweverTheyAreMade() throws Exception {
        Bytes b = new Bytes().u8(0x80, 2).text("](");
        string(global(b, "evil", "Reduce").text("("), "x").text("tR");
        global(b, "evil", "New").text(")").u8(0x81);
        b.text("(ievil\nInst\n");
        global(b.text("("), "evil", "Obj").text("o");
        b.u8(0x82, 7).text(")R");
        global(b, "evil", "Built").text(")R}");
        string(b, "k").text("K\u0001sb");
        b.text("e.");
        Path path = pt(b.toArray(), new byte[0], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertTrue(file.names().isEmpty());
            assertEquals("evil.Reduce(x)", file.metadata().get("0"));
            assertEquals(1L, file.metadata().get("5.k"));
            assertTrue(file.foreignClasses().containsAll(List.of("evil.Reduce", "evil.New", "evil.Inst", "evil.Obj")));
        }
    }

    @Test
    void p1CallsThatMakeNoSense() throws Exception {
        refused(string(new Bytes(), "text").text(")R."), "REDUCE", "no function");
        refused(global(new Bytes(), "evil", "X").text("K\u0001R."), "REDUCE", "no tuple");
        refused(new Bytes().text("K\u0001}b."), "BUILD");
        refused(new Bytes().text("K\u0001K\u0002a."), "APPEND");
        refused(new Bytes().text("]K\u0001K\u0002s."), "SETITEMS");
        refused(new Bytes().text("}]K\u0002s."), "SETITEMS", "container");
    }

    @Test
    void p2DamagedPickles() throws Exception {
        refused(new Bytes(), "opcode", "truncated");
        refused(new Bytes().text("]"), "opcode", "truncated");
        refused(new Bytes().text("0."), "stack");
        refused(new Bytes().text("(0."), "stack");
        refused(new Bytes().text("t."), "mark");
        refused(new Bytes().text("X").i32(-1).text("abc."), "string");
        refused(new Bytes().u8(0x8d).i64(1L << 62).text("."), "string length");
        refused(new Bytes().text("j").i32(Integer.MIN_VALUE).text("."), "memo", "2147483648");
        refused(new Bytes().u8(0x8b).i32(1 << 20).text("."), "integer length");
        refused(new Bytes().text("Iseven\n."), "integer");
        refused(new Bytes().text("V" + "x".repeat(10_000)), "line");
        refused(new Bytes().u8(0xff), "opcode", "0xff");
        refused(new Bytes().u8(0x80, 9).text("N."), "protocol");
        refused(new Bytes().u8(0x97).text("."), "opcode");
    }

    @Test
    void p2AListThatHoldsItselfIsReadOnce() throws Exception {
        Path path = pt(new Bytes().text("]q\u0000h\u0000aK\u0007a.").toArray(), new byte[0], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertEquals(Map.of("1", 7L), file.metadata());
        }
    }

    @Test
    void p2PicklesThatWouldGrowBeyondTheFile() throws Exception {
        refused(new Bytes().text("]".repeat(1_000_000)), "makes more objects");
        refused(new Bytes().text("]\u0094".repeat(500_000).replace('\u0094', '2')), "makes more objects");
        Bytes deep = new Bytes();
        deep.text("]".repeat(2000)).text("a".repeat(1999)).text("K\u0001a.");
        Path path = pt(deep.toArray(), new byte[0], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            assertFalse(file.has("0"));
        } catch (FormatException e) {
            assertTrue(e.getMessage().contains("nested deeper"), e.getMessage());
        }
        Bytes doubling = new Bytes().text("]K\u0001a");
        for (int i = 0; i < 60; i++) {
            doubling.text("q\u0000]h\u0000ah\u0000a");
        }
        Path laughs = pt(doubling.text(".").toArray(), new byte[0], "little");
        TorchCheckpoint.open(laughs).close();
    }

    @Test
    void p3StoragesAndViewsOutside() throws Exception {
        long[] one = longs(1);
        for (String key : List.of("../../etc/passwd", "1", "/0", "")) {
            Path path = pt(tensor("FloatStorage", key, 4, 0, longs(4), one).toArray(), new byte[16], "little");
            try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
                Refused.by(path, () -> file.tensor("w"), "no record");
            }
        }
        Path path = pt(tensor("FloatStorage", "0", 5, 0, longs(4), one).toArray(), new byte[16], "little");
        try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
            Refused.by(path, () -> file.tensor("w"), "should have 20 bytes, but has 16");
        }
        refused(tensor("FloatStorage", "0", 4, 1, longs(4), one), "reaches element 4 of a storage of 4");
        refused(tensor("FloatStorage", "0", 4, -1, longs(4), one), "offset", "negative");
        refused(tensor("FloatStorage", "0", 4, 0, longs(2), longs(4)), "reaches element 4");
        refused(tensor("FloatStorage", "0", 4, 3, longs(2), longs(-1)), "negative strides");
        refused(tensor("FloatStorage", "0", 4, 0, longs(3, 3), longs(1L << 62, 1L << 62)), "outside its storage");
        refused(tensor("FloatStorage", "0", 4, Long.MAX_VALUE, longs(2), one), "outside its storage");
        refused(tensor("FloatStorage", "0", 4, 0, longs(-2), one), "sizes");
        refused(tensor("FloatStorage", "0", 4, 0, longs(2, 2), one), "2 sizes and 1 strides");
        refused(tensor("FloatStorage", "0", -4, 0, longs(2), one), "persistent id");
        refused(new Bytes().text("NQ."), "persistent id");
    }

    @Test
    void otherArchives() throws Exception {
        Path path = dir.resolve("other.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
        }
        Refused.by(path, () -> WeightFiles.open(path), "data.pkl");
        Path order = pt(new Bytes().text("N.").toArray(), new byte[0], "middle");
        Refused.by(order, () -> WeightFiles.open(order), "byteorder", "little or big");
        Path legacy = new Bytes().u8(0x80, 2).text("K\u0001.").zeros(20).in(dir.resolve("legacy.pt"));
        Refused.by(legacy, () -> WeightFiles.open(legacy), "magic number");
    }
}
