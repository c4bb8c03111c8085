package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.BOTH;
import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.NONE;
import static org.einthoven.data.episodes.TaskKind.SECOND;

import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * As many ECGs as ways, each asked under four of them: each ECG has each outcome once, and each way is asked once with each
 * outcome. The ECGs are the columns of a Latin rectangle of four rows. It is an exact cover of the (way, outcome) places,
 * looked for depth first with the ways in random order (Knuth 2000, "Dancing links", algorithm X); of the ECGs that fit a column one
 * is drawn, and not gone back over.
 */
final class CrossedRound {
    /** The rarest first, so that dead ends show early. */
    static final List<String> OUTCOMES = List.of(BOTH, FIRST, SECOND, NONE);

    /** Bounds the search of one round: a task without one is drawn anew. */
    private static final int TRIES = 2000;

    private final List<OfferedPair> ways;
    private final IntFunction<BitSet> ofSamePatient;
    private final RandomGenerator random;
    private final int[] order;
    private final int[] ecgs;
    private final int[][] wayOf;
    private final boolean[][] taken;
    private BitSet free;
    private int tries;

    /**
     * @param free the ECGs that may be taken
     * @param ofSamePatient all ECGs of the patients whom an ECG belongs to: none of these is taken beside it
     */
    CrossedRound(List<OfferedPair> ways, BitSet free, IntFunction<BitSet> ofSamePatient, RandomGenerator random) {
        this.ways = ways;
        this.free = free;
        this.ofSamePatient = ofSamePatient;
        this.random = random;
        this.order = Draw.permutation(ways.size(), random);
        this.ecgs = new int[ways.size()];
        this.wayOf = new int[ways.size()][OUTCOMES.size()];
        this.taken = new boolean[OUTCOMES.size()][ways.size()];
    }

    /** Whether there is such a round, and it was found in so many tries. */
    boolean find() {
        return place(0, 0, free);
    }

    /** The ECGs that are left, when it was found. */
    BitSet free() {
        return free;
    }

    /** The ECG number {@code column}. */
    int ecg(int column) {
        return ecgs[column];
    }

    /** The way that ECG number {@code column} is asked under with outcome number {@code row}. */
    int way(int column, int row) {
        return wayOf[column][row];
    }

    /** The place of outcome number {@code row} of the ECG number {@code column}, which is one of {@code pool}, and all behind it. */
    private boolean place(int column, int row, BitSet pool) {
        if (column == ways.size()) {
            return true;
        }
        if (row == OUTCOMES.size()) {
            return take(column, Draw.one(pool, random));
        }
        for (int way : row == 0 ? new int[] {order[column]} : Draw.permutation(ways.size(), random)) {
            if (taken[row][way] || isAskedAlready(column, row, way)) {
                continue;
            }
            if (++tries > TRIES) {
                return false;
            }
            BitSet fitting = (BitSet) pool.clone();
            fitting.and(ways.get(way).ecgs(OUTCOMES.get(row)));
            if (fitting.isEmpty()) {
                continue;
            }
            wayOf[column][row] = way;
            taken[row][way] = true;
            if (place(column, row + 1, fitting)) {
                return true;
            }
            taken[row][way] = false;
        }
        return false;
    }

    private boolean take(int column, int ecg) {
        BitSet before = free;
        ecgs[column] = ecg;
        free = (BitSet) free.clone();
        free.andNot(ofSamePatient.apply(ecg));
        if (place(column + 1, 0, free)) {
            return true;
        }
        free = before;
        return false;
    }

    /** Asked under the way with another outcome, or answered in the same words under another way. */
    private boolean isAskedAlready(int column, int row, int way) {
        String answer = ways.get(way).answer(OUTCOMES.get(row));
        for (int r = 0; r < row; r++) {
            int other = wayOf[column][r];
            if (other == way || ways.get(other).answer(OUTCOMES.get(r)).equals(answer)) {
                return true;
            }
        }
        return false;
    }
}
