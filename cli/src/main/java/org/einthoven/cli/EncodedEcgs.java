package org.einthoven.cli;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.data.EcgLibrary;
import org.einthoven.meta.VectorPool;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.tensor.Tensor;

/**
 * The vectors of all ECGs of a run, each encoded once.
 *
 * @param digest of all of them: equal digests, equal numbers
 */
record EncodedEcgs(VectorPool pool, String digest) {

    static EncodedEcgs of(
            EcgLibrary library,
            Set<Integer> ids,
            IntFunction<Tensor> signals,
            LoadedEncoder encoder,
            Mapper mapper,
            FeatureCache cache) {
        String with = new Digest()
                .add(encoder.frozen())
                .add(encoder.encoder().config().toString())
                .add(mapper.readsSteps() ? "steps" : "pooled")
                .hex();
        Map<Integer, Tensor> vectors = new TreeMap<>();
        Map<Integer, String> patients = new TreeMap<>();
        Digest all = new Digest();
        int cached = 0;
        try (ProgressBar bar = Progress.bar("ECGs", ids.size())) {
            for (int id : new TreeSet<>(ids)) {
                Tensor signal = signals.apply(id); // [crops, 12, 2500]
                String key = new Digest().add(with).add(signal).hex();
                Optional<Tensor> known = cache.get(key);
                Tensor vector =
                        known.orElseGet(() -> vector(encoder, mapper, signal).reshape(-1)); // [D] or [N D]
                if (known.isEmpty()) {
                    cache.put(key, vector);
                } else {
                    cached++;
                }
                all.add(String.valueOf(id)).add(vector);
                vectors.put(id, mapper.readsSteps() ? vector.reshape(-1, encoder.width()) : vector);
                patients.put(id, library.patient(id));
                bar.step();
            }
        }
        if (cached > 0) {
            Progress.say(cached + " of " + ids.size() + " ECG vectors came from the run's own cache");
        }
        return new EncodedEcgs(new VectorPool(vectors, patients), all.hex());
    }

    /** Of one ECG of crops [C, 12, T]: [D], or [N, D] where the mapper reads all time steps. */
    static Tensor vector(LoadedEncoder encoder, Mapper mapper, Tensor crops) {
        return encoder.vectors(crops, mapper).squeeze(0);
    }
}
