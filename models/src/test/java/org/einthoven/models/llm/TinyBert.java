package org.einthoven.models.llm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** A BERT of a few hundred weights drawn from a seed, written as Hugging Face's library writes one. */
final class TinyBert {
    static final BertConfig CONFIG = new BertConfig(8, 6, 10, 2, 3, 7, 2, 1e-12, BertConfig.Activation.GELU);

    private TinyBert() {}

    /** Weights under the checkpoint's names, before which {@code prefix} stands. */
    static Map<String, Tensor> weights(String prefix) {
        Rng rng = Rng.of(5);
        Map<String, Tensor> weights = new TreeMap<>();
        CONFIG.shapes()
                .forEach((name, shape) -> weights.put(
                        prefix + theirs(name),
                        rng.split(name).normal(shape.toArray()).mul(0.5)));
        return weights;
    }

    private static String theirs(String name) {
        return name.replace("attention.q_proj", "attention.self.query")
                .replace("attention.k_proj", "attention.self.key")
                .replace("attention.v_proj", "attention.self.value")
                .replace("attention.out_proj", "attention.output.dense");
    }

    static void write(Path folder, Map<String, Tensor> weights) throws Exception {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
        Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\nc\n##c\n");
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "bert", "vocab_size": 8, "hidden_size": 6, "intermediate_size": 10,
                 "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 7}""");
    }
}
