package org.einthoven.tensor.simd;

/**
 * Has the innermost block of all products compiled before the first product comes: it is what C2 needs longest for and what is
 * slowest without it. Made-up numbers are multiplied in the sizes of a real product, or the compiler would learn something else.
 */
final class Rehearsal {
    /** Terms of a sum: as long a loop as in a product, a quarter of the time. */
    private static final int DEPTH = Gemm.DEPTH / 4;

    /** More than the calls that it takes to be compiled with the thresholds of the launcher. */
    private static final int CALLS = 32;

    private Rehearsal() {}

    static void run() {
        float[] a = new float[Tile.ROWS * DEPTH];
        float[] b = new float[DEPTH * Tile.COLUMNS];
        float[] c = new float[Tile.ROWS * Tile.COLUMNS];
        for (int i = 0; i < CALLS; i++) {
            Tile.multiply(a, 0, DEPTH, Tile.ROWS, b, 0, DEPTH, Tile.NOTHING, 0, 0, c, 0, Tile.COLUMNS);
        }
    }
}
