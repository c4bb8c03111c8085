package org.einthoven.meta.baseline;

import java.util.Arrays;
import java.util.List;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Pick;

/** Always the more frequent answer of the support set; undecided when both are equally frequent. Looks at nothing else. */
public record Majority() implements Baseline {
    @Override
    public String name() {
        return "majority";
    }

    @Override
    public List<Pick> pick(EncodedEpisode episode) {
        return episode.query().stream()
                .map(q -> q.picked(episode.name(), shares(episode, q)))
                .toList();
    }

    /** How often each option of {@code q} is the answer, among the support items with the same options. */
    private static List<Double> shares(EncodedEpisode episode, EncodedEpisode.Item q) {
        List<String> options = q.optionTexts();
        int[] counts = new int[options.size()];
        int all = 0;
        for (EncodedEpisode.Item s : episode.support()) {
            if (s.optionTexts().equals(options)) {
                counts[s.gold()]++;
                all++;
            }
        }
        int n = all;
        return Arrays.stream(counts)
                .mapToObj(c -> n == 0 ? 1.0 / options.size() : (double) c / n)
                .toList();
    }
}
