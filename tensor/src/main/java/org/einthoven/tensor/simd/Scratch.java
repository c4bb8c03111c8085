package org.einthoven.tensor.simd;

/** Buffers that a thread keeps between kernels, since fresh arrays of megabytes cost more than what is packed into them. */
final class Scratch {
    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

    private float[] left = new float[0];
    private float[] right = new float[0];
    private float[] rows = new float[0];
    private double[] leftDoubles = new double[0];
    private double[] rightDoubles = new double[0];
    private final float[][] blocks = new float[16][0];
    private final float[] lanes = new float[2 * Lanes.L];
    private final float[] tile = new float[Tile.ROWS * Tile.COLUMNS];

    private Scratch() {}

    static Scratch mine() {
        return MINE.get();
    }

    /** At least {@code n} floats of any content, for dense rows of A. */
    float[] left(int n) {
        if (left.length < n) {
            left = new float[n];
        }
        return left;
    }

    /** At least {@code n} floats of any content, for panels of B. */
    float[] right(int n) {
        if (right.length < n) {
            right = new float[n];
        }
        return right;
    }

    /** At least {@code n} floats of any content, for decoded rows. */
    float[] rows(int n) {
        if (rows.length < n) {
            rows = new float[n];
        }
        return rows;
    }

    /** At least {@code n} floats of any content, one of sixteen buffers: a kernel of many parts numbers what it keeps. */
    float[] block(int which, int n) {
        if (blocks[which].length < n) {
            blocks[which] = new float[n];
        }
        return blocks[which];
    }

    /** As {@link #left}, of doubles. */
    double[] leftDoubles(int n) {
        if (leftDoubles.length < n) {
            leftDoubles = new double[n];
        }
        return leftDoubles;
    }

    /** As {@link #right}, of doubles. */
    double[] rightDoubles(int n) {
        if (rightDoubles.length < n) {
            rightDoubles = new double[n];
        }
        return rightDoubles;
    }

    /** Two vectors of any content, for sums over their lanes where handing it on would box it. */
    float[] lanes() {
        return lanes;
    }

    /** One tile of C, for edges. */
    float[] tile() {
        return tile;
    }
}
