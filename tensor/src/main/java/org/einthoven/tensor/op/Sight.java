package org.einthoven.tensor.op;

import org.einthoven.tensor.TensorException;

/**
 * Which keys a query of {@link Op.Attention} sees: those from {@code back} places before its own to {@code ahead} places
 * after it. Of T queries and S keys the last stand at the same place, so queries may follow on keys that were kept.
 */
public record Sight(int back, int ahead) {
    /** Every key; the places do not matter. */
    public static final Sight ALL = new Sight(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** No key after its own. */
    public static final Sight CAUSAL = new Sight(Integer.MAX_VALUE, 0);

    public Sight {
        if (back < 0 || ahead < 0) {
            throw new TensorException("attention: a query sees its own place, and " + back + " back, " + ahead
                    + " ahead leave that out; both must be 0 or more");
        }
    }

    /** The {@code reach} latest keys, its own among them: a sliding window (Beltagy et al., arXiv 2004.05150). */
    public static Sight latest(int reach) {
        return new Sight(reach - 1, 0);
    }

    /** The first key that query {@code query} of {@code queries} sees. */
    public int first(int query, int queries, int keys) {
        return (int) Math.clamp((long) keys - queries + query - back, 0, keys);
    }

    /** One more than the last key that it sees. */
    public int end(int query, int queries, int keys) {
        return (int) Math.clamp((long) keys - queries + query + ahead + 1, 0, keys);
    }

    /** Whether every query sees every key. */
    public boolean isAll(int queries, int keys) {
        return queries == 0 || first(queries - 1, queries, keys) == 0 && end(0, queries, keys) == keys;
    }
}
