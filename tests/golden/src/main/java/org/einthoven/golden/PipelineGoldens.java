package org.einthoven.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.MetaOrder;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.fusion.AnswerReading;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Group F: one episode from end to end. ECGs go through an encoder in F32; behind its pooled vectors everything is computed
 * twice, in F64 as the original has it and in F32 as users and devices compute: mapper, prefix and question, language model,
 * loss, gradients, inner steps, predicted tokens.
 */
final class PipelineGoldens {
    /** The original's mapper has eight heads, which its parameters do not tell. */
    private static final int HEADS = 8;

    private PipelineGoldens() {}

    static GoldenTable table() {
        return new GoldenTable().on("seed_pipeline", PipelineGoldens::pipeline);
    }

    private static void pipeline(GoldenCase golden, Comparison compare) {
        try (Llm llm = llm(golden)) {
            for (DType type : List.of(DType.F64, DType.F32)) {
                Params theta = theta(golden).cast(type);
                SeedTask task = task(golden, llm, type);
                compare.check("expected", "spt.pooled", task.support().ecg());
                compare.check("expected", "qry.pooled", task.query().ecg());
                support(compare, task, theta);
                adaptation(golden, compare, task, theta);
            }
        }
    }

    static Llm llm(GoldenCase golden) {
        return Llm.open(golden.file(golden.text("llm")));
    }

    static Params theta(GoldenCase golden) {
        return golden.parameters("").cast(DType.F64);
    }

    /** The episode in F64, its ECGs encoded. */
    static SeedTask task(GoldenCase golden, Llm llm) {
        return task(golden, llm, DType.F64);
    }

    private static SeedTask task(GoldenCase golden, Llm llm, DType type) {
        EcgCheckpoint encoder = EcgCheckpoint.load(golden.file(golden.text("encoder_checkpoint")));
        int end = golden.whole("eos");
        int length = golden.whole("seq_len");
        AttentionMapper mapper = MapperGoldens.mapper(theta(golden), golden.whole("num_heads", HEADS));
        FrozenLlm frozen = new FrozenLlm(llm.model(), llm.weights().cast(type));
        EcgQaModel model = new EcgQaModel(mapper, frozen, new SeedForm(length, length, end));
        return new SeedTask(
                "episode",
                model,
                UnaryOperator.identity(),
                side(golden, encoder, "spt", end, type),
                side(golden, encoder, "qry", end, type));
    }

    private static SeedTask.Side side(GoldenCase golden, EcgCheckpoint encoder, String name, int end, DType type) {
        Tensor pooled = encoder.encoder()
                .apply(encoder.frozen(), golden.input(name + ".ecg"))
                .cast(type);
        return SeedTask.Side.of(golden, name, pooled, end);
    }

    private static void support(Comparison compare, SeedTask task, Params theta) {
        EcgQaModel model = task.model();
        Tensor prefix = model.prefix(theta, task.support().ecg());
        compare.check("expected", "spt.prefix", prefix);
        Tensor embeds = ((SeedForm) model.form())
                .embeds(model.llm(), prefix, task.support().items());
        compare.check(
                "expected",
                "spt.logits",
                model.llm().model().logitsFromEmbeds(model.llm().weights(), embeds));
        compare.check(
                "expected",
                "spt.selected_logits",
                task.read(theta, task.support()).logits());
        Graded g = Grad.valueAndGrad(p -> task.supportLoss(p, Rng.of(0)), theta, GradMode.CONSTANT);
        compare.check("expected", "spt.loss", g.value());
        g.grads().forEach((path, d) -> compare.check("gradients", path, d));
    }

    private static void adaptation(GoldenCase golden, Comparison compare, SeedTask task, Params theta) {
        int steps = golden.whole("update_step");
        InnerLoop inner = new InnerLoop(steps, golden.real("update_lr"), MetaOrder.FIRST);
        List<Params> way = inner.adapt(task, theta, Rng.of(0)).weights();
        List<Double> losses = new ArrayList<>();
        for (Params w : way) {
            losses.add(task.read(w, task.query()).loss().item());
        }
        compare.check(
                "expected",
                "losses_q",
                losses.stream().mapToDouble(Double::doubleValue).toArray());
        way.getLast().forEach((path, w) -> compare.check("expected", "fast" + steps + "." + path, w));

        AnswerReading reading = task.read(way.getLast(), task.query());
        int[] predicted = reading.predicted();
        int[] answers = reading.labels().toInts();
        int correct = 0;
        for (int i = 0; i < answers.length; i++) {
            correct += predicted[i] == answers[i] ? 1 : 0;
        }
        compare.check("expected", "qry.pred_tokens_after_" + steps, Tensor.of(predicted, predicted.length));
        compare.check("expected", "qry.answer_tokens", reading.labels());
        compare.check("expected", "qry.correct_after_" + steps, Tensor.scalar(correct, DType.F64));
    }
}
