package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.of;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ArgMaxTest {
    private static final String SIZES = "{0} numbers in pieces of {1}";

    @ParameterizedTest(name = SIZES)
    @CsvSource({"1, 8", "65, 64", "1000, 100", "770, 7"})
    void ofDifferentNumbersTheLargest(int n, int width) {
        Tensor x = Rng.of(6).normal(n);
        assertEquals(x.argMax(0).toInts()[0], largest(of(x), width));
    }

    @ParameterizedTest(name = SIZES)
    @CsvSource({"2, 8", "130, 65", "700, 7", "300, 300"})
    void ofEqualNumbersTheFirst(int n, int width) {
        float[] x = new float[n];
        assertEquals(0, largest(FloatArray.fromArray(x), width));
        x[n - 1] = 1;
        x[n / 2] = 1;
        assertEquals(n / 2, largest(FloatArray.fromArray(x), width));
    }

    private static int largest(FloatArray x, int width) {
        int n = x.getSize();
        int pieces = Math.ceilDiv(n, width);
        IntArray shape = IntArray.fromArray(new int[] {n, width});
        IntArray places = new IntArray(pieces);
        IntArray place = new IntArray(1);
        FloatArray largest = new FloatArray(1);
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("best")) {
            g.resident(shape)
                    .reads(x)
                    .scratch(places)
                    .groups("pieces", pieces, 1, 1, Group.ITEMS, 1)
                    .groups("best", 1, 1, 1, Group.ITEMS, 1);
            g.tasks()
                    .task("pieces", ArgMax::ofEachPiece, c, x, places, shape)
                    .task("best", ArgMax::ofPieces, c, x, places, place, largest, shape);
            g.writes(place, largest).run();
        }
        assertEquals(x.get(place.get(0)), largest.get(0));
        return place.get(0);
    }
}
