package org.einthoven.meta;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * An episode as the reference computes it: an attention mapper turns a vector into a prefix, a frozen Llama reads prefix and
 * question, and answer token i is read behind the first i question tokens. Written from the description in the goldens alone,
 * so it checks the models that ship as well as the meta-gradient.
 */
record MapperTask(String name, Llama llm, Params frozen, int heads, int ignore, Side support, Side query)
        implements Task {
    /** Vectors [B, W], question ids [B, S], answer ids [B, S], answer mask [B, P + S]. */
    record Side(Tensor x, Tensor question, Tensor answer, Tensor answerMask) {
        static Side of(Golden g, String path) {
            return new Side(
                    g.tensor("inputs", path + ".x"),
                    g.tensor("inputs", path + ".q"),
                    g.tensor("inputs", path + ".a"),
                    g.tensor("inputs", path + ".ma"));
        }
    }

    static List<MapperTask> of(Golden g) {
        Llama llm = new Llama(config(g.attr("config")));
        Params frozen = g.parameters("llm.");
        List<MapperTask> tasks = new ArrayList<>();
        for (int i = 0; i < g.tasks(); i++) {
            String t = "task" + i;
            tasks.add(new MapperTask(
                    t,
                    llm,
                    frozen,
                    g.attr("num_heads_mapper").asInt(),
                    g.attr("eos_ignore_index").asInt(),
                    Side.of(g, t + ".spt"),
                    Side.of(g, t + ".qry")));
        }
        return tasks;
    }

    /** The mapper's parameters, without the language model's and without learned rates. */
    static Params theta(Golden g) {
        Map<String, Tensor> theta = new LinkedHashMap<>(g.parameters("").toMap());
        theta.keySet().removeIf(name -> name.startsWith("llm."));
        return Params.of(theta);
    }

    private static LlmConfig config(JsonNode c) {
        return new LlmConfig(
                c.get("vocab_size").asInt(),
                c.get("hidden_size").asInt(),
                c.get("intermediate_size").asInt(),
                c.get("num_hidden_layers").asInt(),
                c.get("num_attention_heads").asInt(),
                c.get("num_key_value_heads").asInt(),
                c.get("head_dim").asInt(),
                c.get("rms_norm_eps").asDouble(),
                new LlmConfig.Rotary(c.get("rope_theta").asDouble(), new RopeScaling.None(), false),
                2048,
                c.get("tie_word_embeddings").asBoolean(),
                OptionalInt.empty(),
                new TreeSet<>());
    }

    @Override
    public Tensor supportLoss(Params w, Rng rng) {
        return loss(w, support);
    }

    @Override
    public Query query(Params w, Rng rng) {
        return new Query(loss(w, query));
    }

    private Tensor loss(Params w, Side side) {
        return Losses.crossEntropy(selected(w, side), Tensor.of(answers(side), answers(side).length), ignore);
    }

    /** Logits at the places of the answer tokens. */
    private Tensor selected(Params w, Side side) {
        Tensor prefix = mapper(w, side.x); // [B, P, D]
        int p = prefix.dim(1);
        Tensor embeds = Tensor.cat(1, prefix, llm.embed(frozen, side.question)); // [B, P + S, D]
        int length = embeds.dim(1);
        List<Integer> places = new ArrayList<>();
        each(side, (b, i) -> places.add(b * length + p - 1 + i));
        return llm.logitsAt(
                frozen, embeds, Tensor.of(places.stream().mapToInt(x -> x).toArray(), places.size()));
    }

    /** Greedy answer tokens of the query set. */
    int[] predicted(Params w) {
        return selected(w, query).argMax(-1).toInts();
    }

    private static int[] answers(Side side) {
        int[] ids = side.answer.toInts();
        int s = side.answer.dim(1);
        List<Integer> chosen = new ArrayList<>();
        each(side, (b, i) -> chosen.add(ids[b * s + i]));
        return chosen.stream().mapToInt(x -> x).toArray();
    }

    private interface Place {
        void at(int b, int i);
    }

    private static void each(Side side, Place place) {
        int s = side.answer.dim(1);
        int p = side.answerMask.dim(1) - s;
        for (int b = 0; b < side.answer.dim(0); b++) {
            for (int i = 0; i < s; i++) {
                if (side.answerMask.get(b, p + i) != 0) {
                    place.at(b, i);
                }
            }
        }
    }

    /** [B, W] to [B, P, D]: softmax(Q K^T / sqrt(D)) V over prefix and ECG, with residuals and norms as the reference has them. */
    private Tensor mapper(Params w, Tensor x) {
        Tensor start = w.get("prefix");
        int b = x.dim(0);
        int p = start.dim(0);
        Tensor rows = Tensor.cat(1, start.unsqueeze(0).expand(b, p, start.dim(1)), x.unsqueeze(1)); // [B, P + 1, W]
        Tensor q = rows.linear(w.get("q_w")).add(w.get("q_b"));
        Tensor k = rows.linear(w.get("k_w")).add(w.get("k_b"));
        Tensor v = rows.linear(w.get("v_w")).add(w.get("v_b"));
        int d = q.dim(2);
        Tensor a = heads(q).matmul(heads(k).t()).mul(1 / Math.sqrt(d)).softmax(-1);
        Tensor o = q.add(a.matmul(heads(v)).transpose(1, 2).reshape(b, p + 1, d));
        o = o.layerNorm(1e-5).mul(w.get("ln1_w")).add(w.get("ln1_b"));
        o = o.add(o.linear(w.get("o_w")).add(w.get("o_b")).leakyRelu(0.01));
        o = o.layerNorm(1e-5).mul(w.get("ln2_w")).add(w.get("ln2_b"));
        return o.slice(1, 0, p);
    }

    /** [B, R, D] to [B, H, R, D / H]. */
    private Tensor heads(Tensor x) {
        return x.reshape(x.dim(0), x.dim(1), heads, x.dim(2) / heads).transpose(1, 2);
    }
}
