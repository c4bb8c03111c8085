package org.einthoven.data.episodes;

import java.util.List;

/** A sampler of strict tasks, with what a plan says of it. */
sealed interface StrictSampler extends EpisodeSampler permits TableSampler, TakingTurns {
    /** Whether tasks can be built, found out by building some. */
    boolean feasible();

    /** Pairs of ECG and question that were left out, since the answers contradict each other. */
    int contradictions();

    /** What cannot be asked, since there is too little of it, one line each. */
    List<String> unusable();

    /** All that is there, in one line. */
    String described();
}
