package org.einthoven.cli.demo;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Schedule;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.data.synthetic.SyntheticEcg;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.ecg.SegmentContrast;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.Workspace;

/** Pre-trains the demo's encoder, a small one of the real architecture, on synthetic ECGs without any label. */
final class EncoderMaker {
    /** Records a step: patients come in pairs of recordings, so that who it is does not give away which record it is. */
    private static final int BATCH = 32;

    private static final double RATE = 1e-3;
    private static final int SEGMENT = 2500;
    private static final int CALIBRATION = 512;

    private EncoderMaker() {}

    /** Two layers of width 96 on four halving convolutions of 64 channels. */
    static EcgEncoderConfig config() {
        EcgEncoderConfig.Conv halving = new EcgEncoderConfig.Conv(64, 2, 2);
        return new EcgEncoderConfig(
                12, List.of(halving, halving, halving, halving), false, 96, 2, 4, 192, 32, 4, false, 1);
    }

    static Params train(EcgEncoder encoder, Rng rng, int steps, Consumer<String> log) {
        // No lead is silenced: what a few leads show, such as the axis, is to stay in the vector.
        SegmentContrast objective = new SegmentContrast(encoder, 0.1, 0);
        SyntheticCohort cohort = new SyntheticCohort(
                new SyntheticEcg(500, 10, Difficulty.STANDARD),
                Math.multiplyExact(steps, BATCH),
                2,
                Set.of(),
                rng.split("cohort"));
        Params theta = encoder.init(rng.split("weights"));
        OptimiserState state = OptimiserState.start();
        Schedule schedule = Schedule.cosine(30, steps, 0.05);
        double mean = Math.log(BATCH);
        for (int step = 0; step < steps; step++) {
            Rng r = rng.split("step").split(step);
            Tensor ten = records(cohort, step * BATCH, BATCH); // [n, 12, 5000]
            Tensor first = ten.slice(2, 0, SEGMENT);
            Tensor second = ten.slice(2, SEGMENT, 2 * SEGMENT);
            Graded g = Grad.valueAndGrad(p -> objective.loss(p, first, second, r), theta, GradMode.CONSTANT);
            Optimiser.Stepped s = AdamW.of(RATE * schedule.at(step))
                    .step(theta, ClipNorm.of(1).apply(g.grads()).gradient(), state);
            theta = s.theta();
            state = s.state();
            mean += 0.05 * (g.value().item() - mean);
            if (step % 20 == 19 || step + 1 == steps) {
                log.accept("encoder step %d of %d: contrastive loss %.3f".formatted(step + 1, steps, mean));
            }
        }
        return standardised(encoder, theta, cohort);
    }

    /**
     * The same encoder with its last norm rescaled, so that each component of the pooled vector has mean 0 and deviation 1 over
     * recordings of the pre-training cohort. Mappers then begin with inputs of the size that their initialisation expects.
     */
    private static Params standardised(EcgEncoder encoder, Params theta, SyntheticCohort cohort) {
        int n = Math.min(CALIBRATION, cohort.ecgs());
        Workspace memory = new Workspace();
        Tensor pooled = Tensor.cat(
                0,
                IntStream.range(0, n / BATCH)
                        .mapToObj(i -> records(cohort, i * BATCH, BATCH).slice(2, 0, SEGMENT))
                        .map(signals -> memory.compute(() -> encoder.apply(theta, signals)))
                        .toArray(Tensor[]::new)); // [n, D]
        Tensor mean = pooled.mean(false, 0);
        Tensor deviation = pooled.sub(mean).square().mean(false, 0).sqrt();
        String norm = "encoder.layers." + (encoder.config().layers() - 1) + ".final_layer_norm";
        return theta.with(norm + ".weight", theta.get(norm + ".weight").div(deviation))
                .with(norm + ".bias", theta.get(norm + ".bias").sub(mean).div(deviation));
    }

    /** Recordings {@code from} to {@code from + n} of a cohort, [n, 12, T] in mV. */
    static Tensor records(SyntheticCohort cohort, int from, int n) {
        float[][][] each = new float[n][][];
        Workers.forEach(n, i -> each[i] = cohort.record(from + i).samples());
        int t = each[0][0].length;
        float[] all = new float[n * 12 * t];
        for (int i = 0; i < n; i++) {
            for (int lead = 0; lead < 12; lead++) {
                System.arraycopy(each[i][lead], 0, all, (i * 12 + lead) * t, t);
            }
        }
        return Tensor.of(all, n, 12, t);
    }
}
