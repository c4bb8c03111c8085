package org.einthoven.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.Task;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * A few-shot episode of random ECG vectors, questions and answers: two classes of five shots, so ten items of support and ten
 * of query, each 4 prefix rows, 24 question and 4 answer tokens. The language model is the LLaMA of the golden files at
 * eight times their width: 3 layers of width 256, 4 heads of 64, two for keys and values.
 */
public record Episode(EcgQaModel model, Side support, Side query) implements Task {
    public static final int ITEMS = 10;
    public static final int QUESTION = 24;
    public static final int ANSWER = 4;
    public static final int ECG_WIDTH = 768;

    /** Of all gradients the one that is compared: the weight that makes keys of ECG vectors. */
    public static final String COMPARED = "vars.3";

    /** ECG vectors [10, 768], and what is asked of them. */
    public record Side(Tensor ecg, List<QaTokens> items) {
        static Side draw(Rng rng, int vocabulary) {
            RandomGenerator tokens = rng.split("tokens").stream();
            List<QaTokens> items = new ArrayList<>();
            for (int i = 0; i < ITEMS; i++) {
                items.add(new QaTokens(
                        tokens.ints(QUESTION, 0, vocabulary).toArray(),
                        tokens.ints(ANSWER, 0, vocabulary).toArray()));
            }
            return new Side(rng.split("ecg").normal(ITEMS, ECG_WIDTH), items);
        }
    }

    public static LlmConfig config() {
        return new LlmConfig(
                536,
                256,
                384,
                3,
                4,
                2,
                64,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                512,
                false,
                OptionalInt.of(1),
                new TreeSet<>(List.of(2)));
    }

    static AttentionMapper mapper() {
        return AttentionMapper.reference(ECG_WIDTH, config().width());
    }

    public static Params theta() {
        return mapper().init(Rng.of(222).split("mapper"));
    }

    public static Params weights() {
        return new Llama(config()).init(Rng.of(222).split("llm"));
    }

    public static Episode draw() {
        EcgQaModel model = new EcgQaModel(mapper(), new FrozenLlm(new Llama(config()), weights()), new StrictForm());
        Rng rng = Rng.of(222).split("episode");
        int vocabulary = config().vocabulary();
        return new Episode(
                model, Side.draw(rng.split("support"), vocabulary), Side.draw(rng.split("query"), vocabulary));
    }

    @Override
    public String name() {
        return "the episode";
    }

    @Override
    public Tensor supportLoss(Params theta, Rng rng) {
        return model.read(theta, support.ecg(), support.items()).loss();
    }

    @Override
    public Query query(Params theta, Rng rng) {
        return new Query(model.read(theta, query.ecg(), query.items()).loss());
    }

    /** Of the support loss. */
    Params gradient(Params theta) {
        return Grad.valueAndGrad(p -> supportLoss(p, Rng.of(222)), theta, GradMode.CONSTANT)
                .grads();
    }

    /** Of the query loss behind some inner steps, of second order. */
    Params metaGradient(Params theta, int steps) {
        InnerLoop inner = new InnerLoop(steps, 0.05, MetaOrder.SECOND);
        return new Maml(inner, MetaObjective.LAST, NonFinite.FAIL, Maml.Watch.WEIGHTED_STEPS)
                .gradient(theta, List.of(this), Rng.of(222))
                .gradient();
    }
}
