package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcgCheckpointTest {
    private static final EcgEncoderConfig SMALL = new EcgEncoderConfig(
            12,
            List.of(new EcgEncoderConfig.Conv(6, 3, 2), new EcgEncoderConfig.Conv(8, 2, 2)),
            true,
            12,
            2,
            3,
            20,
            4,
            2,
            false,
            0.1);

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint_new_zip.pt", "checkpoint_oldkeys_zip.pt", "checkpoint_oldkeys_legacy.pt"})
    void aClassifiersCheckpointOfEitherNamingAndLayout(String file) {
        GoldenCase golden = GoldenCase.of("B_encoder/tiny_2500");
        EcgCheckpoint c = EcgCheckpoint.load(golden.file(file));
        golden.check("pooled", c.encoder().apply(c.frozen(), golden.input("source")));
        assertEquals(List.of("model.proj.weight", "model.proj.bias"), c.leftOut());
    }

    @Test
    void aPreTrainingCheckpointWithItsHeads() {
        GoldenCase golden = GoldenCase.of("B_encoder/pretrain_checkpoint");
        EcgCheckpoint c = EcgCheckpoint.load(golden.file("checkpoint.pt"));
        golden.check("x", c.encoder().encode(c.frozen(), golden.input("source")).hidden());
        assertTrue(c.leftOut()
                .containsAll(
                        List.of("model.mask_emb", "model.final_proj.weight", "model.quantizer.vars", "model.step")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint.pt", "checkpoint_legacy.pt", "checkpoint_proto4.pt"})
    void everyTensorBesideObjectsOfForeignClasses(String file) {
        GoldenCase golden = GoldenCase.of("B_encoder/foreign_globals_checkpoint");
        try (WeightFile f = WeightFiles.open(golden.file(file))) {
            golden.section("parameters").forEach((name, want) -> golden.check(name, f.tensor("model." + name), want));
        }
    }

    @Test
    void whatIsSavedIsReadBackBitForBit(@TempDir Path folder) {
        EcgEncoder encoder = new EcgEncoder(SMALL);
        Params p = encoder.init(Rng.of(1));
        Path file = folder.resolve("encoder.safetensors");
        new EcgCheckpoint(encoder, p, List.of()).save(file);
        EcgCheckpoint back = EcgCheckpoint.load(file);
        assertEquals(encoder, back.encoder());
        assertEquals(p.paths(), back.params().paths());
        p.forEach((name, t) ->
                assertArrayEquals(t.toFloats(), back.params().get(name).toFloats(), name));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce(@TempDir Path folder) {
        EcgEncoder encoder = new EcgEncoder(SMALL);
        Map<String, Tensor> t = new LinkedHashMap<>(encoder.init(Rng.of(1)).toMap());
        t.remove("layer_norm.bias");
        t.put("encoder.layers.2.fc1.bias", Tensor.zeros(DType.F32, 20));
        t.put("post_extract_proj.weight", Tensor.zeros(DType.F32, 12, 9));
        Path file = folder.resolve("encoder.safetensors");
        SafetensorsWriter.write(
                file,
                t,
                Map.of(
                        "ecg_encoder",
                        tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(SMALL.toMap())));
        String said = assertThrows(FormatException.class, () -> EcgCheckpoint.load(file))
                .getMessage();
        assertTrue(said.contains("missing: layer_norm.bias [8]"), said);
        assertTrue(said.contains("unexpected: encoder.layers.2.fc1.bias"), said);
        assertTrue(said.contains("post_extract_proj.weight is [12, 9], the model has [12, 8]"), said);
        assertTrue(said.startsWith(file.toString()), said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"encoder_layers\":\"two\"}",
                "{\"encoder_layers\":0}",
                "{\"encoder_attention_heads\":5}",
                "[]",
                "{",
                "{\"conv_feature_layers\":\"__import__('os')\"}",
                "{\"extractor_mode\":\"layer_norm\"}",
                "{\"conv_pos\":1e12}"
            })
    void aConfigurationThatMakesNoSenseIsRefused(String config, @TempDir Path folder) {
        Path file = folder.resolve("encoder.safetensors");
        SafetensorsWriter.write(file, new EcgEncoder(SMALL).init(Rng.of(1)).toMap(), Map.of("ecg_encoder", config));
        String said = assertThrows(FormatException.class, () -> EcgCheckpoint.load(file))
                .getMessage();
        assertTrue(said.startsWith(file.toString()), said);
    }
}
