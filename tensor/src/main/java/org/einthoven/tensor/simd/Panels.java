package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.COLUMNS;

/** The right operand of a {@link Gemm}, however it is stored: it is only ever asked for panels of COLUMNS columns. */
interface Panels {
    /**
     * Writes rows {@code k0 .. k0 + k - 1} of columns {@code j .. j + columns - 1} to {@code out} from {@code at} as
     * [k, COLUMNS]. With fewer columns than COLUMNS the rest of each row may hold anything.
     */
    void pack(int k0, int k, int j, int columns, float[] out, int at);

    /** A matrix in memory, of any strides. */
    record Strided(Matrix b) implements Panels {
        @Override
        public void pack(int k0, int k, int j, int columns, float[] out, int at) {
            Pack.panel(
                    b.x(),
                    b.at() + k0 * b.down() + j * b.across(),
                    b.across(),
                    b.down(),
                    columns,
                    COLUMNS,
                    k,
                    out,
                    at,
                    COLUMNS);
        }
    }

    /** Panels that are ready: block by block of {@link Gemm#DEPTH} rows, in each panel by panel. */
    record Packed(float[] x, int panels, int rows) implements Panels {
        /** The first float is 64-byte aligned where arrays are, behind a header of 16 bytes: worth 8 %. */
        private static final int LEAD = 12;

        /** Packs all of a k x n matrix. */
        static Packed of(Panels b, int k, int n) {
            return of(b, k, n, new float[room(k, n)]);
        }

        /** Floats of a packed k x n matrix. */
        static int room(int k, int n) {
            return Math.addExact(LEAD, Math.multiplyExact(k, Math.ceilDiv(n, COLUMNS) * COLUMNS));
        }

        /** Packs all of a k x n matrix into {@code x}, which has {@link #room}. */
        static Packed of(Panels b, int k, int n, float[] x) {
            int panels = Math.ceilDiv(n, COLUMNS);
            Packed p = new Packed(x, panels, k);
            Chunks.each(panels, (long) k * COLUMNS, j -> {
                for (int k0 = 0; k0 < k; k0 += Gemm.DEPTH) {
                    int depth = Math.min(Gemm.DEPTH, k - k0);
                    int columns = Math.min(COLUMNS, n - j * COLUMNS);
                    b.pack(k0, depth, j * COLUMNS, columns, p.x, p.at(k0, j));
                }
            });
            return p;
        }

        /** Where the panel of block {@code k0} and columns {@code j * COLUMNS ..} starts. */
        int at(int k0, int j) {
            return LEAD + (k0 * panels + j * Math.min(Gemm.DEPTH, rows - k0)) * COLUMNS;
        }

        @Override
        public void pack(int k0, int k, int j, int columns, float[] out, int at) {
            System.arraycopy(x, at(k0, j / COLUMNS), out, at, k * COLUMNS);
        }
    }
}
