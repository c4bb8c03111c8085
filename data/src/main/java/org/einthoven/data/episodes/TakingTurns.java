package org.einthoven.data.episodes;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.einthoven.tensor.Rng;

/** Tasks of several kinds in turn: what {@code --question_type all} comes to. Each task is of one kind. */
record TakingTurns(List<? extends StrictSampler> samplers) implements StrictSampler {
    @Override
    public Episode sample(Rng rng, long index) {
        return samplers.get((int) (index % samplers.size())).sample(rng, index);
    }

    @Override
    public boolean feasible() {
        return samplers.stream().allMatch(StrictSampler::feasible);
    }

    @Override
    public EpisodeShape shape() {
        return samplers.get(0).shape();
    }

    @Override
    public SortedMap<String, String> concepts() {
        SortedMap<String, String> all = new TreeMap<>();
        samplers.forEach(s -> all.putAll(s.concepts()));
        return all;
    }

    @Override
    public Set<Integer> ecgs() {
        return union(EpisodeSampler::ecgs);
    }

    @Override
    public Set<String> patients() {
        return union(EpisodeSampler::patients);
    }

    private <T extends Comparable<T>> Set<T> union(Function<EpisodeSampler, Set<T>> of) {
        Set<T> all = new TreeSet<>();
        samplers.forEach(s -> all.addAll(of.apply(s)));
        return all;
    }

    @Override
    public int contradictions() {
        return samplers.stream().mapToInt(StrictSampler::contradictions).sum();
    }

    @Override
    public List<String> unusable() {
        return samplers.stream().flatMap(s -> s.unusable().stream()).toList();
    }

    @Override
    public String described() {
        return samplers.stream().map(StrictSampler::described).collect(Collectors.joining("; "));
    }
}
