package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCacheTest {
    private static final List<Integer> WIDTHS = List.of(3, 16, 1);

    @TempDir
    Path folder;

    private Path file;
    private final PrintStream stderr = System.err;

    @AfterEach
    void speak() {
        System.setErr(stderr);
    }

    @BeforeEach
    void fill() {
        System.setErr(new PrintStream(OutputStream.nullOutputStream())); // hundreds of files are cut, and each says so
        file = folder.resolve("ecg-vectors.bin");
        try (FeatureCache cache = FeatureCache.open(file)) {
            for (int i = 0; i < WIDTHS.size(); i++) {
                cache.put(key(i), vector(i));
            }
        }
    }

    private static String key(int i) {
        return new Digest().add("ECG " + i).hex();
    }

    private static Tensor vector(int i) {
        return Rng.of(i).normal(WIDTHS.get(i));
    }

    /** The first so many are there as they were put, and no other. */
    private void holds(int count) {
        try (FeatureCache cache = FeatureCache.open(file)) {
            for (int i = 0; i < WIDTHS.size(); i++) {
                assertEquals(i < count, cache.get(key(i)).isPresent(), "vector " + i);
                if (i < count) {
                    assertArrayEquals(
                            vector(i).toFloats(),
                            cache.get(key(i)).orElseThrow().toFloats());
                }
            }
        }
    }

    @Test
    void whatWasPutIsThereAgain() throws IOException {
        byte[] before = Files.readAllBytes(file);
        holds(3);
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    /** A kill at any byte: vectors that are whole stay, and the rest is encoded again. */
    @Test
    void whatIsHalfWrittenIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        int[] ends = new int[] {8, 8 + 36 + 4 * 4, 8 + 2 * 36 + 4 * 4 + 17 * 4, whole.length};
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            int at = length;
            int count =
                    (int) Arrays.stream(ends).skip(1).filter(end -> end <= at).count();
            holds(count);
            assertArrayEquals(Arrays.copyOf(whole, ends[count]), Files.readAllBytes(file), "of " + length + " bytes");
        }
    }

    @Test
    void everyFlippedBitIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 8 * 8; bit < 8 * whole.length; bit += 7) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            try (FeatureCache cache = FeatureCache.open(file)) {
                for (int i = 0; i < WIDTHS.size(); i++) {
                    int n = i;
                    cache.get(key(i))
                            .ifPresent(x -> assertArrayEquals(vector(n).toFloats(), x.toFloats(), "a wrong vector"));
                }
            }
            assertTrue(Files.size(file) < whole.length, "bit " + bit);
        }
    }

    /** A slip of the hand must not cost a user his questions. */
    @Test
    void aFileOfAnotherKindIsLeftAsItIs() throws IOException {
        Path questions = TinyFiles.questions(folder.resolve("qa.json"), 2);
        for (Path other :
                List.of(questions, Files.write(folder.resolve("short"), "EIN?".getBytes(StandardCharsets.UTF_8)))) {
            byte[] before = Files.readAllBytes(other);
            String said = assertThrows(FormatException.class, () -> FeatureCache.open(other))
                    .getMessage();
            assertTrue(said.contains(other + " at byte 0: magic: is no file of ECG vectors"), said);
            assertTrue(said.contains("--ecg_vectors"), said);
            assertArrayEquals(before, Files.readAllBytes(other));
        }
    }
}
