package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Embedding;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.models.nn.Linear;
import org.einthoven.models.nn.MultiHeadAttention;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * BERT's encoder (Devlin et al., arXiv 1810.04805): every token sees all of the text, and each sum with the residual stream is
 * normalised behind it. Without dropout, for use rather than training. T tokens, D width, F inner width.
 */
public record BertEncoder(BertConfig config) {
    /**
     * Hidden states of one text.
     *
     * @param p weights under the names of {@link BertConfig#shapes}
     * @param ids the text with its marks, T at most {@link BertConfig#maxPositions}
     * @param layers how many layers to run
     * @return {@code layers + 1} states [T, D]: of the embeddings, then of each layer
     * @throws ShapeException when the text is too long, or there are not so many layers
     */
    public List<Tensor> hiddenStates(Params p, int[] ids, int layers) {
        if (ids.length == 0 || ids.length > config.maxPositions()) {
            throw new ShapeException("a text of " + ids.length + " tokens; this BERT reads 1 to "
                    + config.maxPositions() + ", its two marks included");
        }
        if (layers < 0 || layers > config.layers()) {
            throw new ShapeException("layer " + layers + " of a BERT of " + config.layers() + " layers");
        }
        List<Tensor> states = new ArrayList<>();
        Tensor x = embed(p.in("embeddings"), ids); // [1, T, D]
        states.add(x.squeeze(0));
        for (int l = 0; l < layers; l++) {
            x = layer(p.in("encoder.layer." + l), x);
            states.add(x.squeeze(0));
        }
        return states;
    }

    /** Token, place in the text and kind of segment, added and normalised: [1, T, D]. */
    private Tensor embed(Params p, int[] ids) {
        Tensor words = new Embedding(config.vocabulary(), config.width())
                .apply(p.in("word_embeddings"), Tensor.of(ids, 1, ids.length));
        Tensor places = p.get("position_embeddings.weight").slice(0, 0, ids.length); // [T, D]
        Tensor segment = p.get("token_type_embeddings.weight").slice(0, 0, 1); // [1, D]
        return norm().apply(p.in("LayerNorm"), words.add(places).add(segment));
    }

    private Tensor layer(Params p, Tensor x) { // [1, T, D] -> [1, T, D]
        Tensor seen = new MultiHeadAttention(config.width(), config.heads()).apply(p.in("attention"), x);
        Tensor mixed = norm().apply(p.in("attention.output.LayerNorm"), x.add(seen));
        Tensor inner = config.activation()
                .apply(new Linear(config.width(), config.intermediate(), true)
                        .apply(p.in("intermediate.dense"), mixed)); // [1, T, F]
        Tensor outer = new Linear(config.intermediate(), config.width(), true).apply(p.in("output.dense"), inner);
        return norm().apply(p.in("output.LayerNorm"), mixed.add(outer));
    }

    private LayerNorm norm() {
        return new LayerNorm(config.width(), config.normEps());
    }
}
