package org.einthoven.models.llm;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.models.io.NameMap;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * Hyper-parameters of a BERT encoder (Devlin et al., arXiv 1810.04805).
 *
 * @param vocabulary tokens, V
 * @param width of a hidden state, D, a multiple of {@code heads}
 * @param intermediate width of the feed-forward layer, F
 * @param maxPositions learned positions: the longest text, its two marks included
 * @param tokenTypes learned types of segments; a text alone is of type 0
 * @param normEps epsilon of layer normalisation
 */
public record BertConfig(
        int vocabulary,
        int width,
        int intermediate,
        int layers,
        int heads,
        int maxPositions,
        int tokenTypes,
        double normEps,
        Activation activation) {
    /** Far beyond any real model, so that a damaged file is refused before memory is asked for. */
    private static final int MOST = 1 << 22;

    private static final int MOST_LAYERS = 512;

    /** Between the two layers of the feed-forward part. */
    public enum Activation {
        /** By the error function. */
        GELU,
        /** By the formula with tanh. */
        GELU_TANH,
        RELU;

        Tensor apply(Tensor x) {
            return switch (this) {
                case GELU -> x.gelu();
                case GELU_TANH -> x.geluTanh();
                case RELU -> x.relu();
            };
        }
    }

    /**
     * A Hugging Face {@code config.json}; values that are left out have that library's defaults.
     *
     * @throws FormatException naming the key whose value is missing, senseless or of another kind of model
     */
    public static BertConfig read(Path file) {
        JsonNode root = StrictJson.tree(file, "config");
        JsonFields f = new JsonFields(file.toString(), root);
        if (!root.isObject()) {
            throw f.bad("config", "must be a JSON object");
        }
        String family = f.text("model_type", "bert");
        if (!family.equals("bert")) {
            throw f.bad("model_type", "models of the type \"" + family + "\" are not supported here; bert is");
        }
        String positions = f.text("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw f.bad("position_embedding_type", "\"" + positions + "\" is not supported; absolute is");
        }
        BertConfig config = new BertConfig(
                size(f, "vocab_size", 30_522, MOST),
                size(f, "hidden_size", 768, MOST),
                size(f, "intermediate_size", 3072, MOST),
                size(f, "num_hidden_layers", 12, MOST_LAYERS),
                size(f, "num_attention_heads", 12, MOST),
                size(f, "max_position_embeddings", 512, MOST),
                size(f, "type_vocab_size", 2, MOST),
                f.number("layer_norm_eps", 1e-12),
                activation(f));
        if (config.width % config.heads != 0) {
            throw f.bad("num_attention_heads", config.heads + " heads do not divide the width " + config.width);
        }
        if (config.maxPositions < 3) {
            throw f.bad("max_position_embeddings", "must leave room for [CLS], [SEP] and a token");
        }
        if (!(config.normEps > 0)) {
            throw f.bad("layer_norm_eps", "must be above 0, not " + config.normEps);
        }
        return config;
    }

    private static int size(JsonFields f, String key, int otherwise, int most) {
        int n = f.integer(key, otherwise);
        if (n < 1 || n > most) {
            throw f.bad(key, n + " is outside 1 to " + most);
        }
        return n;
    }

    private static Activation activation(JsonFields f) {
        String name = f.text("hidden_act", "gelu");
        return switch (name) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            default -> throw f.bad("hidden_act", "\"" + name + "\" is not supported; gelu, gelu_new and relu are");
        };
    }

    /** Every weight by our name. */
    Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new TreeMap<>();
        shapes.put("embeddings.word_embeddings.weight", Shape.of(vocabulary, width));
        shapes.put("embeddings.position_embeddings.weight", Shape.of(maxPositions, width));
        shapes.put("embeddings.token_type_embeddings.weight", Shape.of(tokenTypes, width));
        norm(shapes, "embeddings.LayerNorm");
        for (int l = 0; l < layers; l++) {
            String layer = "encoder.layer." + l + ".";
            for (String part : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                linear(shapes, layer + "attention." + part, width, width);
            }
            norm(shapes, layer + "attention.output.LayerNorm");
            linear(shapes, layer + "intermediate.dense", width, intermediate);
            linear(shapes, layer + "output.dense", intermediate, width);
            norm(shapes, layer + "output.LayerNorm");
        }
        return shapes;
    }

    private void norm(Map<String, Shape> shapes, String path) {
        shapes.put(path + ".weight", Shape.of(width));
        shapes.put(path + ".bias", Shape.of(width));
    }

    private static void linear(Map<String, Shape> shapes, String path, int in, int out) {
        shapes.put(path + ".weight", Shape.of(out, in));
        shapes.put(path + ".bias", Shape.of(out));
    }

    /** From the names of a checkpoint, of the bare model or of one with a head, to those of {@link #shapes}. */
    static NameMap names() {
        return NameMap.identity()
                .rename("^bert\\.", "")
                .ignore("embeddings\\.(position|token_type)_ids")
                .ignore("(pooler|cls|classifier|qa_outputs)\\..*")
                .rename("LayerNorm\\.gamma$", "LayerNorm.weight")
                .rename("LayerNorm\\.beta$", "LayerNorm.bias")
                .rename("\\.attention\\.self\\.query\\.", ".attention.q_proj.")
                .rename("\\.attention\\.self\\.key\\.", ".attention.k_proj.")
                .rename("\\.attention\\.self\\.value\\.", ".attention.v_proj.")
                .rename("\\.attention\\.output\\.dense\\.", ".attention.out_proj.");
    }
}
