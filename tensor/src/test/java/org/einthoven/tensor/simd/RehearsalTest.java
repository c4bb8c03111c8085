package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rehearsal changes times and nothing else. */
class RehearsalTest {
    @AfterEach
    void chooseTheBest() {
        Backends.choose("");
    }

    @Test
    void productsHaveTheSameBitsBesideOne() throws InterruptedException {
        Backends.choose("simd");
        Tensor a = Rng.of(5).normal(33, 300);
        Tensor b = Rng.of(6).normal(300, 70);
        float[] before = a.matmul(b).toFloats();
        Thread rehearsal = Thread.ofPlatform().start(() -> Backends.current().rehearse());
        float[] beside = a.matmul(b).toFloats();
        rehearsal.join();
        assertArrayEquals(before, beside);
        assertArrayEquals(before, a.matmul(b).toFloats());
    }

    @Test
    void aChoiceByNameStandsAgainstThreadsThatAskForAny() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            List<Thread> asking = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                asking.add(Thread.ofPlatform().start(Backends::current));
            }
            Backends.choose("reference");
            for (Thread t : asking) {
                t.join();
            }
            assertEquals("reference", Backends.current().name());
        }
    }
}
