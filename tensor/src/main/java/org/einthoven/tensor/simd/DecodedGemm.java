package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.COLUMNS;
import static org.einthoven.tensor.simd.Tile.ROWS;

import org.einthoven.tensor.Workspace;

/**
 * y = x W^T for many rows of x, such as the tokens of a prompt, and a storage-only weight. The rows of W are the left operand
 * and those of x the columns: so a slab of W is decoded once, in the order in which {@link Tile} reads it, and only the result
 * is turned over. Each element is the chain of fused multiply-adds that {@link Gemm} makes.
 */
final class DecodedGemm {
    /** Rows of W in one piece of work: decoded, 230 KB at most, which the second-level cache holds. */
    private static final int SLAB = 4 * ROWS;

    /** Rows of x at once: 4 KB of them for each column, and of the result a row of W. */
    private static final int TOKENS = 1024;

    private DecodedGemm() {}

    /** For x [m, k], a weight [n, k] whose rows begin at {@code first} and are {@code down} apart, and a dense y [m, n]. */
    static void multiply(int m, int n, int k, Matrix x, Decoder w, long first, long down, float[] y) {
        for (int t = 0; t < m; t += TOKENS) {
            Matrix some = new Matrix(x.x(), x.at() + t * x.down(), x.down(), x.across());
            block(Math.min(TOKENS, m - t), n, k, some, w, first, down, y, t * n);
        }
    }

    private static void block(int m, int n, int k, Matrix x, Decoder w, long first, long down, float[] y, int yo) {
        Panels.Packed tokens =
                Panels.Packed.of(new Panels.Strided(x.transposed()), k, m, Workspace.floats(Panels.Packed.room(k, m)));
        Chunks.each(
                Math.ceilDiv(n, SLAB),
                (long) SLAB * k * m / 16,
                slab -> slab(
                        m,
                        n,
                        k,
                        slab * SLAB,
                        Math.min(SLAB, n - slab * SLAB),
                        tokens,
                        w,
                        first,
                        down,
                        y,
                        yo + slab * SLAB));
    }

    private static void slab(
            int m,
            int n,
            int k,
            int r,
            int rows,
            Panels.Packed tokens,
            Decoder w,
            long first,
            long down,
            float[] y,
            int yo) {
        int width = tokens.panels() * COLUMNS;
        float[] c = Scratch.mine().left(SLAB * width);
        for (int k0 = 0; k0 < k; k0 += Gemm.DEPTH) {
            int depth = Math.min(Gemm.DEPTH, k - k0);
            int apart = depth + Lanes.L; // not a power of 2, which would share sets of the first-level cache
            float[] decoded = Scratch.mine().right(SLAB * apart);
            int fours = rows / 4 * 4;
            for (int i = 0; i < fours; i += 4) {
                w.four(first + (r + i) * down + k0, down, decoded, i * apart, apart, depth);
            }
            for (int i = fours; i < rows; i++) {
                w.decode(first + (r + i) * down + k0, decoded, i * apart, depth);
            }
            for (int j = 0; j < tokens.panels(); j++) {
                for (int i = 0; i < rows; i += ROWS) {
                    int to = i * width + j * COLUMNS;
                    Tile.multiply(
                            decoded,
                            i * apart,
                            apart,
                            Math.min(ROWS, rows - i),
                            tokens.x(),
                            tokens.at(k0, j),
                            depth,
                            k0 > 0 ? c : Tile.NOTHING,
                            k0 > 0 ? to : 0,
                            k0 > 0 ? width : 0,
                            c,
                            to,
                            width);
                }
            }
        }
        Pack.rows(c, 0, 1, width, m, rows, y, yo, n);
    }
}
