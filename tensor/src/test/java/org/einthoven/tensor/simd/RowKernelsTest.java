package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.lengths;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowKernelsTest {
    static List<Op> ops() {
        return List.of(new Op.Softmax(), new Op.LogSoftmax(), new Op.LayerNorm(1e-5), new Op.RmsNorm(1e-6));
    }

    @ParameterizedTest
    @MethodSource("ops")
    void agreesAtEveryLength(Op op) {
        for (int d : lengths()) {
            for (int rows : new int[] {0, 1, 5, 300}) {
                agree(2e-6, op, normal(rows, d));
            }
        }
        agree(2e-6, op, normal(7));
        agree(2e-6, op, normal(2, 3, 4, 1, 5));
        sameBits(op, normal(5, 33));
        sameBits(op, normal(300, 157));
        sameBits(op, normal(3, 4, 70));
    }

    @ParameterizedTest
    @MethodSource("ops")
    void specialValues(Op op) {
        for (float special : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
            for (int d : new int[] {3, 100}) {
                float[] v = normal(3, d).toFloats();
                v[d + 1] = special;
                agree(2e-6, op, Tensor.of(v, 3, d));
            }
        }
    }

    @Test
    void largeLogitsDoNotOverflow() {
        agree(1e-6, new Op.Softmax(), normal(4, 100).mul(1e4));
        agree(1e-6, new Op.LogSoftmax(), normal(4, 100).mul(1e4));
    }

    /** Rows share vectors in softmax; a row must not feel it. */
    @ParameterizedTest
    @MethodSource("ops")
    void rowsDoNotDependOnTheirNeighbours(Op op) {
        for (int d : new int[] {3, 12, 70}) {
            Tensor x = normal(9, d);
            float[] all = Agreement.simd(op, x).toFloats();
            for (int r = 0; r < 9; r++) {
                float[] row = Agreement.simd(op, x.slice(0, r, r + 1)).toFloats();
                assertArrayEquals(Arrays.copyOfRange(all, r * d, (r + 1) * d), row, 0f, "row " + r + " of width " + d);
            }
        }
    }

    static List<Op.Norm> norms() {
        return List.of(new Op.LayerNorm(1e-5), new Op.RmsNorm(1e-6));
    }

    @ParameterizedTest
    @MethodSource("norms")
    void scaledNormsAndJacobiansAgreeAtEveryLength(Op.Norm norm) {
        for (int d : lengths()) {
            Tensor weight = normal(d);
            Tensor bias = normal(d).neg();
            for (int rows : new int[] {0, 1, 300}) {
                Tensor x = normal(rows, d);
                agree(2e-6, new Op.ScaledNorm(norm), scaled(norm, x, weight, bias));
                if (d > 4) { // in a shorter row little but cancellation is left
                    agree(5e-6, new Op.NormGrad(norm), normal(d, rows).t(), x);
                }
            }
        }
        Tensor x = normal(300, 157);
        sameBits(new Op.ScaledNorm(norm), scaled(norm, x, normal(157), normal(157)));
        sameBits(new Op.NormGrad(norm), normal(157, 300).t(), x);
    }

    private static Tensor[] scaled(Op.Norm norm, Tensor x, Tensor weight, Tensor bias) {
        return norm instanceof Op.LayerNorm ? new Tensor[] {x, weight, bias} : new Tensor[] {x, weight};
    }

    /** Decoding of single tokens does them one after the other. */
    @ParameterizedTest
    @MethodSource("norms")
    void aScaledNormHasTheBitsOfItsSteps(Op.Norm norm) {
        for (int d : new int[] {5, 157, 768}) {
            Tensor x = normal(9, d);
            Tensor weight = normal(d);
            Tensor bias = normal(d).neg();
            Tensor steps = Agreement.simd(new Op.Mul(), Agreement.simd(norm, x), weight);
            if (norm instanceof Op.LayerNorm) {
                steps = Agreement.simd(new Op.Add(), steps, bias);
            }
            Tensor once = Agreement.simd(new Op.ScaledNorm(norm), scaled(norm, x, weight, bias));
            assertArrayEquals(steps.toFloats(), once.toFloats(), 0f, "width " + d);
        }
    }

    @Test
    void ropeOfEveryKind() {
        for (int d : new int[] {2, 8, 64, 70}) {
            Tensor x = normal(3, 5, d);
            Tensor cos = normal(5, d / 2);
            Tensor sin = normal(5, d / 2).neg();
            for (boolean interleaved : new boolean[] {false, true}) {
                for (boolean inverse : new boolean[] {false, true}) {
                    Op op = new Op.Rope(interleaved, inverse);
                    agree(5e-7, op, x, cos, sin);
                    sameBits(op, x, cos, sin);
                }
            }
        }
        agree(5e-7, new Op.Rope(false, false), normal(2, 6, 5, 8).transpose(1, 2), normal(6, 4), normal(6, 4));
        agree(0, new Op.Rope(false, false), Tensor.of(new float[0], 0, 3, 4), normal(3, 2), normal(3, 2));
    }

    /** Heads of a token side by side, as a projection leaves them, are turned without a copy, to the bits of a copy. */
    @Test
    void ropeOfHeadsSideBySide() {
        for (int e : new int[] {2, 4, 8, 16}) {
            for (int heads : new int[] {1, 3, 16}) {
                Tensor joined = normal(2, 40, 2 * heads * e).slice(2, heads * e, 2 * heads * e);
                Tensor x = joined.reshape(2, 40, heads, e).transpose(1, 2);
                Tensor cos = normal(40, e / 2);
                Tensor sin = normal(40, e / 2).neg();
                for (boolean interleaved : new boolean[] {false, true}) {
                    for (boolean inverse : new boolean[] {false, true}) {
                        Op op = new Op.Rope(interleaved, inverse);
                        agree(5e-7, op, x, cos, sin);
                        assertArrayEquals(
                                Agreement.simd(op, x.contiguous(), cos, sin).toFloats(),
                                Agreement.simd(op, x, cos, sin).toFloats(),
                                0f,
                                heads + " heads of " + e + ", " + op);
                    }
                }
            }
        }
    }
}
