package org.einthoven.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a work should reach.
 *
 * @param peer held against
 * @param ratio the peer's time by ours, at least
 */
record Goal(String peer, double ratio) {
    /** Ours is to be this many times faster than ND4J everywhere. */
    private static final double ND4J = 2;

    static List<Goal> of(Work work) {
        List<Goal> goals = new ArrayList<>();
        switch (work) {
            case Work.Sgemm w
            when w.frozen() -> {
                goals.add(new Goal("openBlas", w.m() == 150 && w.k() == 768 ? 0.85 : 0.95));
                goals.add(new Goal("libtorch", w.m() == 150 && w.k() == 768 ? 0.85 : 0.90));
            }
            case Work.Sgemm w -> goals.add(new Goal("openBlas", 0.90));
            case Work.Dgemm w -> goals.add(new Goal("openBlas", 0.90));
            case Work.Rows w ->
                goals.add(new Goal(
                        "libtorch",
                        switch (w.function()) {
                            case EXP, LAYER_NORM -> 1;
                            case GELU, SOFTMAX -> 0.9;
                        }));
            case Work.Stored w -> {} // No peer reads these types; the floor says how far it is.
            case Work.Attention w -> goals.add(new Goal("libtorch", 0.9));
            case Work.ConvStack w -> goals.add(new Goal("libtorch", 1));
            case Work.PositionalConv w -> goals.add(new Goal("libtorch", 1));
            case Work.Encoder w -> {
                if (w.batch() == 8) {
                    goals.add(new Goal("libtorch", w.backward() ? 0.85 : 0.95));
                }
            }
            case Work.MetaStep w -> {
                if (w.steps() > 0) {
                    goals.add(new Goal("libtorch", 1));
                }
            }
        }
        if (!(work instanceof Work.MetaStep) && !(work instanceof Work.Stored)) {
            goals.add(new Goal("nd4j", ND4J));
        }
        return goals;
    }

    /** Whether a measured ratio reaches it, in words. */
    String verdict(OptionalDouble measured) {
        String wanted = "%s %.2f".formatted(peer, ratio);
        if (measured.isEmpty()) {
            return wanted + " not measured";
        }
        return wanted + (measured.getAsDouble() >= ratio ? " reached" : " **short**");
    }
}
