package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoderConfig.Conv;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcgEncoderTest {
    private static final Tensor ECG = Rng.of(1).normal64(2, 3, 40);

    private static EcgEncoder encoder(double featureGradient) {
        return new EcgEncoder(new EcgEncoderConfig(
                3, List.of(new Conv(6, 3, 2), new Conv(8, 2, 2)), true, 12, 2, 3, 20, 4, 2, false, featureGradient));
    }

    private static Params weights() {
        return encoder(1).init(Rng.of(2)).cast(DType.F64);
    }

    @Test
    void aBatchIsItsRecordsOneByOne() {
        Tensor both = encoder(1).apply(weights(), ECG);
        assertEquals(Shape.of(2, 12), both.shape());
        for (int b = 0; b < 2; b++) {
            Tensor alone = encoder(1).apply(weights(), ECG.slice(0, b, b + 1));
            assertArrayEquals(alone.toDoubles(), both.select(0, b).toDoubles(), 1e-12);
        }
    }

    @Test
    void frozenWeightsGiveTheSameValueAndNothingToLearn() {
        Params frozen = EcgEncoder.frozen(weights().map(Tensor::track));
        assertTrue(frozen.tensors().stream().noneMatch(Tensor::isTracked));
        assertTrue(frozen.has("conv_pos.pos_conv.0.weight"));
        assertArrayEquals(
                encoder(1).apply(weights(), ECG).toDoubles(),
                encoder(1).apply(frozen, ECG).toDoubles(),
                1e-12);
        assertEquals(frozen.paths(), EcgEncoder.frozen(frozen).paths(), "freezing twice is freezing once");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1})
    void theFactorScalesTheGradientOfTheConvolutionsOnly(double factor) {
        Graded whole = gradient(encoder(1));
        Graded scaled = gradient(encoder(factor));
        assertEquals(whole.value().item(), scaled.value().item(), "the value stays, bit for bit");
        whole.grads()
                .forEach((name, g) -> assertArrayEquals(
                        g.mul(name.startsWith("feature_extractor") ? factor : 1).toDoubles(),
                        scaled.grads().get(name).toDoubles(),
                        1e-12,
                        name));
    }

    private static Graded gradient(EcgEncoder encoder) {
        return Grad.valueAndGrad(p -> encoder.apply(p, ECG).square().sum(), weights(), GradMode.CONSTANT);
    }

    @Test
    void paddingAtTheEndIsNeitherSeenNorPooled() {
        int[] samples = {40, 24};
        Encoding e = encoder(1).encode(weights(), ECG, samples, EcgEncoder.Probe.NONE);
        int steps = encoder(1).config().steps(24);
        assertEquals(9, e.hidden().dim(1));
        assertTrue(steps < 9);
        assertEquals(0, e.hidden().select(0, 1).slice(0, steps, 9).abs().sum().item());
        Tensor kept = e.hidden().select(0, 1).slice(0, 0, steps).mean(false, 0);
        assertArrayEquals(kept.toDoubles(), e.mean().select(0, 1).toDoubles(), 1e-12);
        assertArrayEquals(kept.toDoubles(), e.pooled().select(0, 1).toDoubles(), 1e-12);
        assertNull(encoder(1)
                .encode(weights(), ECG, new int[] {40, 40}, EcgEncoder.Probe.NONE)
                .padding());
    }

    @Test
    void whatIsNoSignalIsRefusedWithTheRemedy() {
        refused(Tensor.zeros(DType.F64, 1, 12, 40), "must be [B, 3, T]");
        refused(Tensor.zeros(DType.F64, 3, 40), "unsqueeze(0)");
        refused(
                Tensor.zeros(DType.F64, 1, 3, 1),
                "a record of 1 samples in a signal of 1; one feature step needs 5 samples");
    }

    private static void refused(Tensor signal, String why) {
        String said = assertThrows(ShapeException.class, () -> encoder(1).apply(weights(), signal))
                .getMessage();
        assertTrue(said.contains(why), said);
    }
}
