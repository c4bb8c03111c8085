package org.einthoven.meta.baseline;

import java.util.List;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Prediction;

/** Always the more frequent answer of the support set; undecided when both are equally frequent. Looks at nothing else. */
public record Majority() implements Baseline {
    @Override
    public String name() {
        return "majority";
    }

    @Override
    public List<Prediction> predict(EncodedEpisode episode) {
        double yes =
                episode.support().stream().filter(EncodedEpisode.Item::isYes).count()
                        / (double) episode.support().size();
        return episode.query().stream()
                .map(q -> q.predicted(episode.name(), yes))
                .toList();
    }
}
