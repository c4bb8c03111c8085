package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder beside the original modules of fairseq-signals. */
class EcgEncoderGoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"tiny_2500", "tiny_padding", "tiny_prenorm_oddk_noproj"})
    void everyStageOfTheForwardPassIsTheOriginals(String name) {
        GoldenCase golden = GoldenCase.of("B_encoder/" + name);
        EcgClassifier classifier = classifier(golden);
        Params p = parameters(golden);
        Map<String, Tensor> stages = stages(golden, classifier, p);
        stages.forEach((stage, value) -> golden.check(stage, value));
        long named = golden.section("expected").keySet().stream()
                .filter(k -> !k.endsWith("_independent"))
                .count();
        assertEquals(named, stages.size() + (golden.expects("padding_mask") ? 1 : 0), "every stage is compared");
        if (golden.expects("encoder_out_seq_f64_independent")) {
            Encoding f64 = classifier
                    .encoder()
                    .encode(
                            p.in("encoder").cast(DType.F64),
                            golden.input("source").cast(DType.F64));
            golden.check("hidden in F64", f64.hidden(), golden.expected("encoder_out_seq_f64_independent"));
            golden.check("pooled in F64", f64.pooled(), golden.expected("pooled_f64_independent"));
        }
    }

    private static Map<String, Tensor> stages(GoldenCase golden, EcgClassifier classifier, Params p) {
        Map<String, Tensor> stages = new LinkedHashMap<>();
        Tensor source = golden.input("source");
        int[] samples =
                golden.section("inputs").containsKey("padding_mask") ? lengths(golden.input("padding_mask")) : null;
        Encoding e = classifier.encoder().encode(EcgEncoder.frozen(p.in("encoder")), source, samples, stages::put);
        if (golden.expects("padding_mask")) {
            golden.check("padding_mask", e.padding().cast(DType.F32), golden.expected("padding_mask"));
        }
        stages.put("encoder_out_seq", e.hidden());
        stages.put("pooled", e.pooled());
        stages.put("classifier_logits", classifier.classify(p, e));
        return stages;
    }

    /** Samples before the padding, from a mask [B, C, T] of ones where there is none. */
    private static int[] lengths(Tensor mask) {
        double[] padded = mask.select(1, 0).cast(DType.F64).sum(false, 1).toDoubles();
        return Arrays.stream(padded).mapToInt(n -> mask.dim(2) - (int) n).toArray();
    }

    @Test
    void everyGradientIsTheOriginals() {
        GoldenCase golden = GoldenCase.of("B_encoder/tiny_grad");
        gradients(golden, classifier(golden));
    }

    @Test
    void recomputedLayersHaveTheSameGradients() {
        GoldenCase golden = GoldenCase.of("B_encoder/tiny_grad");
        EcgClassifier classifier = classifier(golden);
        gradients(golden, new EcgClassifier(new EcgEncoder(classifier.encoder().config(), true), classifier.labels()));
    }

    private static void gradients(GoldenCase golden, EcgClassifier classifier) {
        Params point = parameters(golden).with("source", golden.input("source"));
        Graded g = Grad.valueAndGrad(
                p -> {
                    Tensor logits = classifier.apply(p, p.get("source"));
                    golden.check("logits", logits);
                    return logits.softplus()
                            .sub(logits.mul(golden.input("labels")))
                            .sum(); // summed binary cross entropy
                },
                point,
                GradMode.CONSTANT);
        golden.check("loss", g.value());
        Map<String, Tensor> want = golden.section("gradients");
        want.forEach((name, gradient) ->
                golden.check(name, g.grads().get(EcgCheckpoint.NAMES.apply(name).orElseThrow()), gradient));
        assertEquals(g.grads().paths().size(), want.size());
    }

    /** The golden's parameters, named as a classifier's checkpoint, under our names. */
    private static Params parameters(GoldenCase golden) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        golden.section("parameters")
                .forEach((name, t) -> m.put(EcgCheckpoint.NAMES.apply(name).orElseThrow(), t));
        return Params.of(m);
    }

    private static EcgClassifier classifier(GoldenCase golden) {
        EcgEncoderConfig config =
                EcgEncoderConfig.of(golden.file("index.json").toString(), GoldenCase.tree(golden.attrs()));
        return new EcgClassifier(
                new EcgEncoder(config), golden.attrs().get("num_labels").asInt());
    }
}
