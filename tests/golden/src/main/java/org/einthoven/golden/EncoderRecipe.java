package org.einthoven.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * Weights too large to store, made from integers (SplitMix64; Steele et al., OOPSLA 2014). Element i of a tensor is
 *
 * <pre>
 * z = seed + (i + 1) * 0x9E3779B97F4A7C15;  z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9;  z = (z ^ z >>> 27) * 0x94D049BB133111EB
 * u = (z ^ z >>> 31) >>> 40, scaled to [-1, 1) in F32;  value = offset + scale * u in F32
 * </pre>
 */
record EncoderRecipe(GoldenCase golden) {
    private static final Pattern INPUT = Pattern.compile(".*\\(([\\d, ]+)\\).*\\bseed (\\d+).*");

    Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (JsonNode t : golden.attrs().path("recipe").path("tensors")) {
            int[] shape = new int[t.path("shape").size()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = t.get("shape").get(i).asInt();
            }
            float offset = (float) t.path("offset").asDouble();
            float scale = (float) t.path("scale").asDouble();
            weights.put(t.path("name").asString(), tensor(t.path("seed").asLong(), offset, scale, shape));
        }
        return weights;
    }

    /** As the recipe says in words: "source (2,12,2500) row-major, same generator with seed 12352, value=u". */
    Tensor source() {
        String text = golden.attrs().path("recipe").path("input").asString("");
        Matcher m = INPUT.matcher(text);
        if (!m.matches()) {
            throw golden.bad("attrs.recipe.input", "'" + text + "' names no shape and seed");
        }
        String[] sizes = m.group(1).split(",");
        int[] shape = new int[sizes.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = Integer.parseInt(sizes[i].strip());
        }
        return tensor(Long.parseLong(m.group(2)), 0, 1, shape);
    }

    private static Tensor tensor(long seed, float offset, float scale, int... shape) {
        int n = 1;
        for (int d : shape) {
            n = Math.multiplyExact(n, d);
        }
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            float u = (float) ((z >>> 40) * 0x1p-24 * 2 - 1);
            x[i] = offset + scale * u;
        }
        return Tensor.of(x, shape);
    }
}
