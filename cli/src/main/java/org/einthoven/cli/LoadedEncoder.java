package org.einthoven.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.ecg.Encoding;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workspace;

/**
 * An encoder ready to use, by one thread at a time.
 *
 * @param name what messages call it: its file, or how it came about
 * @param params its parameters, as they would learn
 * @param frozen the same as {@link EcgEncoder#frozen} makes them
 * @param memory in which it computes: from the second ECG of a size on it allocates nothing but its result
 * @param warnings what a reader of its results should know
 */
record LoadedEncoder(
        String name, EcgEncoder encoder, Params params, Params frozen, Workspace memory, List<String> warnings) {

    static LoadedEncoder read(Path file) {
        EcgCheckpoint checkpoint = EcgCheckpoint.load(file);
        return new LoadedEncoder(
                file.toString(),
                checkpoint.encoder(),
                checkpoint.params(),
                checkpoint.frozen(),
                new Workspace(),
                List.of());
    }

    /** With weights that it has learnt since. */
    LoadedEncoder with(Params learnt) {
        return new LoadedEncoder(name, encoder, learnt, EcgEncoder.frozen(learnt), memory, warnings);
    }

    /** Full size, with weights that nothing has trained. */
    static LoadedEncoder drawn(long seed) {
        EcgEncoder encoder = new EcgEncoder(EcgEncoderConfig.base());
        Params params = encoder.init(Rng.of(seed).split("encoder"));
        return new LoadedEncoder(
                "encoder drawn from seed " + seed,
                encoder,
                params,
                EcgEncoder.frozen(params),
                new Workspace(),
                List.of("the encoder is untrained: full-size weights drawn from --seed " + seed
                        + "; give trained ones with --encoder"));
    }

    /** Width D of its vectors. */
    int width() {
        return encoder.config().width();
    }

    /** ECGs [B, 12, T] in mV. */
    Encoding encode(Tensor signal) {
        Tensor hidden = computed(signal, Encoding::hidden);
        return new Encoding(hidden, null);
    }

    private Tensor computed(Tensor signal, Function<Encoding, Tensor> wanted) {
        try {
            return memory.compute(() -> wanted.apply(encoder.encode(frozen, signal)));
        } catch (ShapeException e) {
            throw new Failure.BadInput(Path.of(name), e);
        }
    }

    /** What a mapper reads of one ECG of crops [C, 12, T]: their mean [1, D], or each of their N steps [1, C N, D]. */
    Tensor vectors(Tensor crops, Mapper mapper) {
        Tensor v = computed(
                crops,
                encoding -> mapper.readsSteps()
                        ? encoding.hidden().reshape(1, -1, width())
                        : encoding.pooled().mean(true, 0));
        for (double x : v.toDoubles()) {
            if (!Double.isFinite(x)) {
                throw new TensorException(name + " makes a vector that is not finite; are its weights damaged?");
            }
        }
        return v;
    }
}
