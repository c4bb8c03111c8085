package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
    private static final int UINT8 = 0;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    @TempDir
    Path dir;

    private static Bytes string(Bytes b, String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        return b.i64(utf8.length).raw(utf8);
    }

    private static Bytes header(long tensors, long pairs) {
        return new Bytes().text("GGUF").i32(3).i64(tensors).i64(pairs);
    }

    private static Bytes key(Bytes b, String name, int type) {
        return string(b, name).i32(type);
    }

    private static void info(Bytes b, String name, int type, long offset, long... sizes) {
        string(b, name).i32(sizes.length);
        for (long s : sizes) {
            b.i64(s);
        }
        b.i32(type).i64(offset);
    }

    private Path write(Bytes b) {
        return b.in(dir.resolve("x.gguf"));
    }

    private void refused(Bytes b, String... parts) throws Exception {
        Path path = write(b);
        Refused.by(path, () -> GgufFile.open(path), parts);
    }

    /** One pair with the given value. */
    private void valueRefused(int type, Consumer<Bytes> value, String... parts) throws Exception {
        Bytes b = key(header(0, 1), "k", type);
        value.accept(b);
        refused(b, parts);
    }

    // ---------------------------------------------------------------- good files

    @Test
    void metadataAndTensors() {
        Bytes b = header(2, 4);
        key(b, "general.alignment", UINT32).i32(64);
        key(b, "name", STRING);
        string(b, "caf\u00e9");
        key(b, "list", ARRAY).i32(STRING).i64(2);
        string(string(b, "x"), "");
        key(b, "eps", 6).f32(1e-5f);
        info(b, "w", 0, 0, 3, 2);
        info(b, "q", 8, 64, 32);
        b.padTo(64);
        for (int i = 0; i < 6; i++) {
            b.f32(i);
        }
        b.padTo(64).u8(0x00, 0x3c).zeros(32);
        try (GgufFile file = GgufFile.open(write(b))) {
            assertEquals("caf\u00e9", file.keys().string("name"));
            assertArrayEquals(new String[] {"x", ""}, file.keys().array("list").strings());
            assertEquals(1e-5f, file.keys().number("eps"));
            assertEquals(Shape.of(2, 3), file.tensor("w").shape());
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.tensor("w").toFloats());
            assertEquals(DType.Q8_0, file.tensor("q").dtype());
        }
    }

    @Test
    void aModelOfTheHouseInFourTypes() {
        String folder = "llm/stories260K-gguf/stories260K-";
        try (WeightFile f32 = WeightFiles.open(Shared.data(folder + "f32.gguf"));
                WeightFile f16 = WeightFiles.open(Shared.data(folder + "f16.gguf"));
                WeightFile q8 = WeightFiles.open(Shared.data(folder + "q8_0.gguf"));
                WeightFile q4 = WeightFiles.open(Shared.data(folder + "q4_0.gguf"))) {
            assertEquals("gguf", f32.format());
            for (String name : f32.names()) {
                double[] a = f32.tensor(name).toDoubles();
                double top = Arrays.stream(a).map(Math::abs).max().orElseThrow();
                assertArrayEquals(a, f16.tensor(name).toDoubles(), 0.001 * top, name);
                assertArrayEquals(a, q8.tensor(name).toDoubles(), 0.005 * top, name);
                assertArrayEquals(a, q4.tensor(name).toDoubles(), 0.13 * top, name);
            }
        }
    }

    @Test
    void aTypeThatIsNotReadYetIsListedAndNamed() throws Exception {
        Bytes b = header(1, 0);
        info(b, "q", 21, 0, 256); // IQ3_S, 110 bytes a block
        b.padTo(32).zeros(110);
        Path path = write(b);
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals("IQ3_S", file.entry("q").type());
            assertEquals(110, file.entry("q").bytes());
            Refused.by(path, () -> file.tensor("q"), "IQ3_S", "convert");
        }
    }

    // ---------------------------------------------------------------- bad files

    @Test
    void g1MagicAndVersion() throws Exception {
        refused(new Bytes().text("GGUX").i32(3).i64(0).i64(0), "magic");
        for (int version : new int[] {0, 1, 99}) {
            refused(new Bytes().text("GGUF").i32(version).i64(0).i64(0), "version", "only 2 and 3");
        }
        refused(new Bytes().text("GGUF").i32(3 << 24).i64(0).i64(0), "big-endian");
        refused(new Bytes().text("GGUF"), "version", "truncated");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 1L << 31, 1})
    void g2Counts(long count) throws Exception {
        refused(header(count, 0), "tensor count");
        refused(header(0, count), "metadata count");
    }

    @Test
    void g3ValuesThatCannotBeThere() throws Exception {
        for (long length : new long[] {Long.MIN_VALUE, -1, 100}) {
            valueRefused(STRING, b -> b.i64(length), "k");
            valueRefused(ARRAY, b -> b.i32(UINT8).i64(length), "k length");
            valueRefused(ARRAY, b -> b.i32(STRING).i64(length), "k length");
        }
        valueRefused(ARRAY, b -> b.i32(STRING).i64(1).i64(1000), "k");
        valueRefused(13, b -> b.i64(0), "value type 13");
        valueRefused(ARRAY, b -> b.i32(-1).i64(0), "unknown");
        valueRefused(7, b -> b.u8(2), "BOOL");
        valueRefused(STRING, b -> b.i64(2).u8(0xff, 0xfe), "UTF-8");
        valueRefused(
                ARRAY,
                b -> {
                    for (int i = 0; i < 100_000; i++) {
                        b.i32(ARRAY).i64(1);
                    }
                },
                "nested deeper");
    }

    @Test
    void g4Alignment() throws Exception {
        for (int a : new int[] {0, 3, 1 << 31, 1 << 30}) {
            refused(key(header(0, 1), GgufMetadata.ALIGNMENT, UINT32).i32(a), "general.alignment", "power of two");
        }
        refused(key(header(0, 1), GgufMetadata.ALIGNMENT, INT32).i32(32), "general.alignment", "UINT32, not INT32");
        refused(string(key(header(0, 1), GgufMetadata.ALIGNMENT, STRING), "32"), "general.alignment", "UINT32");
    }

    @Test
    void g5Sizes() throws Exception {
        for (long[] sizes :
                new long[][] {{}, {1, 1, 1, 1, 1}, {0}, {-1}, {(1L << 42) + 1}, {1 << 30, 1 << 30, 1 << 30, 1 << 30}}) {
            Bytes b = header(1, 0);
            info(b, "t", 0, 0, sizes);
            refused(b.padTo(32).zeros(64), "t");
        }
        Bytes b = header(1, 0);
        info(b, "t", 8, 0, 33);
        refused(b.padTo(32).zeros(64), "no multiple of the Q8_0 block of 32");
        b = header(1, 0);
        info(b, "t", 4, 0, 32);
        refused(b.padTo(32).zeros(64), "type number 4");
    }

    @ParameterizedTest
    @CsvSource({"16, must begin at 32", "0, must begin at 32", "64, must begin at 32", "-1, must begin at 32"})
    void g6Offsets(long second, String problem) throws Exception {
        Bytes b = header(2, 0);
        info(b, "a", 0, 0, 2);
        info(b, "b", 0, second, 2);
        refused(b.padTo(32).zeros(96), "b", problem);
    }

    @Test
    void g6EndAndDuplicates() throws Exception {
        Bytes b = header(1, 0);
        info(b, "a", 0, 0, 8);
        refused(b.padTo(32).zeros(31), "truncated");
        b = header(2, 0);
        info(b, "a", 0, 0, 8);
        info(b, "a", 0, 32, 8);
        refused(b.padTo(32).zeros(64), "a", "twice");
        b = header(0, 2);
        key(b, "k", UINT8).u8(1);
        key(b, "k", UINT8).u8(1);
        refused(b, "k", "twice");
    }

    @Test
    void gettersNameTheKey() throws Exception {
        Bytes b = header(0, 3);
        key(b, "n", INT32).i32(-1);
        key(b, "rope", 6).f32(Float.NaN);
        key(b, "tokens", ARRAY).i32(UINT8).i64(1).u8(7);
        Path path = write(b);
        try (GgufFile file = GgufFile.open(path)) {
            Refused.by(path, () -> file.keys().integer("n", 0), "n", "-1 is outside");
            Refused.by(path, () -> file.keys().number("rope"), "rope", "finite");
            Refused.by(path, () -> file.keys().array("tokens").strings(), "tokens", "UINT8", "STRING");
            Refused.by(path, () -> file.keys().string("n"), "n", "STRING");
            Refused.by(path, () -> file.keys().string("m"), "m", "missing");
        }
    }
}
