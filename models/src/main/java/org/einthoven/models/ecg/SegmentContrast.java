package org.einthoven.models.ecg;

import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Two of the self-supervised objectives behind the encoder: CMSC, which makes two adjacent segments of one record alike and
 * different from all others (Kiyasseh et al., CLOCS, arXiv 2005.13249), under RLM, which silences leads at random
 * (Oh et al., arXiv 2203.06889). No label of any kind takes part.
 *
 * @param encoder what is trained
 * @param temperature of the similarities, 0.1 in the paper
 * @param silence probability that a lead of a segment is set to zero, 0.5 in the paper
 */
public record SegmentContrast(EcgEncoder encoder, double temperature, double silence) {
    /** The paper's constants. */
    public static SegmentContrast of(EcgEncoder encoder) {
        return new SegmentContrast(encoder, 0.1, 0.5);
    }

    /**
     * Symmetric cross entropy of the similarities of n records' first and second segments.
     *
     * @param first [n, C, T] in mV
     * @param second [n, C, T] in mV, the segments that follow
     */
    public Tensor loss(Params p, Tensor first, Tensor second, Rng rng) {
        Tensor a = direction(p, silenced(first, rng.split("first"))); // [n, D]
        Tensor b = direction(p, silenced(second, rng.split("second"))); // [n, D]
        Tensor similarity = a.matmul(b.t()).mul(1 / temperature); // [n, n]
        Tensor own = Tensor.arange(first.dim(0)); // [n]
        Tensor there = Losses.crossEntropy(similarity, own, Losses.IGNORE);
        Tensor back = Losses.crossEntropy(similarity.t(), own, Losses.IGNORE);
        return there.add(back).mul(0.5);
    }

    /** Mean over time, of length 1. */
    private Tensor direction(Params p, Tensor signal) { // [n, C, T] -> [n, D]
        Tensor mean = encoder.encode(p, signal).mean();
        return mean.div(mean.square().sum(true, -1).add(1e-12).sqrt());
    }

    private Tensor silenced(Tensor signal, Rng rng) {
        Tensor u = rng.uniform(signal.dim(0), signal.dim(1), 1);
        return u.gt(silence).where(signal, Tensor.zeros(signal.dtype()));
    }
}
