package org.einthoven.tensor.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** What {@code Tensor.explain()} says, word for word. */
class ExplanationTest {
    private static final Tensor W = Tensor.of(new double[] {1, 2, 0.5}, 3);

    @Test
    void showsLeavesAndConstantsThenEachOperationOnce() {
        Tensor shared = W.track().mul(2).leakyRelu(0.1);

        assertEquals("""
                how this F64 [] was computed
                  p1                             F64 [3]  leaf
                  c1                             F64 [3]  constant: 1 2 0.5
                  %1 = mul(p1, 2)                F64 [3]
                  %2 = leakyRelu(%1, slope=0.1)  F64 [3]
                  %3 = add(c1, %2)               F64 [3]
                  %4 = mul(%2, %3)               F64 [3]
                  %5 = sumTo(%4, to=[])          F64 []""", text(shared.mul(W.add(shared)).sum()));
    }

    @Test
    void saysThatAConstantRemembersNothing() {
        assertEquals("""
                a constant, which remembers nothing: only what is computed from x.track() does
                  c1  F64 [3]  constant: 2 4 1""", text(W.mul(2)));
        assertEquals("""
                a constant, which remembers nothing: only what is computed from x.track() does
                  2.5  F32 []  constant: 2.5""", text(Tensor.scalar(2.5f)));
    }

    @Test
    void countsWhatLiesTooFarBack() {
        Tensor x = W.track();
        for (int i = 0; i < 10; i++) {
            x = x.tanh();
        }

        assertEquals("""
                how this F64 [3] was computed
                  %1 = tanh(...)  F64 [3]  not shown: 8 operations up to here
                  %2 = tanh(%1)   F64 [3]
                  %3 = tanh(%2)   F64 [3]""", Transcript.of(x, 2).toString());
    }

    @Test
    void aHistoryDeeperThanTheStackIsNoTrouble() {
        Tensor x = W.track();
        for (int i = 0; i < 50_000; i++) {
            x = x.neg();
        }

        List<String> lines = text(x).lines().toList();

        assertEquals(14, lines.size(), "a title, twelve operations and what came before them");
        assertEquals("  %1 = neg(...)   F64 [3]  not shown: 49988 operations up to here", lines.get(1));
    }

    @Test
    void numbersConditionsAndUniformConstantsAreReadable() {
        Tensor x = W.track();
        Tensor y = x.gt(0.75).where(x, Tensor.full(DType.F64, 1e-7, 3)).mul(1.0 / 3);

        assertEquals("""
                how this F64 [3] was computed
                  c1                      BOOL [3]  constant: true true false
                  p1                      F64 [3]   leaf
                  c2                      F64 [3]   constant: 1e-07 everywhere
                  %1 = where(c1, p1, c2)  F64 [3]
                  %2 = mul(%1, 0.333333)  F64 [3]""", text(y));
    }

    @Test
    void aSegmentAndAFrozenWeightAreNamedNotPrinted() {
        Tensor x = Rng.of(1).normal(2, 3).track();
        Tensor frozen = x.frozenLinear(Rng.of(2).normal(4, 3));
        Tensor segment = Dispatch.apply(new Op.Recompute(in -> in.get(0).exp()), frozen);

        assertTrue(text(segment).contains("%1 = frozenLinear(p1, weight=F32 [4, 3], transposed=false)"), text(segment));
        assertTrue(text(segment).contains("%2 = recompute(%1) "), text(segment));
    }

    @Test
    void drawsTheSameGraph() {
        Tensor x = W.track();

        assertEquals("""
                digraph computation {
                  rankdir=BT;
                  node [fontname="monospace"];
                  subgraph cluster_0 {
                    label="how this F64 [3] was computed";
                    "p1" [label="p1\\nF64 [3]", shape=ellipse];
                    "c1" [label="c1\\nF64 [3]", shape=note];
                    "%1" [label="%1 = mul(p1, c1)\\nF64 [3]", shape=box];
                    "%2" [label="%2 = mul(%1, 2)\\nF64 [3]", shape=box];
                  }
                  "p1" -> "%1";
                  "c1" -> "%1";
                  "%1" -> "%2";
                }""", x.mul(W).mul(2).explain().dot());
    }

    private static String text(Tensor x) {
        return x.explain().toString();
    }
}
