package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrozenTest {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Of the largest result. Quantised numbers have means far from 0, so that sums cancel more than those of F16. */
    private static final double TOLERANCE = 6e-6;

    /** Random weights; F16 ones include subnormals. */
    static Tensor blocks(DType type, int rows, int columns) {
        RandomGenerator r = Rng.of(3).split(type + " " + rows + " " + columns).stream();
        MemorySegment s = Arena.ofAuto().allocate(type.bytes((long) rows * columns), 2);
        for (long at = 0; at < s.byteSize(); at += 2) {
            float w = (float) r.nextGaussian();
            switch (type) {
                case F16 -> s.set(SHORT, at, Float.floatToFloat16(r.nextInt(8) == 0 ? w * 1e-6f : w));
                case BF16 -> s.set(SHORT, at, (short) (Float.floatToRawIntBits(w) >>> 16));
                default -> {
                    boolean scale = scales(type).contains((int) (at % type.blockBytes()));
                    s.set(SHORT, at, scale ? Float.floatToFloat16(w / 100) : (short) r.nextInt());
                }
            }
        }
        return Tensor.blocks(type, s, rows, columns);
    }

    /** Where the F16 scales lie in a block. */
    private static List<Integer> scales(DType type) {
        return switch (type) {
            case Q4_1, Q5_1, Q4_K, Q5_K -> List.of(0, 2);
            case Q2_K -> List.of(80, 82);
            case Q3_K -> List.of(108);
            case Q6_K -> List.of(208);
            case TQ1_0 -> List.of(52);
            case TQ2_0 -> List.of(64);
            default -> List.of(0);
        };
    }

    /** Every storage-only type, rows of whole blocks. */
    @ParameterizedTest
    @EnumSource(
            names = {"F32", "F64", "I32", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void storageOnlyWeights(DType type) {
        int block = Math.max(32, type.blockSize());
        for (int[] size : new int[][] {{5, block}, {40, 3 * block}, {33, 1280}}) {
            Tensor w = blocks(type, size[0], size[1]);
            for (int rows : new int[] {0, 1, 2, 3, 4, 17}) {
                agree(TOLERANCE, new Op.FrozenLinear(w, false), normal(rows, size[1]));
                agree(TOLERANCE, new Op.FrozenLinear(w, true), normal(rows, size[0]));
            }
            agree(TOLERANCE, new Op.FrozenLinear(w, false), normal(2, 3, size[1]));
            agree(TOLERANCE, new Op.FrozenLinear(w.slice(0, 1, 4), false), normal(5, size[1]));
            sameBits(new Op.FrozenLinear(w, false), normal(1, size[1]));
            sameBits(new Op.FrozenLinear(w, false), normal(3, size[1]));
            sameBits(new Op.FrozenLinear(w, false), normal(9, size[1]));
            sameBits(new Op.FrozenLinear(w, true), normal(9, size[0]));
        }
    }

    /** More rows than are taken at once, and rows of W deeper than one block: each as in a product of a few rows. */
    @Test
    void manyRowsAreTheRowsOfFew() {
        Tensor w = blocks(DType.Q8_0, 60, 1088);
        Tensor x = normal(1030, 1088);
        Tensor all = Agreement.simd(new Op.FrozenLinear(w, false), x);
        for (int from : new int[] {0, 500, 1020}) {
            Tensor few = Agreement.simd(new Op.FrozenLinear(w, false), x.slice(0, from, from + 10));
            assertArrayEquals(few.toFloats(), all.slice(0, from, from + 10).toFloats(), 0f, "from " + from);
        }
        agree(TOLERANCE, new Op.FrozenLinear(w, false), x.slice(0, 1020, 1030));
    }

    /** Widths that are no multiple of a vector: only the types without blocks have them. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void oddWidths(DType type) {
        for (int columns : Agreement.lengths()) {
            Tensor w = blocks(type, 7, columns);
            agree(4e-6, new Op.FrozenLinear(w, false), normal(1, columns));
            agree(4e-6, new Op.FrozenLinear(w, false), normal(6, columns));
            agree(4e-6, new Op.FrozenLinear(w, true), normal(6, 7));
            agree(0, new Op.Cast(DType.F32), w);
        }
    }

    @Test
    void floatWeightsOfAnyStrides() {
        for (Tensor w : new Tensor[] {
            normal(70, 33), normal(33, 70).t(), normal(80, 90).slice(0, 3, 73).slice(1, 5, 38)
        }) {
            for (int rows : new int[] {1, 3, 4, 30}) {
                agree(4e-6, new Op.FrozenLinear(w, false), normal(rows, 33));
                agree(4e-6, new Op.FrozenLinear(w, true), normal(rows, 70));
                sameBits(new Op.FrozenLinear(w, false), normal(rows, 33));
            }
        }
    }

    /** Panels are kept by storage: two views of one storage must not be taken for each other. */
    @Test
    void packedWeightsAreKeptApart() {
        Tensor both = normal(2, 40, 50);
        Tensor x = normal(9, 50);
        for (int i = 0; i < 2; i++) {
            Tensor w = both.select(0, i);
            float[] want = Agreement.simd(new Op.MatMul(), x, w.t()).toFloats();
            for (int again = 0; again < 2; again++) {
                assertArrayEquals(
                        want, Agreement.simd(new Op.FrozenLinear(w, false), x).toFloats(), 0f, "weight " + i);
            }
        }
    }

    /** Also runs that begin and end inside a block. */
    @ParameterizedTest
    @EnumSource(
            names = {"F32", "F64", "I32", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void castAndEmbeddingDecodeExactly(DType type) {
        int columns = 2 * Math.max(32, type.blockSize());
        Tensor w = blocks(type, 9, columns);
        agree(0, new Op.Cast(DType.F32), w);
        agree(0, new Op.Cast(DType.F64), w);
        agree(0, new Op.Cast(DType.F32), w.slice(0, 2, 5));
        Tensor ids = Tensor.of(new int[] {8, 0, 3, 3}, 2, 2);
        agree(0, new Op.Embedding(), w, ids);
        agree(0, new Op.Embedding(), w.slice(0, 0, 9, 1).slice(0, 0, 9), ids.t());
        float[] all = w.toFloats();
        float[] some = new float[150];
        Decoder.of(w).decode(columns + 7, some, 3, 100);
        assertArrayEquals(Arrays.copyOfRange(all, columns + 7, columns + 107), Arrays.copyOfRange(some, 3, 103), 0f);
    }

    /** Also runs that begin inside a block and such as are no whole blocks, or no whole vectors. */
    @ParameterizedTest
    @EnumSource(
            names = {"F32", "F64", "I32", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void fourRunsAreEachAsOne(DType type) {
        int columns = 2 * Math.max(32, type.blockSize());
        Tensor w = blocks(type, 9, columns);
        float[] all = w.toFloats();
        for (int[] run : new int[][] {{0, columns}, {columns, 32}, {columns + 7, 32}, {32, 39}, {5, 16}}) {
            float[] four = new float[3 + 4 * (columns + 1)];
            Decoder.of(w).four(run[0], columns, four, 3, columns + 1, run[1]);
            for (int r = 0; r < 4; r++) {
                int from = run[0] + r * columns;
                int at = 3 + r * (columns + 1);
                assertArrayEquals(
                        Arrays.copyOfRange(all, from, from + run[1]),
                        Arrays.copyOfRange(four, at, at + run[1]),
                        0f,
                        type + ", run " + r + " of " + run[1] + " from " + from);
            }
        }
    }

    /** A row has the same bits alone, as one of four, and wherever its sums are made. */
    @ParameterizedTest
    @EnumSource(
            names = {"F64", "I32", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void aRowHasTheSameBitsAloneAndAmongOthers(DType type) {
        Tensor w = type == DType.F32 ? normal(1100, 512) : blocks(type, 1100, 512);
        Tensor x = normal(1, 512);
        float[] all = Agreement.simd(new Op.FrozenLinear(w, false), x).toFloats();
        for (int r : new int[] {0, 63, 64, 255, 511, 1023, 1099}) {
            float[] one = Agreement.simd(new Op.FrozenLinear(w.slice(0, r, r + 1), false), x)
                    .toFloats();
            assertEquals(one[0], all[r], type + ", row " + r);
        }
    }

    /** Every bit pattern of binary16, infinities and not-a-numbers included. */
    @Test
    void everyHalf() {
        MemorySegment s = Arena.ofAuto().allocate(1 << 17, 2);
        for (int i = 0; i < 1 << 16; i++) {
            s.set(SHORT, 2L * i, (short) i);
        }
        agree(0, new Op.Cast(DType.F32), Tensor.blocks(DType.F16, s, 1 << 16));
        agree(0, new Op.Cast(DType.F32), Tensor.blocks(DType.BF16, s, 1 << 16));
    }
}
