package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.models.ecg.EcgEncoderConfig.Conv;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcgEncoderConfigTest {
    @Test
    void theFullSizeHasThePublishedNumberOfParameters() {
        long n = EcgEncoderConfig.base().shapes().values().stream()
                .mapToLong(Shape::size)
                .sum();
        assertEquals(90_373_248, n);
    }

    @Test
    void fiveSecondsGive156StepsAndTenGive312() {
        assertEquals(156, EcgEncoderConfig.base().steps(2500));
        assertEquals(312, EcgEncoderConfig.base().steps(5000));
        assertEquals(16, EcgEncoderConfig.base().receptiveField());
        assertEquals(1, EcgEncoderConfig.base().steps(16));
        assertEquals(0, EcgEncoderConfig.base().steps(15));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void freshWeightsHaveTheStatedNamesAndShapes(boolean bias) {
        EcgEncoderConfig c = new EcgEncoderConfig(
                3, List.of(new Conv(6, 3, 2), new Conv(bias ? 8 : 12, 2, 2)), bias, 12, 2, 3, 20, 5, 4, bias, 1);
        Map<String, Shape> fresh = new LinkedHashMap<>();
        new EcgEncoder(c).init(Rng.of(7)).forEach((name, t) -> fresh.put(name, t.shape()));
        assertEquals(c.shapes(), fresh);
        assertEquals(c, EcgEncoderConfig.of("test", c.toMap()));
    }

    @Test
    void convolutionsAsFairseqWritesThem() {
        assertEquals(
                List.of(new Conv(24, 3, 2), new Conv(24, 2, 2), new Conv(24, 2, 2)),
                convs("[(24, 3, 2)] + [(24, 2, 2)] * 2"));
        assertEquals(List.of(new Conv(8, 2, 2), new Conv(16, 3, 1)), convs("[(8,2,2), (16,3,1),]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "[(1, 2)]",
                "[(256, 2, 2)] * 999999",
                "[(0, 2, 2)]",
                "[(256, 2, 2)] * 0",
                "(1,2,3)",
                "exit()"
            })
    void otherExpressionsAreRefused(String text) {
        String said = assertThrows(FormatException.class, () -> convs(text)).getMessage();
        assertTrue(said.contains("conv_feature_layers"), said);
    }

    private static List<Conv> convs(String text) {
        return EcgEncoderConfig.of("file", Map.of("conv_feature_layers", text)).convs();
    }
}
