package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.einthoven.data.ecg.Lead;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.text.BpeTrainer;
import org.einthoven.tensor.Rng;
import tools.jackson.databind.json.JsonMapper;

/** Small files of every kind that the command reads, made from seeds. */
final class TinyFiles {
    private static final int BYTES_AND_SPECIAL = 258;

    private TinyFiles() {}

    // ---------------------------------------------------------------- models

    /** A language model of two layers and width 32, with a tokenizer that knows single bytes only. */
    static Path llm(Path folder) {
        LlmConfig config = new LlmConfig(
                BYTES_AND_SPECIAL,
                32,
                48,
                2,
                4,
                2,
                8,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                512,
                true,
                OptionalInt.of(0),
                new TreeSet<>(List.of(1)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "llama");
        json.put("architectures", List.of("LlamaForCausalLM"));
        json.put("vocab_size", config.vocabulary());
        json.put("hidden_size", config.width());
        json.put("intermediate_size", config.intermediate());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.heads());
        json.put("num_key_value_heads", config.keyValueHeads());
        json.put("head_dim", config.headDim());
        json.put("rms_norm_eps", config.normEps());
        json.put("rope_theta", 10_000.0);
        json.put("max_position_embeddings", config.maxPositions());
        json.put("tie_word_embeddings", true);
        json.put("bos_token_id", 0);
        json.put("eos_token_id", 1);
        json.put("hidden_act", "silu");
        directory(folder);
        text(folder.resolve("config.json"), JsonMapper.shared().writeValueAsString(json));
        text(
                folder.resolve("tokenizer.json"),
                new BpeTrainer().add("yes no").tokenizerJson(0, "<|begin_of_text|>", "<|end_of_text|>"));
        text(
                folder.resolve("tokenizer_config.json"),
                "{\"add_bos_token\": true, \"bos_token\": \"<|begin_of_text|>\"}");
        Llama model = new Llama(config);
        SafetensorsWriter.write(
                folder.resolve("model.safetensors"),
                model.init(Rng.of(1)).map(w -> w.mul(8)).toMap(),
                Map.of());
        return folder;
    }

    /** An encoder of one layer and width 16, with every part of the full one. */
    static Path encoder(Path file) {
        EcgEncoderConfig.Conv conv = new EcgEncoderConfig.Conv(8, 5, 5);
        EcgEncoder encoder = new EcgEncoder(
                new EcgEncoderConfig(12, List.of(conv, conv, conv, conv), false, 16, 1, 2, 32, 4, 2, false, 1));
        new EcgCheckpoint(encoder, encoder.init(Rng.of(2)), List.of()).save(file);
        return file;
    }

    // ---------------------------------------------------------------- ECGs

    /** A 12-lead record of 5 s at 500 Hz in WFDB format 16, 1000 units a mV; returns its name without extension. */
    static Path ecg(Path folder, int id) {
        return ecg(folder, id, Lead.labels(), 2500);
    }

    /** As above with these leads and so many samples. */
    static Path ecg(Path folder, int id, List<String> leads, int samples) {
        directory(folder);
        RandomGenerator random = Rng.of(id).split("ecg").stream();
        short[][] x = new short[leads.size()][samples];
        for (short[] lead : x) {
            double beat = 300 + random.nextInt(200);
            double height = 200 + random.nextInt(800);
            for (int t = 0; t < samples; t++) {
                lead[t] = (short) (height * Math.exp(-Math.pow((t % beat - 50) / 8, 2)) + 20 * random.nextGaussian());
            }
        }
        if (leads.size() == Lead.COUNT) {
            for (int t = 0; t < samples; t++) {
                x[2][t] = (short) (x[1][t] - x[0][t]); // Einthoven: III = II - I
            }
        }
        return wfdb(folder, "%05d_hr".formatted(id), leads, x);
    }

    static Path wfdb(Path folder, String name, List<String> leads, short[][] x) {
        directory(folder);
        StringBuilder header = new StringBuilder(name + " " + leads.size() + " 500 " + x[0].length + "\n");
        ByteBuffer dat = ByteBuffer.allocate(2 * leads.size() * x[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < leads.size(); i++) {
            int sum = 0;
            for (short v : x[i]) {
                sum += v;
            }
            header.append(
                    name + ".dat 16 1000(0)/mV 16 0 " + x[i][0] + " " + (sum & 0xffff) + " 0 " + leads.get(i) + "\n");
        }
        for (int t = 0; t < x[0].length; t++) {
            for (short[] lead : x) {
                dat.putShort(lead[t]);
            }
        }
        text(folder.resolve(name + ".hea"), header.toString());
        bytes(folder.resolve(name + ".dat"), dat.array());
        return folder.resolve(name);
    }

    // ---------------------------------------------------------------- questions

    /** Five attributes asked of {@code ecgs} ECGs with ids from 1 on, each answered by a fair coin. */
    static Path questions(Path file, int ecgs) {
        List<String> attributes = List.of("tachycardia", "pacemaker", "flutter", "infarction", "hypertrophy");
        RandomGenerator coin = Rng.of(3).stream();
        List<Map<String, Object>> items = new ArrayList<>();
        for (int ecg = 1; ecg <= ecgs; ecg++) {
            for (int a = 0; a < attributes.size(); a++) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("template_id", 1);
                item.put("question_id", a);
                item.put("sample_id", items.size());
                item.put("question_type", "single-verify");
                item.put("attribute_type", "scp_code");
                item.put("question", attributes.get(a) + "?");
                item.put("answer", List.of(coin.nextBoolean() ? "yes" : "no"));
                item.put("ecg_id", List.of(ecg));
                item.put("attribute", List.of(attributes.get(a)));
                items.add(item);
            }
        }
        text(file, JsonMapper.shared().writeValueAsString(items));
        return file;
    }

    /** ECGs 1 to {@code n}. */
    static Path ecgs(Path folder, int n) {
        for (int id = 1; id <= n; id++) {
            ecg(folder, id);
        }
        return folder;
    }

    // ---------------------------------------------------------------- files

    static void text(Path file, String text) {
        bytes(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static void bytes(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void directory(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
