package org.einthoven.golden;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.ecg.EcgClassifier;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.ecg.Encoding;
import org.einthoven.models.io.TorchCheckpoint;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/** Group B: the ECG encoder, its checkpoints, and its gradients, beside the original modules of fairseq-signals. */
final class EncoderGoldens {
    private EncoderGoldens() {}

    static GoldenTable table() {
        return new GoldenTable()
                .on("tiny_grad", EncoderGoldens::gradients)
                .on("tiny(_padding|_prenorm_oddk_noproj)?", EncoderGoldens::forward)
                .on("full_config", EncoderGoldens::fullSize)
                .on("pretrain_checkpoint", EncoderGoldens::pretrained)
                .on("foreign_globals_checkpoint", EncoderGoldens::foreignGlobals);
    }

    /** Every stage of the forward pass, and the same encoder from each checkpoint file of the case. */
    private static void forward(GoldenCase golden, Comparison compare) {
        EcgClassifier classifier = classifier(golden, golden.attrs());
        Params p = parameters(golden);
        stages(golden, compare, run(golden, classifier, p, golden.input("source")));
        for (String file : golden.names("files")) {
            EcgCheckpoint checkpoint = EcgCheckpoint.load(golden.file(file));
            compare.same(
                    file + ": configuration",
                    checkpoint.encoder().config(),
                    classifier.encoder().config());
            compare.same(file, checkpoint.params(), p.in("encoder"));
        }
    }

    private static Map<String, Tensor> run(GoldenCase golden, EcgClassifier classifier, Params p, Tensor source) {
        Map<String, Tensor> stages = new LinkedHashMap<>();
        int[] samples = golden.has("inputs", "padding_mask") ? lengths(golden.input("padding_mask")) : null;
        Encoding e = classifier.encoder().encode(EcgEncoder.frozen(p.in("encoder")), source, samples, stages::put);
        if (e.padding() != null) {
            stages.put("padding_mask", e.padding());
        }
        stages.put("encoder_out_seq", e.hidden());
        stages.put("pooled", e.pooled());
        stages.put("classifier_logits", classifier.classify(p, e));
        return stages;
    }

    /** Samples before the padding, from a mask [B, C, T] of ones where there is none to be seen. */
    private static int[] lengths(Tensor mask) {
        double[] padded = mask.select(1, 0).cast(DType.F64).sum(false, 1).toDoubles();
        return Arrays.stream(padded).mapToInt(n -> mask.dim(2) - (int) n).toArray();
    }

    /** Compares each expectation with the stage, or the part of one, that it names; so also with independent evaluations. */
    private static void stages(GoldenCase golden, Comparison compare, Map<String, Tensor> stages) {
        for (String name : golden.names("expected")) {
            NumpySlice part = NumpySlice.of(name);
            Tensor stage = stages.get(part.name().replace("_f64_independent", ""));
            if (stage != null) {
                Tensor got = part.of(stage);
                Tensor want = golden.tensor("expected", name);
                compare.check("expected", name, got.dtype() == DType.BOOL ? got.cast(want.dtype()) : got);
            }
        }
    }

    private static void gradients(GoldenCase golden, Comparison compare) {
        EcgClassifier classifier = classifier(golden, golden.attrs());
        Params point = parameters(golden).with("source", golden.input("source"));
        Graded g = Grad.valueAndGrad(
                p -> {
                    Tensor logits = classifier.apply(p, p.get("source"));
                    compare.check("expected", "logits", logits.detach());
                    return logits.softplus()
                            .sub(logits.mul(golden.input("labels")))
                            .sum(); // summed binary cross entropy
                },
                point,
                GradMode.CONSTANT);
        compare.check("expected", "loss", g.value());
        for (String name : golden.names("gradients")) {
            compare.check("gradients", name, g.grads().get(ourName(name)));
        }
    }

    /** The full configuration, with weights from a stated recipe; stored are slices and statistics. */
    private static void fullSize(GoldenCase golden, Comparison compare) {
        EcgClassifier classifier = classifier(golden, golden.attrs().path("config"));
        EncoderRecipe recipe = new EncoderRecipe(golden);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        recipe.weights().forEach((name, w) -> weights.put(ourName(name), w));
        Map<String, Tensor> stages = run(golden, classifier, Params.of(weights), recipe.source());
        stages(golden, compare, stages);
        golden.attrs().path("output_statistics").properties().forEach(e -> {
            if (!stages.containsKey(e.getKey())) {
                compare.fail("attrs.output_statistics." + e.getKey() + ": there is no such stage");
                return;
            }
            double sum = 0;
            double magnitude = 0;
            double squares = 0;
            double[] x = stages.get(e.getKey()).toDoubles();
            for (double v : x) {
                sum += v;
                magnitude += Math.abs(v);
                squares += v * v;
            }
            String field = "attrs.output_statistics." + e.getKey();
            compare.number(
                    field + ".mean", sum / x.length, e.getValue().path("mean").asDouble());
            compare.number(
                    field + ".abs_mean",
                    magnitude / x.length,
                    e.getValue().path("abs_mean").asDouble());
            compare.number(
                    field + ".sum_sq", squares, e.getValue().path("sum_sq").asDouble());
        });
    }

    /** A checkpoint of self-supervised pre-training: every tensor of it, and what the encoder in it computes. */
    private static void pretrained(GoldenCase golden, Comparison compare) {
        for (String file : golden.names("files")) {
            checkpointTensors(golden, compare, file);
            EcgCheckpoint checkpoint = EcgCheckpoint.load(golden.file(file));
            compare.check(
                    "expected",
                    "x",
                    checkpoint
                            .encoder()
                            .encode(checkpoint.frozen(), golden.input("source"))
                            .hidden());
        }
    }

    /** Checkpoints with objects of classes that nobody here knows: every tensor of the model is there all the same. */
    private static void foreignGlobals(GoldenCase golden, Comparison compare) {
        for (String file : golden.names("files")) {
            checkpointTensors(golden, compare, file);
            try (TorchCheckpoint torch = TorchCheckpoint.open(golden.file(file))) {
                golden.attrs().properties().forEach(attr -> {
                    // Lists have positions in our paths: optimizer_history.0.num_updates.
                    Object got = torch.metadata().entrySet().stream()
                            .filter(m -> m.getKey()
                                    .replaceAll("\\.\\d+(?=\\.|$)", "")
                                    .equals(attr.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse("missing");
                    compare.same(
                            file + ": " + attr.getKey(),
                            String.valueOf(got),
                            attr.getValue().asString());
                });
            }
        }
    }

    private static void checkpointTensors(GoldenCase golden, Comparison compare, String file) {
        try (TorchCheckpoint torch = TorchCheckpoint.open(golden.file(file))) {
            for (String name : golden.names("parameters")) {
                if (torch.has("model." + name)) {
                    compare.same(file + ": " + name, torch.tensor("model." + name), golden.tensor("parameters", name));
                } else {
                    compare.fail(file + ": model." + name + " is missing");
                }
            }
        }
    }

    /** The case's parameters, named as in a classifier's checkpoint, under our names. */
    private static Params parameters(GoldenCase golden) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        golden.parameters("").forEach((name, t) -> m.put(ourName(name), t));
        return Params.of(m);
    }

    private static String ourName(String name) {
        return EcgCheckpoint.NAMES.apply(name).orElse(name);
    }

    private static EcgClassifier classifier(GoldenCase golden, JsonNode config) {
        Map<String, Object> keys = new LinkedHashMap<>();
        config.properties().forEach(e -> keys.put(e.getKey(), plain(e.getValue())));
        EcgEncoderConfig sizes = EcgEncoderConfig.of(golden.file("index.json").toString(), keys);
        return new EcgClassifier(
                new EcgEncoder(sizes), config.path("num_labels").asInt());
    }

    /** Null for what is no plain value. */
    private static @Nullable Object plain(JsonNode value) {
        return value.isNumber()
                ? value.numberValue()
                : value.isBoolean() ? value.booleanValue() : value.isString() ? value.stringValue() : null;
    }
}
