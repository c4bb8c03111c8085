package org.einthoven.models.llm;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The block of phi-2, written once more in loops from Hugging Face's modeling_phi.py. */
class PhiTest {
    private static final int T = 5;
    private static final int D = 8;
    private static final int HEADS = 4;
    private static final int GROUPS = 2;
    private static final int E = 4;
    private static final int TURNED = 2;

    private final Llama model = new Llama(FamiliesTest.tiny("phi"));
    private final Params p = weights();

    private Params weights() {
        Params w = Params.EMPTY;
        for (var e : model.shapes().entrySet()) {
            Tensor noise = Rng.of(5).split(e.getKey()).normal64(e.getValue().toArray());
            w = w.with(e.getKey(), noise.mul(e.getKey().endsWith("weight") ? 0.5 : 0.2));
        }
        return w;
    }

    @Test
    void isTheModelInLoops() {
        Tensor ids = Tensor.of(new int[] {1, 5, 7, 3, 9}, 1, T);
        double[][] x = new double[T][];
        for (int t = 0; t < T; t++) {
            x[t] = p.get("model.embed_tokens.weight").select(0, ids.toInts()[t]).toDoubles();
        }
        for (int layer = 0; layer < model.config().layers(); layer++) {
            x = block("model.layers." + layer + ".", x);
        }
        double[] logits = new double[T * 11];
        for (int t = 0; t < T; t++) {
            System.arraycopy(linear("lm_head", norm("model.norm", x[t])), 0, logits, t * 11, 11);
        }
        new Tolerance(1e-11, 1e-11).check("logits", model.logits(p, ids), Tensor.of(logits, 1, T, 11));
    }

    private double[][] block(String at, double[][] x) {
        double[][] q = new double[T][];
        double[][] k = new double[T][];
        double[][] v = new double[T][];
        for (int t = 0; t < T; t++) {
            double[] n = norm(at + "input_layernorm", x[t]);
            q[t] = turned(linear(at + "self_attn.q_proj", n), t);
            k[t] = turned(linear(at + "self_attn.k_proj", n), t);
            v[t] = linear(at + "self_attn.v_proj", n);
        }
        double[][] out = new double[T][];
        for (int t = 0; t < T; t++) {
            double[] mixed = new double[HEADS * E];
            for (int h = 0; h < HEADS; h++) {
                int g = h / (HEADS / GROUPS);
                double[] weight = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double dot = 0;
                    for (int e = 0; e < E; e++) {
                        dot += q[t][h * E + e] * k[s][g * E + e];
                    }
                    weight[s] = Math.exp(dot / Math.sqrt(E));
                    sum += weight[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int e = 0; e < E; e++) {
                        mixed[h * E + e] += weight[s] / sum * v[s][g * E + e];
                    }
                }
            }
            double[] attention = linear(at + "self_attn.o_proj", mixed);
            double[] f = linear(at + "mlp.up_proj", norm(at + "input_layernorm", x[t]));
            for (int i = 0; i < f.length; i++) {
                double inner = Math.sqrt(2 / Math.PI) * (f[i] + 0.044715 * f[i] * f[i] * f[i]);
                f[i] = 0.5 * f[i] * (1 + Math.tanh(inner));
            }
            double[] forward = linear(at + "mlp.down_proj", f);
            out[t] = new double[D];
            for (int d = 0; d < D; d++) {
                out[t][d] = x[t][d] + attention[d] + forward[d];
            }
        }
        return out;
    }

    /** The first two of four columns of each head turn, by an angle of half the position: one frequency, halved. */
    private static double[] turned(double[] x, int position) {
        double[] y = x.clone();
        double c = Math.cos(position / 2.0);
        double s = Math.sin(position / 2.0);
        for (int h = 0; h < x.length; h += E) {
            y[h] = x[h] * c - x[h + TURNED / 2] * s;
            y[h + TURNED / 2] = x[h + TURNED / 2] * c + x[h] * s;
        }
        return y;
    }

    private double[] norm(String path, double[] x) {
        double mean = 0;
        for (double v : x) {
            mean += v / D;
        }
        double variance = 0;
        for (double v : x) {
            variance += (v - mean) * (v - mean) / D;
        }
        double[] w = p.get(path + ".weight").toDoubles();
        double[] b = p.get(path + ".bias").toDoubles();
        double[] y = new double[D];
        for (int d = 0; d < D; d++) {
            y[d] = (x[d] - mean) / Math.sqrt(variance + 1e-5) * w[d] + b[d];
        }
        return y;
    }

    private double[] linear(String path, double[] x) {
        Tensor weight = p.get(path + ".weight").cast(DType.F64);
        double[] y = p.get(path + ".bias").toDoubles();
        for (int o = 0; o < y.length; o++) {
            double[] row = weight.select(0, o).toDoubles();
            for (int i = 0; i < x.length; i++) {
                y[o] += row[i] * x[i];
            }
        }
        return y;
    }
}
