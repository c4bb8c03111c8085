package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Valid files with a few bytes changed or the end cut off: read, or refused in the one way. */
class DamagedFilesTest {
    private static final long SEED = Long.getLong("einthoven.seed", 222);
    private static final int ROUNDS = 500;

    @TempDir
    Path dir;

    private void damage(byte[] good) throws IOException {
        Random random = new Random(SEED);
        Path path = dir.resolve("damaged");
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bad = good.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bad.length) : bad.length;
            Files.write(path, Arrays.copyOf(bad, length));
            try (WeightFile file = WeightFiles.open(path)) {
                for (String name : file.names()) {
                    file.tensor(name);
                }
            } catch (FormatException e) {
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                fail("round " + round + " with -Deinthoven.seed=" + SEED + ": " + e, e);
            }
        }
        assertTrue(refused > ROUNDS / 10, "only " + refused + " of " + ROUNDS + " damaged files were refused");
    }

    private Map<String, Tensor> tensors() {
        return Map.of("a.weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), "b", Tensor.of(new int[] {1, 2}, 2));
    }

    @Test
    void safetensors() throws IOException {
        Path path = dir.resolve("good");
        SafetensorsWriter.write(path, tensors(), Map.of("k", "v"));
        damage(Files.readAllBytes(path));
    }

    @Test
    void torchZip() throws IOException {
        Path path = dir.resolve("good");
        TorchWriter.write(path, Map.of("net", tensors()));
        damage(Files.readAllBytes(path));
    }

    @Test
    void torchLegacy() throws IOException {
        damage(Files.readAllBytes(Shared.golden("C_mapper/mapper_checkpoint/odd_storages_legacy.pt")));
    }

    @Test
    void gguf() throws IOException {
        Bytes b = new Bytes().text("GGUF").i32(3).i64(1).i64(2);
        b.i64(1).text("k").i32(8).i64(5).text("value");
        b.i64(1).text("l").i32(9).i32(8).i64(2).i64(1).text("x").i64(0);
        b.i64(1).text("w").i32(2).i64(3).i64(2).i32(0).i64(0).padTo(32).zeros(24);
        damage(b.toArray());
    }
}
