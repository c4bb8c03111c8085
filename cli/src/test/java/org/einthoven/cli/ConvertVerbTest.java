package org.einthoven.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.LinearMapper;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.fusion.MlpMapper;
import org.einthoven.models.fusion.PerceiverMapper;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ConvertVerbTest {
    @TempDir
    Path folder;

    private Path saved(Mapper mapper, String name) {
        Path file = folder.resolve(name);
        new MapperCheckpoint(mapper, mapper.init(Rng.of(3))).save(file);
        return file;
    }

    /** What {@code train} leaves becomes the reference's file, and that file ours again. */
    @Test
    void aMapperGoesToTheReferencesFormAndBack() {
        AttentionMapper mapper = AttentionMapper.reference(24, 32);
        Path ours = saved(mapper, "mapper.safetensors");
        Path theirs = folder.resolve("1_5-way_5-shot.pt");
        JsonNode r = Ran.json("convert", "--in", ours, "--out", theirs);
        assertEquals(13, r.get("tensors").asInt());
        assertEquals(theirs.toFile().length(), r.get("bytes").asLong());
        assertTrue(r.get("mapper").asBoolean());
        try (WeightFile file = WeightFiles.open(theirs)) {
            assertEquals("torch", file.format());
            assertEquals("mapper_net.vars.0", file.names().getFirst());
            assertEquals("mapper_net.vars.12", file.names().getLast());
        }
        Path back = folder.resolve("back.safetensors");
        Ran.json("convert", "--in", theirs, "--out", back);
        MapperCheckpoint read = MapperCheckpoint.load(back);
        assertEquals(mapper, read.mapper());
        mapper.init(Rng.of(3))
                .forEach((path, t) ->
                        assertArrayEquals(t.toFloats(), read.params().get(path).toFloats(), path));
    }

    @Test
    void everyKindOfMapperIsKnownByItsOwnFile() {
        for (Mapper mapper :
                List.of(new MlpMapper(6, 8, 3), new LinearMapper(6, 8, 3), new PerceiverMapper(6, 8, 3, 4, 2, 1))) {
            Path file = saved(mapper, mapper.getClass().getSimpleName() + ".safetensors");
            Path copy = folder.resolve("copy.safetensors");
            Ran.json("convert", "--in", file, "--out", copy);
            assertEquals(mapper, MapperCheckpoint.load(copy).mapper());
        }
        Ran.of("convert", "--in", folder.resolve("PerceiverMapper.safetensors"), "--out", folder.resolve("p.pt"))
                .failed(3, "the reference has no perceiver", "name it .safetensors");
        assertFalse(Files.exists(folder.resolve("p.pt")));
        Path torch = saved(new LinearMapper(6, 8, 3), "linear.pt");
        Ran.of("convert", "--in", torch, "--out", folder.resolve("l.safetensors"))
                .failed(3, "linear.pt", "prefix_length", "is not told");
    }

    @Test
    void otherWeightsKeepTheirNames() {
        Path encoder = TinyFiles.encoder(folder.resolve("encoder.safetensors"));
        Path torch = folder.resolve("encoder.pt");
        JsonNode asTorch = Ran.json("convert", "--in", encoder, "--out", torch);
        assertFalse(asTorch.get("mapper").asBoolean());
        String lost = asTorch.get("warnings").get(0).asString();
        assertTrue(lost.contains("says beside its weights is not in the file, such as ecg_encoder"), lost);
        Path back = folder.resolve("back.safetensors");
        Ran.json("convert", "--in", torch, "--out", back);
        try (WeightFile before = WeightFiles.open(encoder);
                WeightFile after = WeightFiles.open(back)) {
            List<String> names = new ArrayList<>(before.names());
            assertTrue(names.size() > 10);
            assertTrue(after.names().containsAll(names)
                    && names.size() == after.names().size());
            names.forEach(name -> assertArrayEquals(
                    before.tensor(name).toFloats(), after.tensor(name).toFloats(), name));
        }
        Path llm = TinyFiles.llm(folder.resolve("llm"));
        Path gguf = folder.resolve("llm.gguf");
        Ran.json("quantize", "--in", llm, "--out", gguf, "--type", "Q8_0");
        JsonNode r = Ran.json("convert", "--in", gguf, "--out", folder.resolve("llm.safetensors"));
        assertTrue(r.get("warnings").get(0).asString().contains("blocks of few bits are written as F32"));
        assertTrue(r.get("warnings").get(1).asString().contains("GGUF's"));
    }

    @Test
    void whatCannotBeConvertedIsSaid() throws IOException {
        Path file = saved(new LinearMapper(6, 8, 3), "mapper.safetensors");
        Ran.of("convert", "--in", file, "--out", folder.resolve("m.bin")).failed(2, "m.bin", ".safetensors or .pt");
        Ran.of("convert", "--in", file, "--out", file).failed(3, "is a file of what is read; name another");
        Path llm = TinyFiles.llm(folder.resolve("llm"));
        Ran.of("convert", "--in", llm, "--out", llm.resolve("model.safetensors"))
                .failed(3, "is a file of what is read");
        Path text = Files.writeString(folder.resolve("notes.txt"), "no weights at all");
        Ran.of("convert", "--in", text, "--out", folder.resolve("m.pt"))
                .failed(3, "notes.txt", "is none of safetensors");
        Ran.of("convert", "--in", folder.resolve("gone"), "--out", folder.resolve("m.pt"))
                .failed(3, "gone");
    }

    /** An encoder says its shape there, without which its weights are read as those of another. */
    @Test
    void whatSafetensorsSayBesideTheWeightsGoesAlong() {
        Path encoder = TinyFiles.encoder(folder.resolve("encoder.safetensors"));
        Path copy = folder.resolve("copy.safetensors");
        assertTrue(Ran.json("convert", "--in", encoder, "--out", copy)
                .get("warnings")
                .isEmpty());
        try (WeightFile before = WeightFiles.open(encoder);
                WeightFile after = WeightFiles.open(copy)) {
            assertFalse(before.metadata().isEmpty());
            before.metadata()
                    .forEach(
                            (key, value) -> assertEquals(value, after.metadata().get(key), key));
        }
        assertEquals(
                EcgCheckpoint.load(encoder).encoder().config(),
                EcgCheckpoint.load(copy).encoder().config());
    }

    @Test
    void wholeNumbersOfAnotherWidthAreTold() throws IOException {
        byte[] header = "{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}".getBytes(UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).putLong(7);
        Path file = Files.write(folder.resolve("ids.safetensors"), bytes.array());
        Path copy = folder.resolve("ids32.safetensors");
        JsonNode r = Ran.json("convert", "--in", file, "--out", copy);
        assertTrue(r.get("warnings").get(0).asString().contains("1 tensors of whole numbers"));
        try (WeightFile read = WeightFiles.open(copy)) {
            assertEquals("I32", read.entry("ids").type());
            assertEquals(7, read.tensor("ids").toDoubles()[0]);
        }
    }
}
