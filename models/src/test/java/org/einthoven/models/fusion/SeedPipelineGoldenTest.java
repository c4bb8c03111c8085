package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** One episode of the reference from end to end: ECG, encoder, mapper, language model, loss, gradients, inner steps. */
class SeedPipelineGoldenTest {

    @Test
    void oneEpisodeIsTheReferences() {
        GoldenCase golden = GoldenCase.of("F_pipeline/seed_pipeline");
        EcgCheckpoint encoder = EcgCheckpoint.load(
                golden.file(golden.attrs().get("encoder_checkpoint").asString()));
        Params frozen = encoder.frozen();
        Tensor support =
                encoder.encoder().apply(frozen, golden.input("spt.ecg")).cast(DType.F64);
        Tensor query = encoder.encoder().apply(frozen, golden.input("qry.ecg")).cast(DType.F64);
        golden.check("spt.pooled", support);
        golden.check("qry.pooled", query);
        try (Llm file = Llm.open(golden.file(golden.attrs().get("llm").asString()))) {
            FrozenLlm llm = new FrozenLlm(file.model(), file.weights().cast(DType.F64));
            int length = golden.attrs().get("seq_len").asInt();
            SeedForm form =
                    new SeedForm(length, length, golden.attrs().get("eos").asInt());
            Mapper mapper = new AttentionMapper(
                    support.dim(1),
                    llm.width(),
                    golden.attrs().get("prefix_length").asInt(),
                    8,
                    ScoreScale.FULL_WIDTH);
            episode(golden, new EcgQaModel(mapper, llm, form), form, support, query);
        }
    }

    private static void episode(GoldenCase golden, EcgQaModel model, SeedForm form, Tensor support, Tensor query) {
        List<QaTokens> asked = items(golden, "spt");
        List<QaTokens> held = items(golden, "qry");
        Params theta = Params.of(golden.section("parameters"));
        Tensor prefix = model.prefix(theta, support);
        golden.check("spt.prefix", prefix);
        golden.check(
                "spt.logits",
                model.llm().model().logitsFromEmbeds(model.llm().weights(), form.embeds(model.llm(), prefix, asked)));
        golden.check("spt.selected_logits", model.read(theta, support, asked).logits());
        List<Tensor> losses =
                new ArrayList<>(List.of(model.read(theta, query, held).loss()));
        Params fast = theta;
        double rate = golden.attrs().get("update_lr").asDouble();
        for (int step = 0; step < golden.attrs().get("update_step").asInt(); step++) {
            Graded g = Grad.valueAndGrad(p -> model.read(p, support, asked).loss(), fast, GradMode.CONSTANT);
            if (step == 0) {
                golden.check("spt.loss", g.value());
                g.grads().forEach((name, t) -> golden.check(name, t, golden.get("gradients", name)));
            }
            fast = fast.zip(g.grads(), (w, d) -> w.sub(d.mul(rate)));
            losses.add(model.read(fast, query, held).loss());
        }
        golden.check("losses_q", Tensor.stack(0, losses.toArray(Tensor[]::new)));
        fast.forEach((name, t) -> golden.check("fast3." + name, t));
        AnswerReading read = model.read(fast, query, held);
        assertArrayEquals(
                golden.expected("qry.answer_tokens").toInts(), read.labels().toInts());
        assertArrayEquals(golden.expected("qry.pred_tokens_after_3").toInts(), read.predicted());
        assertEquals(0, read.tokenAccuracy());
    }

    private static List<QaTokens> items(GoldenCase golden, String set) {
        Tensor q = golden.input(set + ".q");
        Tensor a = golden.input(set + ".a");
        List<QaTokens> items = new ArrayList<>();
        for (int b = 0; b < q.dim(0); b++) {
            items.add(new QaTokens(q.select(0, b).toInts(), a.select(0, b).toInts()));
        }
        return items;
    }
}
