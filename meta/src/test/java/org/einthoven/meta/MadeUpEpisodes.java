package org.einthoven.meta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Crossed yes-no tasks over made-up vectors: attribute a stands in feature a with the given strength, all else is noise.
 * Every ECG is asked about two attributes, one of which it has.
 */
public record MadeUpEpisodes(int width, double strength, Rng rng) {
    private static final int[] YES = {5};
    private static final int[] NO = {6};

    /** Attributes 0 .. ways - 1, {@code shots} support and query items for each attribute and answer. */
    public EncodedEpisode episode(long index, int ways, int shots) {
        RandomGenerator random = rng.split(index).stream();
        return new EncodedEpisode(
                "episode " + index, items(index, "s", ways, shots, random), items(index, "q", ways, shots, random));
    }

    private List<EncodedEpisode.Item> items(long index, String side, int ways, int shots, RandomGenerator random) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int round = 0; round < shots; round++) {
            for (int has = 0; has < ways; has++) {
                int lacks = (has + 1 + round % (ways - 1)) % ways;
                float[] v = new float[width];
                for (int j = 0; j < width; j++) {
                    v[j] = (float) (random.nextGaussian() + (j == has ? strength : j < ways ? -strength : 0));
                }
                String ecg = index + side + round + "-" + has;
                items.add(item(has, ecg, Tensor.of(v, width), true));
                items.add(item(lacks, ecg, Tensor.of(v, width), false));
            }
        }
        return items;
    }

    private static EncodedEpisode.Item item(int attribute, String ecg, Tensor vector, boolean yes) {
        return new EncodedEpisode.Item(
                "attribute " + attribute,
                "concept " + attribute,
                "patient of " + ecg,
                ecg,
                vector,
                new int[] {10 + attribute},
                yes ? YES : NO,
                yes ? "yes" : "no");
    }

    /** Noise of other people. */
    public static VectorPool pool(int width, int n) {
        Map<Integer, Tensor> vectors = new HashMap<>();
        Map<Integer, String> patients = new HashMap<>();
        for (int i = 0; i < n; i++) {
            vectors.put(i, Rng.of(i).normal(width));
            patients.put(i, "stranger " + i);
        }
        return new VectorPool(vectors, patients);
    }
}
