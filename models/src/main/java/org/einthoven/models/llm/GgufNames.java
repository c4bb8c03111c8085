package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.models.io.NameMap;

/** The tensor names of GGUF files and those of Hugging Face, either way (github.com/ggml-org/llama.cpp, gguf-py constants). */
final class GgufNames {
    /** No weight, but part of the configuration. */
    static final String FREQUENCY_DIVISORS = "rope_freqs.weight";

    /** Names in GGUF and ours. */
    private record Pair(String gguf, String ours) {}

    private static final List<Pair> OUTSIDE = List.of(
            new Pair("token_embd", "model.embed_tokens"),
            new Pair("output_norm", "model.norm"),
            new Pair("output", "lm_head"));

    private static final List<Pair> IN_BLOCK = List.of(
            new Pair("attn_norm", "input_layernorm"),
            new Pair("attn_q", "self_attn.q_proj"),
            new Pair("attn_k", "self_attn.k_proj"),
            new Pair("attn_v", "self_attn.v_proj"),
            new Pair("attn_output", "self_attn.o_proj"),
            new Pair("attn_q_norm", "self_attn.q_norm"),
            new Pair("attn_k_norm", "self_attn.k_norm"),
            new Pair("ffn_gate", "mlp.gate_proj"),
            new Pair("ffn_up", "mlp.up_proj"),
            new Pair("ffn_down", "mlp.down_proj"));

    /** The norm before the feed-forward layer has another name of ours where attention is followed by a norm of its own. */
    private static final List<Pair> NORMS = List.of(new Pair("ffn_norm", "post_attention_layernorm"));

    private static final List<Pair> NORMS_AFTER_TOO = List.of(
            new Pair("ffn_norm", "pre_feedforward_layernorm"),
            new Pair("post_attention_norm", "post_attention_layernorm"),
            new Pair("post_ffw_norm", "post_feedforward_layernorm"));

    private static final Pattern BLOCK = Pattern.compile("model\\.layers\\.(\\d+)\\.(.*)\\.(weight|bias)");

    private GgufNames() {}

    /** From the names in a GGUF file to those of {@link LlmConfig#shapes}. */
    static NameMap ofHuggingFace(LlmConfig config) {
        NameMap names = NameMap.identity().ignore(Pattern.quote(FREQUENCY_DIVISORS));
        for (Pair p : OUTSIDE) {
            names = names.rename("^" + p.gguf + "\\.(weight|bias)$", p.ours + ".$1");
        }
        names = names.rename("^blk\\.(\\d+)\\.", "model.layers.$1.");
        for (Pair p : inBlock(config)) {
            names = names.rename("^(model\\.layers\\.\\d+)\\." + p.gguf + "\\.(weight|bias)$", "$1." + p.ours + ".$2");
        }
        return names;
    }

    /** The name in a GGUF file of one of {@link LlmConfig#shapes}. */
    static String ofGguf(String ours, LlmConfig config) {
        Matcher m = BLOCK.matcher(ours);
        if (m.matches()) {
            return "blk." + m.group(1) + "." + gguf(m.group(2), inBlock(config)) + "." + m.group(3);
        }
        int dot = ours.lastIndexOf('.');
        return gguf(ours.substring(0, dot), OUTSIDE) + ours.substring(dot);
    }

    private static String gguf(String ours, List<Pair> pairs) {
        return pairs.stream()
                .filter(p -> p.ours.equals(ours))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(ours + " has no name in GGUF"))
                .gguf;
    }

    private static List<Pair> inBlock(LlmConfig config) {
        List<Pair> all = new ArrayList<>(IN_BLOCK);
        all.addAll(config.architecture().postNorms() ? NORMS_AFTER_TOO : NORMS);
        return all;
    }
}
