package org.einthoven.models.llm;

import java.util.Arrays;
import java.util.Optional;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Sight;

/**
 * The places of B sequences of T tokens at which a model's result is wanted, M in each. The last block then computes keys and
 * values for all tokens, and all else for the B M places: the same bits, forward and backward, for a fraction of the work.
 *
 * @param places I32 [B M], each b T + t, rising
 */
record Asked(Tensor places, int each, int time) {
    /** Fewer rows are multiplied by kernels for single tokens, which add in another order. */
    private static final int FEWEST = 4;

    /** Empty where sequences are asked differently often, where places do not rise, and where they are few. */
    static Optional<Asked> of(Tensor places, int sequences, int time) {
        int[] at = places.toInts();
        if (at.length < FEWEST || sequences == 0 || at.length % sequences != 0) {
            return Optional.empty();
        }
        int each = at.length / sequences;
        for (int i = 0; i < at.length; i++) {
            if (at[i] / time != i / each || i > 0 && at[i] <= at[i - 1]) {
                return Optional.empty();
            }
        }
        return Optional.of(new Asked(places, each, time));
    }

    /** The rows of [B, T, D] at the places, [B M, D]. */
    Tensor rows(Tensor x) {
        return x.reshape(-1, x.dim(2)).embedding(places); // rows of a table are what embedding picks
    }

    /** The angles at the places, [B M, R/2]. */
    Rope.Angles angles(Rope.Angles all) {
        Tensor t = Tensor.of(Arrays.stream(places.toInts()).map(p -> p % time).toArray(), places.dim(0));
        return new Rope.Angles(all.cos().embedding(t), all.sin().embedding(t));
    }

    /** BOOL [B, 1, M, T]: which tokens each place does not see. */
    Tensor hidden(Sight sight) {
        int[] at = places.toInts();
        boolean[] hidden = new boolean[at.length * time];
        for (int i = 0; i < at.length; i++) {
            int t = at[i] % time;
            Arrays.fill(hidden, i * time, i * time + sight.first(t, time, time), true);
            Arrays.fill(hidden, i * time + sight.end(t, time, time), (i + 1) * time, true);
        }
        return Tensor.of(hidden, at.length / each, 1, each, time);
    }
}
