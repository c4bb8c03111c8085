package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    @TempDir
    Path dir;

    private Path file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return new Bytes().i64(json.length).raw(json).zeros(dataBytes).in(dir.resolve("x.safetensors"));
    }

    private void refused(String header, int dataBytes, String... parts) throws Exception {
        Path file = file(header, dataBytes);
        Refused.by(file, () -> SafetensorsFile.open(file), parts);
    }

    private static String entry(String name, String type, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
    }

    // ---------------------------------------------------------------- good files

    @Test
    void roundTripKeepsEveryTypeShapeAndBit() {
        MemorySegment half = Arena.ofAuto().allocate(4);
        half.set(ValueLayout.JAVA_SHORT, 0, Float.floatToFloat16(1.5f));
        half.set(ValueLayout.JAVA_SHORT, 2, Float.floatToFloat16(-2));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("flags", Tensor.of(new boolean[] {true, false, true}, 3));
        tensors.put("half", Tensor.blocks(DType.F16, half, 2));
        tensors.put(
                "transposed", Tensor.of(new float[] {1, 2, 3, 4, 5, -0f}, 2, 3).t());
        tensors.put("double", Tensor.of(new double[] {Math.PI, Double.MIN_VALUE}, 1, 2));
        tensors.put("ids", Tensor.of(new int[] {Integer.MIN_VALUE, 7}, 2));
        tensors.put("scalar", Tensor.scalar(3));
        tensors.put("empty", Tensor.of(new float[0], 0, 5));
        tensors.put("quote \" and \u00e9", Tensor.scalar(4));
        Path path = dir.resolve("all.safetensors");
        SafetensorsWriter.write(path, tensors, Map.of("made by", "a test"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(tensors.keySet(), Set.copyOf(file.names()));
            assertEquals("a test", file.metadata().get("made by"));
            tensors.forEach((name, expected) -> {
                Tensor got = file.tensor(name);
                assertEquals(expected.dtype(), got.dtype(), name);
                assertEquals(expected.shape(), got.shape(), name);
                assertArrayEquals(expected.toDoubles(), got.toDoubles(), name);
                long width = expected.dtype().blockBytes();
                assertEquals(0, file.entry(name).offset() % width, () -> name + " is not aligned");
            });
        }
    }

    @Test
    void equalContentGivesEqualBytes() throws Exception {
        Map<String, Tensor> tensors = Map.of("w", Tensor.of(new float[] {1, 2}, 2));
        SafetensorsWriter.write(dir.resolve("a"), tensors, Map.of("x", "1", "y", "2"));
        SafetensorsWriter.write(dir.resolve("b"), tensors, Map.of("y", "2", "x", "1"));
        assertArrayEquals(Files.readAllBytes(dir.resolve("a")), Files.readAllBytes(dir.resolve("b")));
    }

    @Test
    void integersOfAnyWidthBecomeI32() {
        Path path = new Bytes().i64(0).in(dir.resolve("ints"));
        String header = "{" + entry("u8", "U8", "[2]", "[0,2]") + "," + entry("i64", "I64", "[1]", "[2,10]") + "}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        new Bytes().i64(json.length).raw(json).u8(255, 1).i64(-5).in(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new int[] {255, 1}, file.tensor("u8").toInts());
            assertArrayEquals(new int[] {-5}, file.tensor("i64").toInts());
        }
    }

    @Test
    void misalignedDataIsRead() {
        String header = "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("b", "BF16", "[1]", "[1,3]") + "}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Path path = new Bytes().i64(json.length).raw(json).u8(9, 0x80, 0x3f).in(dir.resolve("odd"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(1.0, file.tensor("b").toDoubles()[0]);
        }
    }

    @Test
    void zeroSizedTensorsMayShareABoundary() {
        String header = "{" + entry("a", "F32", "[0,7]", "[0,0]") + "," + entry("b", "F32", "[]", "[0,4]") + ","
                + entry("c", "F32", "[0]", "[4,4]") + "}   ";
        try (SafetensorsFile file = SafetensorsFile.open(file(header, 4))) {
            assertEquals(Shape.of(0, 7), file.tensor("a").shape());
            assertEquals(0, file.tensor("b").item());
        }
    }

    @Test
    void aModelOfTheHouseIsReadWhole() {
        try (WeightFile f32 = WeightFiles.open(Shared.data("llm/stories260K-hf"));
                WeightFile bf16 = WeightFiles.open(Shared.data("llm/stories260K-hf/model-bf16.safetensors"))) {
            assertEquals(47, f32.names().size());
            for (String name : f32.names()) {
                double[] a = f32.tensor(name).toDoubles();
                assertArrayEquals(a, bf16.tensor(name).toDoubles(), 0.01 * max(a), name);
            }
        }
    }

    private static double max(double[] x) {
        return Arrays.stream(x).map(Math::abs).max().orElse(0);
    }

    // ---------------------------------------------------------------- bad files

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8})
    void s1TooShort(int size) throws Exception {
        Path path = new Bytes().zeros(size).in(dir.resolve("short"));
        Refused.by(path, () -> SafetensorsFile.open(path), "header");
        Refused.by(path, () -> WeightFiles.open(path), "header too small");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 100_000_001, 100_000_000, 10})
    void s2HeaderLength(long length) throws Exception {
        Path path = new Bytes().i64(length).text("{}").in(dir.resolve("long"));
        Refused.by(path, () -> SafetensorsFile.open(path), "header length");
    }

    @Test
    void s3HeaderIsNoJson() throws Exception {
        refused("[]", 0, "begins with '{'");
        refused(" {}", 0, "begins with '{'");
        refused("{\"a\":", 0, "not valid JSON");
        refused("{} {}", 0, "goes on after its end");
        refused("{\"a\":{\"x\":" + "[".repeat(100_000), 0, "not valid JSON", "nesting");
        refused("{" + entry("a", "F32", "[NaN]", "[0,4]") + "}", 4, "not valid JSON");
        refused("{" + entry("a", "F32", "[1e999]", "[0,4]") + "}", 4, "whole number");
        refused("{" + entry("a", "F32", "[99999999999999999999]", "[0,4]") + "}", 4);
        refused("{" + entry("\\ud800", "F32", "[]", "[0,4]") + "}", 4, "surrogate");
        Path path = new Bytes().i64(4).u8('{', 0xff, 0xfe, '}').in(dir.resolve("bytes"));
        Refused.by(path, () -> SafetensorsFile.open(path), "not valid JSON");
    }

    @Test
    void s4DuplicateKeys() throws Exception {
        String w = entry("w", "F32", "[]", "[0,4]");
        refused("{" + w + "," + w + "}", 4, "uplicate");
        refused("{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, "uplicate");
        refused("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "uplicate");
        refused("{\"__metadata__\":{\"a\":1}}", 0, "__metadata__.a", "string");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[0,4]|[2,6]|8|overlaps",
                "[0,4]|[6,10]|10|hole",
                "[4,0]|[4,8]|8|0 <= begin <= end",
                "[0,4]|[4,12]|8|data_offsets",
                "[-4,0]|[0,4]|8|data_offsets",
                "[0.0,4]|[4,8]|8|whole number",
                "[0,4]|[4,8]|9|belong to no tensor",
                "[0,4,8]|[4,8]|8|data_offsets",
                "[0,4]|[4,9]|9|needs 4 bytes"
            })
    void s5Offsets(String a, String b, int bytes, String problem) throws Exception {
        refused("{" + entry("a", "F32", "[1]", a) + "," + entry("b", "F32", "[1]", b) + "}", bytes, problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4194305,4194305,211106198978564]",
                "[-1]",
                "[2]",
                "[2147483647,2147483647,2147483647,2147483647]",
                "[\"1\"]",
                "[null]"
            })
    void s6Shape(String shape) throws Exception {
        refused("{" + entry("a", "F32", shape, "[0,4]") + "}", 4, "a");
    }

    @Test
    void s8Types() throws Exception {
        refused("{" + entry("a", "F33", "[]", "[0,4]") + "}", 4, "F33", "not a known type");
        Path path = file("{" + entry("a", "F8_E4M3", "[4]", "[0,4]") + "}", 4);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals("F8_E4M3", file.entry("a").type());
            Refused.by(path, () -> file.tensor("a"), "F8_E4M3", "convert");
            Refused.by(path, () -> file.tensor("nothing"), "no such tensor");
        }
    }

    @Test
    void integersBeyond32BitsAreNotCutOff() throws Exception {
        byte[] json = ("{" + entry("a", "I64", "[1]", "[0,8]") + "}").getBytes(StandardCharsets.UTF_8);
        Path path = new Bytes().i64(json.length).raw(json).i64(1L << 40).in(dir.resolve("wide"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Refused.by(path, () -> file.tensor("a"), "element 0", "1099511627776", "32 bits");
        }
    }

    @Test
    void s10FileCutShortAfterOpening() throws Exception {
        Path path = dir.resolve("cut");
        SafetensorsWriter.write(path, Map.of("w", Tensor.zeros(DType.F32, 1 << 20)), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
                cut.setLength(4096);
            }
            Refused.by(path, () -> file.tensor("w"), "became shorter");
        }
    }

    @Test
    void aMissingFileAndAFolderAreOneClearLine() throws Exception {
        Path missing = dir.resolve("missing.safetensors");
        Refused.by(missing, () -> SafetensorsFile.open(missing), "does not exist");
        Refused.by(missing, () -> WeightFiles.open(missing), "does not exist");
        Refused.by(dir, () -> SafetensorsFile.open(dir), "is a directory");
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNoOther() throws Exception {
        Path path = dir.resolve("kept");
        Files.writeString(path, "old");
        assertThrows(
                UncheckedIOException.class,
                () -> AtomicFile.write(path, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("disk full");
                }));
        assertEquals("old", Files.readString(path));
        try (var files = Files.list(dir)) {
            assertEquals(List.of(path), files.toList());
        }
        assertFalse(Files.exists(dir.resolve("kept.tmp")));
    }
}
