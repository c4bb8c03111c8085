package org.einthoven.data.episodes;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.einthoven.tensor.Rng;

/** Draws tasks. Episode {@code index} depends on the key and the index only, so a resumed run sees the same tasks. */
public interface EpisodeSampler {
    /** Task number {@code index} under {@code rng}. */
    Episode sample(Rng rng, long index);

    /** The tasks of outer step {@code step}, {@code tasks} at a time. */
    default List<Episode> batch(Rng rng, long step, int tasks) {
        return LongStream.range(step * tasks, (step + 1) * tasks)
                .mapToObj(index -> sample(rng, index))
                .toList();
    }

    /** The size of every task. */
    EpisodeShape shape();

    /** What can be asked for, and the concept each belongs to. */
    SortedMap<String, String> concepts();

    /** The ECGs that can be drawn. */
    Set<Integer> ecgs();

    /** The patients they come from. */
    Set<String> patients();
}
