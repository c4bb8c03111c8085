package org.einthoven.gpu.kernel;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** One matrix in one type; the arrays of the others are there but empty. */
record StoredWeights(DType type, Tensor values, FloatArray f32, ShortArray f16, ByteArray q8, FloatArray scale) {
    static StoredWeights[] of(Rng rng, int outputs, int inputs) {
        float[] w = rng.split("w").normal(outputs, inputs).toFloats();
        int n = w.length;
        ShortArray f16 = new ShortArray(n);
        ByteArray q8 = new ByteArray(n);
        FloatArray scale = new FloatArray(n / MatVec.BLOCK);
        float[] halves = new float[n];
        float[] quants = new float[n];
        for (int i = 0; i < n; i++) {
            f16.set(i, Float.floatToFloat16(w[i]));
            halves[i] = Float.float16ToFloat(f16.get(i));
            scale.set(i / MatVec.BLOCK, 0.01f + 0.001f * (i / MatVec.BLOCK));
            q8.set(i, (byte) Math.round(40 * w[i]));
            quants[i] = q8.get(i) * scale.get(i / MatVec.BLOCK);
        }
        FloatArray no = new FloatArray(1);
        ShortArray noF16 = new ShortArray(1);
        ByteArray noQ8 = new ByteArray(1);
        return new StoredWeights[] {
            new StoredWeights(DType.F32, Tensor.of(w, outputs, inputs), FloatArray.fromArray(w), noF16, noQ8, no),
            new StoredWeights(DType.F16, Tensor.of(halves, outputs, inputs), no, f16, noQ8, new FloatArray(1)),
            new StoredWeights(DType.Q8_0, Tensor.of(quants, outputs, inputs), no, noF16, q8, scale)
        };
    }
}
