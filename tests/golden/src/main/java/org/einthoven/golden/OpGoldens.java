package org.einthoven.golden;

import static org.einthoven.golden.OpFormulas.*;

import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.models.ecg.Encoding;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.Rope;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.nn.Losses;
import org.einthoven.models.nn.Nucleus;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/** Group A: operators, with first and second derivatives. One row for each formula; README of the goldens has the terms. */
final class OpGoldens {
    private OpGoldens() {}

    static GoldenTable table() {
        GoldenTable t = new GoldenTable();
        elementwise(t);
        reductions(t);
        products(t);
        moves(t);
        normalisations(t);
        losses(t);
        attention(t);
        rotary(t);
        ordering(t);
        return t;
    }

    private static void elementwise(GoldenTable t) {
        op(t, "add_broadcast", x -> x.get("a").add(x.get("b")));
        op(t, "sub_mul_div_broadcast", x -> x.get("a")
                .sub(x.get("b"))
                .mul(x.get("c"))
                .div(x.get("b").square().add(1)));
        op(t, "pow_sqrt_exp_log", x -> {
            Tensor a = x.get("a");
            return a.sqrt().add(a.pow(3)).add(a.neg().exp()).add(a.log()).add(a.pow(-0.5));
        });
        op(t, "sin_cos", x -> x.get("a").sin().mul(x.get("a").mul(2).cos()));
        op(t, "tanh_sigmoid_softplus", x -> x.get("a")
                .tanh()
                .add(x.get("a").sigmoid().mul(x.get("a").softplus())));
        op(t, "relu", x -> x.get("x").relu());
        op(t, "leaky_relu", x -> x.get("x").leakyRelu(x.real("slope")));
        op(t, "silu", x -> x.get("x").silu());
        op(t, "gelu_erf", x -> x.get("x").gelu());
        op(t, "gelu_tanh", x -> x.get("x").geluTanh());
        op(t, "softcap", x -> softcap(x.get("x"), x.real("cap")));
        op(t, "dropout_given_mask", OpFormulas::dropout);
        op(t, "where_masked_fill_clamp", OpFormulas::whereFillClamp);
        t.on("third_order_silu_sin", OpGoldens::thirdOrder);
    }

    private static void reductions(GoldenTable t) {
        // The sum over the outer axes, times the mean over the middle one of the same sum, plus the mean of all.
        op(t, "sum_mean_dims", x -> {
            Tensor a = x.get("a");
            Tensor s = a.sum(false, 0, 2);
            return s.mul(s.mean()).add(a.mean());
        });
        op(
                t,
                "var_unbiased",
                x -> Tensor.cat(
                        0, variance(x.get("a"), 1), variance(x.get("a"), 0).sqrt()));
        op(t, "l2_norm", x -> x.get("a").square().sum(false, -1).sqrt());
        op(t, "logsumexp", x -> x.get("x").logSumExp(1, false));
        op(t, "cumsum", x -> x.get("x").cumSum(1));
        op(t, "cumsum_of_softmax", x -> x.get("x").softmax().cumSum(-1));
        op(t, "cosine_similarity(_broadcast)?", x -> Losses.cosineSimilarity(x.get("a"), x.get("b"), x.real("eps")));
        op(t, "mean_pool_nonzero", x -> new Encoding(x.get("x"), null).pooled());
        t.on("max_min_reduce", (golden, compare) -> {
            Derivatives.check(golden, compare, x -> x.get("a")
                    .max(-1, false)
                    .add(x.get("a").min(-1, false)));
            compare.check("expected", "argmax", golden.input("a").argMax(-1));
            compare.check("expected", "argmin", golden.input("a").neg().argMax(-1));
        });
    }

    private static void products(GoldenTable t) {
        op(t, "matmul_transposed", x -> x.get("a").matmul(x.get("b").t()));
        op(t, "matmul_(2d|broadcast|mat_vec|vec_mat)|bmm", x -> x.get("a").matmul(x.get("b")));
        op(t, "linear", x -> biased(x.get("x").linear(x.get("w")), x));
        op(t, "swiglu", x -> x.get("x")
                .linear(x.get("wg"))
                .silu()
                .mul(x.get("x").linear(x.get("wu")))
                .linear(x.get("wd")));
        op(t, "geglu_tanh", x -> x.get("x")
                .linear(x.get("wg"))
                .geluTanh()
                .mul(x.get("x").linear(x.get("wu")))
                .linear(x.get("wd")));
        op(t, "conv1d_(pad_bias|stride2_k2|dilation_stride3|groups_even_kernel)", OpFormulas::conv1d);
        op(t, "conv_feature_extractor", OpFormulas::convFeatureExtractor);
        op(t, "weight_norm_dim2", OpFormulas::weightNorm);
        op(t, "pos_conv_weight_norm", OpFormulas::positionalConvolution);
        op(t, "embedding", x -> x.get("w").embedding(x.get("ids")));
    }

    private static void moves(GoldenTable t) {
        op(t, "shape_ops", OpFormulas::shapeOps);
        op(t, "split_cat_heads", OpFormulas::splitHeads);
        op(t, "boolean_mask_select", OpFormulas::booleanSelect);
        op(t, "index_select_slice", x -> {
            Tensor idx = x.get("idx");
            return x.get("a").indexSelect(1, idx).mul(x.get("a").slice(1, 1, 1 + idx.dim(0)));
        });
        op(t, "gather", x -> x.get("x").gather(-1, x.get("idx")));
        op(t, "scatter", x -> x.get("x").scatter(-1, x.get("idx"), x.get("src")));
        op(t, "scatter_add", x -> x.get("x").scatterAdd(-1, x.get("idx"), x.get("src")));
    }

    private static void normalisations(GoldenTable t) {
        op(t, "softmax", x -> x.get("x").softmax());
        op(t, "softmax_dim1_large", x -> x.get("x").softmax(1));
        // Here, as in a masked fill, the mask is true for what is hidden.
        op(t, "softmax_masked_neg_inf", x -> x.get("x")
                .maskedFill(x.get("mask"), Double.NEGATIVE_INFINITY)
                .softmax());
        op(t, "log_softmax", x -> x.get("x").logSoftmax());
        op(t, "layer_norm", OpFormulas::layerNorm);
        op(t, "layer_norm_no_affine", OpFormulas::layerNormOverShape);
        op(t, "rms_norm_llama", OpFormulas::rmsNorm);
        op(t, "rms_norm_gemma", x -> x.get("x")
                .rmsNorm(x.real("eps"))
                .mul(x.get("w").add(1)));
        op(t, "group_norm_G(_eq_C)?", OpFormulas::groupNorm);
        op(t, "gumbel_softmax_soft", x -> gumbelSoftmax(x, false));
        t.on("gumbel_softmax_hard", (golden, compare) -> {
            Derivatives.check(golden, compare, x -> gumbelSoftmax(x, true));
            compare.checkIfExpected("expected", "soft", gumbelSoftmax(new Operands(golden, Map.of()), false));
        });
    }

    private static void losses(GoldenTable t) {
        op(t, "mse", x -> Losses.meanSquaredError(x.get("x"), x.get("y")));
        op(t, "bce_with_logits", x -> Losses.binaryCrossEntropy(x.get("x"), x.get("y")));
        op(t, "cross_entropy_ignore_(mean|sum|none)", OpFormulas::crossEntropy);
        op(t, "cross_entropy_spatial", OpFormulas::smoothedCrossEntropy);
        t.on("cross_entropy_all_ignored", (golden, compare) -> {
            Tensor x = golden.input("x");
            Tensor target = golden.input("target");
            int ignore = golden.whole("ignore_index");
            compare.check(
                    "expected",
                    "sum",
                    Losses.crossEntropyEach(x, target, ignore).sum());
            boolean nan = Double.isNaN(Losses.crossEntropy(x, target, ignore).item());
            compare.check("expected", "mean_is_nan", Tensor.of(new boolean[] {nan}));
        });
    }

    private static void attention(GoldenTable t) {
        op(t, "attention_(causal_mha|gqa_causal|sliding_window|softcap)", OpFormulas::attention);
        op(t, "mha_fairseq_key_padding", OpFormulas::multiHeadAttention);
    }

    private static void rotary(GoldenTable t) {
        op(t, "rope_half_split", x -> rope(x, false));
        op(t, "rope_interleaved", x -> rope(x, true));
        t.on("rope_llama3_inv_freq", (golden, compare) -> {
            RopeScaling scaling = new RopeScaling.Llama3(
                    golden.real("factor"),
                    golden.real("low_freq_factor"),
                    golden.real("high_freq_factor"),
                    golden.real("original_max_position_embeddings"));
            compare.check("expected", "inv_freq_unscaled", frequencies(golden, new RopeScaling.None()));
            compare.check("expected", "inv_freq", frequencies(golden, scaling));
        });
        t.on("rope_gguf_permute", (golden, compare) -> {
            Tensor w = golden.input("w_hf");
            int heads = golden.whole("n_head");
            int half = golden.whole("head_dim") / 2;
            compare.check(
                    "expected",
                    "w_gguf",
                    w.reshape(heads, 2, half, w.dim(1)).transpose(1, 2).reshape(w.shape()));
        });
    }

    private static double[] frequencies(GoldenCase golden, RopeScaling scaling) {
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(golden.real("rope_theta"), scaling, false);
        return Rope.frequencies(golden.whole("head_dim"), rotary, DType.F64);
    }

    private static void ordering(GoldenTable t) {
        t.on("sort_descending", (golden, compare) -> {
            Derivatives.check(golden, compare, x -> x.get("x").sort(-1, true));
            compare.check("expected", "indices", golden.input("x").argSort(-1, true));
        });
        t.on("sort_stable_ties", (golden, compare) -> {
            compare.check("expected", "indices", golden.input("x").argSort(-1, true));
            compare.check("expected", "values", golden.input("x").sort(-1, true));
        });
        t.on("topk", (golden, compare) -> {
            int k = golden.whole("k");
            Derivatives.check(golden, compare, x -> x.get("x").topK(-1, k));
            compare.check(
                    "expected", "indices", golden.input("x").argSort(-1, true).slice(-1, 0, k));
        });
        t.on("top_p", OpGoldens::nucleus);
    }

    /** A row whose conventions are those of {@link Derivatives}. */
    private static void op(GoldenTable t, String name, Derivatives.Formula formula) {
        t.on(name, (golden, compare) -> Derivatives.check(golden, compare, formula));
    }

    /** y = sum(silu(x) sin(x)), and its derivatives of orders one to three. */
    private static void thirdOrder(GoldenCase golden, Comparison compare) {
        Tensor x = golden.input("x").track();
        Tensor y = x.silu().mul(x.sin()).sum();
        compare.check("expected", "y", y.detach());
        Tensor g = derivative(y, x);
        compare.check("gradients", "x", g.detach());
        for (int order = 2; golden.has("second_order", "g" + order); order++) {
            g = derivative(g.sum(), x);
            compare.check("second_order", "g" + order, g.detach());
        }
    }

    private static Tensor derivative(Tensor scalar, Tensor x) {
        return Grad.vjp(scalar, List.of(x), Tensor.ones(scalar.dtype()), GradMode.DIFFERENTIABLE)
                .getFirst();
    }

    private static void nucleus(GoldenCase golden, Comparison compare) {
        Tensor p = golden.input("logits").softmax();
        Tensor order = p.argSort(-1, true);
        Tensor cumulative = p.gather(-1, order).cumSum(-1);
        Nucleus nucleus = new Nucleus(golden.real("top_p"));
        Tensor filtered = nucleus.apply(p);
        compare.check("expected", "cumulative_sorted", cumulative);
        compare.check("expected", "keep_mask", nucleus.keep(p).cast(DType.I32));
        compare.check("expected", "filtered_probs", filtered);
        compare.check("expected", "argmax", filtered.argMax(-1));
    }
}
