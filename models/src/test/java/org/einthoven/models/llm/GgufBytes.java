package org.einthoven.models.llm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/** Writes small GGUF files, right or deliberately wrong. */
final class GgufBytes {
    private static final int U32 = 4;
    private static final int F32 = 6;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A model by its configuration, F32, with the names of GGUF. */
    static GgufBytes of(LlmConfig c, Params weights) {
        GgufBytes g = new GgufBytes();
        g.keys.put("general.architecture", "llama");
        g.keys.put("llama.vocab_size", c.vocabulary());
        g.keys.put("llama.embedding_length", c.width());
        g.keys.put("llama.feed_forward_length", c.intermediate());
        g.keys.put("llama.block_count", c.layers());
        g.keys.put("llama.attention.head_count", c.heads());
        g.keys.put("llama.attention.head_count_kv", c.keyValueHeads());
        g.keys.put("llama.attention.layer_norm_rms_epsilon", (float) c.normEps());
        g.keys.put("llama.rope.freq_base", (float) c.rotary().theta());
        g.keys.put("llama.context_length", c.maxPositions());
        String[][] names = {
            {"model.embed_tokens", "token_embd"}, {"model.norm", "output_norm"}, {"lm_head", "output"},
            {"model.layers", "blk"}, {"input_layernorm", "attn_norm"}, {"post_attention_layernorm", "ffn_norm"},
            {"self_attn.q_proj", "attn_q"}, {"self_attn.k_proj", "attn_k"}, {"self_attn.v_proj", "attn_v"},
            {"self_attn.o_proj", "attn_output"}, {"mlp.gate_proj", "ffn_gate"}, {"mlp.up_proj", "ffn_up"},
            {"mlp.down_proj", "ffn_down"}
        };
        weights.forEach((name, t) -> {
            String n = name;
            for (String[] pair : names) {
                n = n.replace(pair[0], pair[1]);
            }
            g.tensors.put(n, t);
        });
        return g;
    }

    /** With a key set to a String, Integer, Float, String[] or int[]; null leaves it out. */
    GgufBytes with(String key, Object value) {
        if (value == null) {
            keys.remove(key);
        } else {
            keys.put(key, value);
        }
        return this;
    }

    Path write(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        i32(out, 3);
        i64(out, tensors.size());
        i64(out, keys.size());
        keys.forEach((key, value) -> {
            string(out, key);
            value(out, value);
        });
        long offset = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            string(out, e.getKey());
            int[] shape = e.getValue().shape().toArray();
            i32(out, shape.length);
            for (int i = shape.length - 1; i >= 0; i--) {
                i64(out, shape[i]);
            }
            i32(out, 0);
            i64(out, offset);
            offset = aligned(offset + 4 * e.getValue().size());
        }
        for (Tensor t : tensors.values()) {
            pad(out);
            for (float x : t.toFloats()) {
                i32(out, Float.floatToIntBits(x));
            }
        }
        pad(out);
        return Files.write(file, out.toByteArray());
    }

    private static void value(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case String s -> {
                i32(out, STRING);
                string(out, s);
            }
            case Integer i -> {
                i32(out, U32);
                i32(out, i);
            }
            case Float f -> {
                i32(out, F32);
                i32(out, Float.floatToIntBits(f));
            }
            case String[] list -> {
                i32(out, ARRAY);
                i32(out, STRING);
                i64(out, list.length);
                for (String s : list) {
                    string(out, s);
                }
            }
            case int[] list -> {
                i32(out, ARRAY);
                i32(out, U32);
                i64(out, list.length);
                for (int i : list) {
                    i32(out, i);
                }
            }
            default -> throw new AssertionError(value);
        }
    }

    private static void string(ByteArrayOutputStream out, String s) {
        byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
        i64(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void i32(ByteArrayOutputStream out, int x) {
        out.writeBytes(
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(x).array());
    }

    private static void i64(ByteArrayOutputStream out, long x) {
        out.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(x).array());
    }

    private static void pad(ByteArrayOutputStream out) {
        out.writeBytes(new byte[(int) (aligned(out.size()) - out.size())]);
    }

    private static long aligned(long n) {
        return (n + 31) / 32 * 32;
    }
}
