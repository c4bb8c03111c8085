package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The whole 90 M parameter encoder beside the original, with weights from a recipe of integers. */
class EcgEncoderFullSizeTest {
    @Test
    void theFullConfigurationIsTheOriginals() {
        GoldenCase golden = GoldenCase.of("B_encoder/full_config");
        JsonNode recipe = golden.attrs().get("recipe");
        Params p = weights(recipe);
        assertEquals(golden.attrs().get("n_params").asLong(), p.count());
        EcgEncoderConfig config =
                EcgEncoderConfig.of("index.json", GoldenCase.tree(golden.attrs().get("config")));
        assertEquals(EcgEncoderConfig.base().shapes(), config.shapes());
        EcgClassifier classifier = new EcgClassifier(
                new EcgEncoder(config),
                golden.attrs().get("config").get("num_labels").asInt());
        Tensor source = Tensor.of(values(12352, 0, 1, 2 * 12 * 2500), 2, 12, 2500);
        Map<String, Tensor> stages = new LinkedHashMap<>();
        Encoding e = classifier.encoder().encode(EcgEncoder.frozen(p.in("encoder")), source, null, stages::put);
        golden.check("pooled", e.pooled());
        golden.check("pooled", e.pooled(), golden.expected("pooled_f64_independent"));
        golden.check("classifier_logits", classifier.classify(p, e));
        golden.check(
                "encoder_out_seq[:, ::13, ::37]",
                e.hidden().slice(1, 0, 156, 13).slice(2, 0, 768, 37));
        stages.forEach((stage, value) -> {
            String corner = stage + "[0,:4,:16]";
            if (golden.expects(corner)) {
                golden.check(corner, value.select(0, 0).slice(0, 0, 4).slice(1, 0, 16));
            }
        });
    }

    private static Params weights(JsonNode recipe) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        for (JsonNode t : recipe.get("tensors")) {
            int[] shape = IntStream.range(0, t.get("shape").size())
                    .map(i -> t.get("shape").get(i).asInt())
                    .toArray();
            int n = IntStream.of(shape).reduce(1, (a, b) -> a * b);
            float[] x = values(
                    t.get("seed").asLong(),
                    t.get("offset").floatValue(),
                    t.get("scale").floatValue(),
                    n);
            double sum = IntStream.range(0, n).mapToDouble(i -> x[i]).sum();
            assertEquals(t.get("sum_f64").asDouble(), sum, 1e-6, "the recipe is read right");
            m.put(EcgCheckpoint.NAMES.apply(t.get("name").asString()).orElseThrow(), Tensor.of(x, shape));
        }
        return Params.of(m);
    }

    /** The recipe's numbers: splitmix64 (Steele et al., OOPSLA 2014), its upper 24 bits in [-1, 1). */
    private static float[] values(long seed, float offset, float scale, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            float u = (float) ((z >>> 40) / 0x1p24 * 2 - 1);
            x[i] = offset + scale * u;
        }
        return x;
    }
}
