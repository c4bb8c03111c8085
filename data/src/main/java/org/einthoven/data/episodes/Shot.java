package org.einthoven.data.episodes;

import java.util.List;
import org.einthoven.data.qa.QaItem;

/**
 * One question with its answer inside an episode.
 *
 * @param way index of its class or attribute among the episode's ways
 * @param attribute what is asked for
 * @param concept the group the attribute belongs to; intervals resample these
 * @param patient whose ECG it is; intervals resample these too
 * @param options the answers that come into question, the item's own among them; empty where they are not known
 */
public record Shot(QaItem item, int way, String attribute, String concept, String patient, List<String> options) {
    public Shot {
        options = List.copyOf(options);
    }

    /** The same with the answers in another order. */
    Shot withOptions(List<String> inOrder) {
        return new Shot(item, way, attribute, concept, patient, inOrder);
    }
}
