package org.einthoven.models.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.einthoven.models.GoldenCase;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockEncoderTest {
    private static byte[] encoded(DType type, float[] x) {
        byte[] out = new byte[Math.toIntExact(type.bytes(x.length))];
        BlockEncoder encoder = BlockEncoder.of(type);
        for (int block = 0; block < x.length / type.blockSize(); block++) {
            encoder.encode(x, block * type.blockSize(), out, block * type.blockBytes());
        }
        return out;
    }

    /** GGML itself quantised these rows. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void theBytesOfGgml(DType type) {
        GoldenCase golden = GoldenCase.of("C_gguf/blocks_" + type);
        Tensor blocks = golden.input("blocks");
        byte[] expected = new byte[Math.toIntExact(blocks.size())];
        double[] octets = blocks.toDoubles();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) octets[i];
        }
        double[] source = golden.input("source_f32").toDoubles();
        float[] x = new float[source.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) source[i];
        }
        assertArrayEquals(expected, encoded(type, x));
    }
}
