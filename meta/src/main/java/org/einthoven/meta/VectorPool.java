package org.einthoven.meta;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * The vectors of many ECGs, as a rule computed once by the frozen encoder.
 *
 * <p>Each is F32 [W], or [N, W] for all its time steps, finite; the patient is kept with it.
 */
public final class VectorPool {
    private record Entry(int ecg, String patient) {}

    private final SortedMap<Integer, Entry> byEcg = new TreeMap<>();
    private final List<Entry> all;
    private final IntFunction<Tensor> vectors;

    /**
     * @param vectors by ECG
     * @param patients by ECG
     * @throws FormatException for a vector that is not finite
     */
    public VectorPool(Map<Integer, Tensor> vectors, Map<Integer, String> patients) {
        vectors.forEach((ecg, v) -> {
            if (!Finite.all(v)) {
                throw new FormatException(
                        "ECG " + ecg,
                        FormatException.WHOLE_FILE,
                        "vector",
                        "the encoder gave a number that is not finite; the signal or the encoder is damaged, leave this ECG out");
            }
            byEcg.put(ecg, new Entry(ecg, patients.getOrDefault(ecg, "ECG " + ecg)));
        });
        this.all = List.copyOf(byEcg.values());
        Map<Integer, Tensor> known = new TreeMap<>(vectors);
        this.vectors = known::get;
    }

    private VectorPool(SortedMap<Integer, Entry> byEcg, IntFunction<Tensor> vectors) {
        this.byEcg.putAll(byEcg);
        this.all = List.copyOf(byEcg.values());
        this.vectors = vectors;
    }

    /** The same ECGs of the same patients, each vector asked for when it is needed. */
    public VectorPool through(IntFunction<Tensor> others) {
        return new VectorPool(byEcg, others);
    }

    /** @throws FormatException when the ECG was not encoded */
    public Tensor of(int ecg) {
        Entry e = byEcg.get(ecg);
        if (e == null) {
            throw new FormatException(
                    "ECG " + ecg,
                    FormatException.WHOLE_FILE,
                    "vector",
                    "was not encoded; is its record in --ecg_path?");
        }
        return vectors.apply(ecg);
    }

    /**
     * Of the ECGs that a question is about: as {@link #of(int)} for one, [M, N, W] for M that are compared.
     *
     * @throws FormatException when one of them was not encoded
     */
    public Tensor of(List<Integer> ecgs) {
        return ecgs.size() == 1 ? of(ecgs.getFirst()) : together(ecgs.stream().map(this::of));
    }

    /** ECGs that are compared: [M, N, W]; one that is a single vector has one step. */
    static Tensor together(Stream<Tensor> ecgs) {
        return Tensor.stack(0, ecgs.map(v -> v.rank() == 1 ? v.unsqueeze(0) : v).toArray(Tensor[]::new));
    }

    /** As {@link #of(int)}, as one vector [W]: the mean over time where there are steps. */
    public Tensor pooled(int ecg) {
        Tensor v = of(ecg);
        return v.rank() == 1 ? v : v.mean(false, 0);
    }

    public int size() {
        return all.size();
    }

    /** The part of it that holds these ECGs, so that controls draw strangers from one side of a split only. */
    public VectorPool only(Set<Integer> ecgs) {
        SortedMap<Integer, Entry> some = new TreeMap<>(byEcg);
        some.keySet().retainAll(ecgs);
        return new VectorPool(some, vectors);
    }

    /** An ECG of anyone but this patient. */
    Tensor stranger(String patient, Rng rng) {
        RandomGenerator random = rng.stream();
        for (int attempt = 0; attempt < 100; attempt++) {
            Entry e = all.get(random.nextInt(all.size()));
            if (!e.patient.equals(patient)) {
                return vectors.apply(e.ecg);
            }
        }
        return all.stream()
                .filter(e -> !e.patient.equals(patient))
                .findFirst()
                .map(e -> vectors.apply(e.ecg))
                .orElseThrow(() -> new IllegalStateException("all ECGs are of patient " + patient
                        + ": there is no other to take for the ECG-blind control"));
    }
}
