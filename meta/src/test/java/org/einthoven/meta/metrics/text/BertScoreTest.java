package org.einthoven.meta.metrics.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.einthoven.meta.metrics.text.BertScore.Seen;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** By hand; against values computed elsewhere from a real model in {@code tests/suite}. */
class BertScoreTest {
    private static final int CLS = 101;
    private static final int SEP = 102;
    private static final IntToDoubleFunction EVEN = id -> id == CLS || id == SEP ? 0 : 1;

    /** In the plane, so that cosines can be read off. */
    private static Seen seen(int[] ids, double[]... states) {
        return new Seen(ids, states);
    }

    private static final double[] EAST = {2, 0};
    private static final double[] NORTH = {0, 3};
    private static final double[] NORTH_EAST = {1, 1};
    private static final double[] WEST = {-1, 0};

    @Test
    void eachTokenTakesItsBestMatch() {
        Seen reference = seen(new int[] {7, 8}, EAST, NORTH);
        Seen prediction = seen(new int[] {9}, NORTH_EAST);
        double c = Math.sqrt(0.5);
        BertScore s = BertScore.of(reference, prediction, EVEN);
        assertEquals(c, s.precision(), 1e-15);
        assertEquals(c, s.recall(), 1e-15);
        BertScore t = BertScore.of(reference, seen(new int[] {7}, EAST), EVEN);
        assertEquals(1, t.precision(), 1e-15);
        assertEquals(0.5, t.recall(), 1e-15); // east finds itself, north finds nothing like it
        assertEquals(2 / 3.0, t.f1(), 1e-15);
    }

    @Test
    void marksWeighNothingButMayBeMatched() {
        Seen reference = seen(new int[] {CLS, 7, SEP}, NORTH, WEST, EAST);
        Seen prediction = seen(new int[] {CLS, 8, SEP}, NORTH, EAST, NORTH);
        BertScore s = BertScore.of(reference, prediction, EVEN);
        assertEquals(1, s.precision(), 1e-15, "east is what the reference's closing mark is");
        assertEquals(0, s.recall(), 1e-15, "west is nearest to the north of the marks");
    }

    @Test
    void rareTokensWeighMore() {
        Seen reference = seen(new int[] {7, 8}, EAST, NORTH);
        BertScore s = BertScore.of(reference, seen(new int[] {7}, EAST), id -> id == 7 ? 1 : 3);
        assertEquals(0.25, s.recall(), 1e-15);
    }

    @Test
    void anEmptyTextScoresNothing() {
        Seen empty = seen(new int[] {CLS, SEP}, NORTH, EAST);
        assertEquals(BertScore.NONE, BertScore.of(seen(new int[] {CLS, 7, SEP}, NORTH, EAST, EAST), empty, EVEN));
        assertEquals(BertScore.NONE, BertScore.of(empty, empty, EVEN));
    }

    @Test
    void rescalingPutsTheBaselineAtZeroAndLeavesOne() {
        BertScore s = new BertScore(0.9, 1, 0.8).rescaled(new BertScore(0.8, 0.5, 0.8));
        assertEquals(0.5, s.precision(), 1e-12);
        assertEquals(1, s.recall(), 1e-12);
        assertEquals(0, s.f1(), 1e-12);
    }

    @RepeatedTest(20)
    void swappingTheTextsSwapsPrecisionAndRecall(RepetitionInfo info) {
        int seed = info.getCurrentRepetition();
        Random random = new Random(seed);
        Seen a = drawn(random, 1 + random.nextInt(5));
        Seen b = drawn(random, 1 + random.nextInt(5));
        BertScore ab = BertScore.of(a, b, EVEN);
        BertScore ba = BertScore.of(b, a, EVEN);
        String seeds = "new Random(" + seed + ")";
        assertEquals(ab.precision(), ba.recall(), 1e-12, seeds);
        assertEquals(ab.f1(), ba.f1(), 1e-12, seeds);
        assertEquals(1, BertScore.of(a, a, EVEN).f1(), 1e-12, seeds);
    }

    private static Seen drawn(Random random, int tokens) {
        int[] ids = random.ints(tokens, 0, 100).toArray();
        double[][] states = new double[tokens][];
        java.util.Arrays.setAll(states, i -> random.doubles(4, -1, 1).toArray());
        return new Seen(ids, states);
    }
}
