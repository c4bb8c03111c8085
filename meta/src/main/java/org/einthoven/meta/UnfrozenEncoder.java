package org.einthoven.meta;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.Encoding;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * Learning with an encoder that is not frozen: the outer loop moves it, and the inner loop adapts the mapper alone. Within a
 * task the encoder does not change, so the chain rule can be cut at the vectors of its ECGs:
 *
 * <pre>
 * v_i = encoder(phi, signal_i)
 * dL/dtheta, dL/dv   by the learner, to whom vectors are weights that do not adapt, through all inner steps
 * dL/dphi = sum_i (dv_i/dphi)^T dL/dv_i
 * </pre>
 *
 * <p>It is exact, each ECG is encoded twice for each outer step however many inner steps there are, and memory holds the graph
 * of one ECG at a time. What learns is {@code theta} and, under {@code encoder.}, phi.
 *
 * @param learner gives weights that do not adapt a gradient: {@link Maml} or {@link Supervised}, with {@link VectorsFixed}
 * @param steps whether the mapper reads all time steps of an ECG, or their mean
 * @param signal ECGs by id, F32 or F64 [C, 12, T] in mV, of C crops whose vectors are averaged
 * @param memory in which vectors are computed
 */
public record UnfrozenEncoder(
        MetaLearner learner, EcgEncoder encoder, boolean steps, IntFunction<Tensor> signal, Workspace memory)
        implements MetaLearner {
    /** In front of the encoder's own paths. */
    public static final String ENCODER = "encoder";

    /** @throws IllegalArgumentException for a learner that has no gradient for what does not adapt */
    public UnfrozenEncoder {
        if (!(learner instanceof Maml || learner instanceof Supervised)
                || !(learner.inner().rule() instanceof VectorsFixed)) {
            throw new IllegalArgumentException(
                    "the encoder learns by Maml or Supervised with a VectorsFixed rule, not by "
                            + learner.getClass().getSimpleName() + " with "
                            + learner.inner().rule());
        }
        encoder = new EcgEncoder(encoder.config(), true);
    }

    @Override
    public InnerLoop inner() {
        return learner.inner();
    }

    /**
     * @param tasks all {@link UnfrozenTask}
     * @throws NonFiniteException as the learner, or when the encoder's own gradient is not finite
     */
    @Override
    public MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng) {
        Params phi = theta.detach().in(ENCODER);
        Params frozen = EcgEncoder.frozen(phi);
        Set<Integer> ecgs = new TreeSet<>();
        tasks.forEach(task -> ecgs.addAll(((UnfrozenTask) task).ecgs()));
        Map<String, Tensor> vectors = new LinkedHashMap<>();
        for (int ecg : ecgs) {
            vectors.put(String.valueOf(ecg), memory.compute(() -> vector(frozen, signal.apply(ecg))));
        }
        MetaGradient g =
                learner.gradient(theta.without(ENCODER).and(Params.of(vectors).under(UnfrozenTask.ECG)), tasks, rng);
        Params sum = phi.map(w -> Tensor.zeros(w.dtype(), w.shape().toArray()));
        for (int ecg : g.isEmpty() ? Set.<Integer>of() : ecgs) {
            Tensor cotangent = g.gradient().get(UnfrozenTask.ECG + "." + ecg);
            sum = sum.zip(through(phi, signal.apply(ecg), cotangent), Tensor::add);
        }
        if (!sum.tensors().stream().allMatch(Finite::all)) {
            throw new NonFiniteException(tasks.getFirst().name(), "the gradient of the encoder is not finite");
        }
        return new MetaGradient(
                g.loss(), g.gradient().without(UnfrozenTask.ECG).and(sum.under(ENCODER)), g.tasks(), g.skipped());
    }

    /** What the mapper reads of an ECG: [D], or [C N, D] where it reads all N steps of every crop. */
    public Tensor vector(Params phi, Tensor crops) {
        Encoding e = encoder.encode(phi, crops);
        return steps
                ? e.hidden().reshape(-1, encoder.config().width())
                : e.pooled().mean(false, 0);
    }

    private Params through(Params phi, Tensor crops, Tensor cotangent) {
        return Grad.valueAndGrad(p -> vector(p, crops).mul(cotangent).sum(), phi, GradMode.CONSTANT)
                .grads();
    }
}
