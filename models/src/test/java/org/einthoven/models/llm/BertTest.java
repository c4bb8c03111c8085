package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against loops over arrays written down from the paper; the real MiniLM is tested in {@code tests/suite}. */
class BertTest {
    @TempDir
    Path folder;

    private static final int[] IDS = {2, 4, 6, 7, 3};

    @Test
    void everyHiddenStateIsThatOfTheFormulas() throws Exception {
        TinyBert.write(folder, TinyBert.weights(""));
        Bert bert = Bert.open(folder);
        Params exact = bert.weights().cast(DType.F64);
        List<Tensor> got = bert.encoder().hiddenStates(exact, IDS, 2);
        List<double[][]> want = new ByHand(bert.weights().toMap()).states(IDS);
        for (int l = 0; l <= 2; l++) {
            double[] flat =
                    Arrays.stream(want.get(l)).flatMapToDouble(Arrays::stream).toArray();
            assertArrayEquals(flat, got.get(l).toDoubles(), 1e-6, "state " + l); // erf by its series: 1e-7
        }
        assertEquals(2, bert.encoder().hiddenStates(bert.weights(), IDS, 1).size());
    }

    @Test
    void olderNamesAndHeadsAreTheSameModel() throws Exception {
        TinyBert.write(folder, TinyBert.weights(""));
        double[] want = state(Bert.open(folder));
        Map<String, Tensor> old = new TreeMap<>();
        TinyBert.weights("bert.")
                .forEach((name, w) -> old.put(
                        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
                        w));
        old.put("bert.pooler.dense.weight", Tensor.of(new float[36], 6, 6));
        old.put("cls.predictions.bias", Tensor.of(new float[8], 8));
        TinyBert.write(folder, old);
        assertArrayEquals(want, state(Bert.open(folder)));
        assertArrayEquals(want, state(Bert.open(folder.resolve("model.safetensors"))));
    }

    private static double[] state(Bert bert) {
        return bert.encoder()
                .hiddenStates(bert.weights(), bert.tokenizer().encodeBetweenMarks("A cc"), 2)
                .getLast()
                .toDoubles();
    }

    @Test
    void whatDoesNotFitIsNamed() throws Exception {
        TinyBert.write(folder, TinyBert.weights(""));
        Bert bert = Bert.open(folder);
        assertThrows(ShapeException.class, () -> bert.encoder().hiddenStates(bert.weights(), new int[8], 2));
        assertThrows(ShapeException.class, () -> bert.encoder().hiddenStates(bert.weights(), IDS, 3));

        Map<String, Tensor> less = TinyBert.weights("");
        less.remove("encoder.layer.1.output.dense.bias");
        TinyBert.write(folder, less);
        refused("missing", "encoder.layer.1.output.dense.bias");

        TinyBert.write(folder, TinyBert.weights(""));
        Path config = folder.resolve("config.json");
        String good = Files.readString(config);
        Files.writeString(config, good.replace("\"bert\"", "\"roberta\""));
        refused("model_type", "roberta");
        Files.writeString(config, good.replace("\"num_attention_heads\": 3", "\"num_attention_heads\": 4"));
        refused("num_attention_heads", "4 heads");
        Files.writeString(config, good.replace("\"vocab_size\": 8", "\"vocab_size\": 7"));
        refused("8 pieces");
        Files.writeString(config, good.replace("\"hidden_size\": 6", "\"hidden_size\": 2000000000"));
        refused("hidden_size");
        Files.delete(config);
        refused("config.json");
    }

    private void refused(String... parts) {
        FormatException e = assertThrows(FormatException.class, () -> Bert.open(folder));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    /** The paper's encoder, number by number. */
    private record ByHand(Map<String, Tensor> weights) {
        List<double[][]> states(int[] ids) {
            double[][] words = matrix("embeddings.word_embeddings.weight");
            double[][] places = matrix("embeddings.position_embeddings.weight");
            double[] segment = matrix("embeddings.token_type_embeddings.weight")[0];
            double[][] x = new double[ids.length][];
            for (int t = 0; t < ids.length; t++) {
                x[t] = norm("embeddings.LayerNorm", sum(sum(words[ids[t]], places[t]), segment));
            }
            double[][] first = layer("encoder.layer.0.", x);
            return List.of(x, first, layer("encoder.layer.1.", first));
        }

        private double[][] layer(String name, double[][] x) {
            double[][] q = linear(name + "attention.q_proj", x);
            double[][] k = linear(name + "attention.k_proj", x);
            double[][] v = linear(name + "attention.v_proj", x);
            int d = 2;
            double[][] mixed = new double[x.length][6];
            for (int head = 0; head < 3; head++) {
                for (int i = 0; i < x.length; i++) {
                    double[] share = new double[x.length];
                    double total = 0;
                    for (int j = 0; j < x.length; j++) {
                        double score = 0;
                        for (int c = head * d; c < head * d + d; c++) {
                            score += q[i][c] * k[j][c];
                        }
                        share[j] = Math.exp(score / Math.sqrt(d));
                        total += share[j];
                    }
                    for (int j = 0; j < x.length; j++) {
                        for (int c = head * d; c < head * d + d; c++) {
                            mixed[i][c] += share[j] / total * v[j][c];
                        }
                    }
                }
            }
            double[][] seen = linear(name + "attention.out_proj", mixed);
            double[][] h = new double[x.length][];
            Arrays.setAll(h, t -> norm(name + "attention.output.LayerNorm", sum(x[t], seen[t])));
            double[][] inner = linear(name + "intermediate.dense", h);
            for (double[] row : inner) {
                Arrays.setAll(row, c -> row[c] * (1 + erf(row[c] / Math.sqrt(2))) / 2);
            }
            double[][] outer = linear(name + "output.dense", inner);
            double[][] y = new double[x.length][];
            Arrays.setAll(y, t -> norm(name + "output.LayerNorm", sum(h[t], outer[t])));
            return y;
        }

        private double[][] linear(String name, double[][] x) {
            double[][] w = matrix(name + ".weight");
            double[] b = weights.get(name + ".bias").toDoubles();
            double[][] y = new double[x.length][w.length];
            for (int t = 0; t < x.length; t++) {
                for (int o = 0; o < w.length; o++) {
                    y[t][o] = b[o];
                    for (int i = 0; i < x[t].length; i++) {
                        y[t][o] += w[o][i] * x[t][i];
                    }
                }
            }
            return y;
        }

        private double[] norm(String name, double[] x) {
            double[] w = weights.get(name + ".weight").toDoubles();
            double[] b = weights.get(name + ".bias").toDoubles();
            double mean = Arrays.stream(x).average().orElseThrow();
            double variance =
                    Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            double[] y = new double[x.length];
            Arrays.setAll(y, i -> (x[i] - mean) / Math.sqrt(variance + 1e-12) * w[i] + b[i]);
            return y;
        }

        private double[][] matrix(String name) {
            Tensor w = weights.get(name);
            double[] flat = w.toDoubles();
            double[][] rows = new double[w.dim(0)][];
            Arrays.setAll(rows, r -> Arrays.copyOfRange(flat, r * w.dim(1), (r + 1) * w.dim(1)));
            return rows;
        }

        private static double[] sum(double[] a, double[] b) {
            double[] c = new double[a.length];
            Arrays.setAll(c, i -> a[i] + b[i]);
            return c;
        }

        /** Its Taylor series, which converges everywhere. */
        private static double erf(double x) {
            double term = x;
            double sum = x;
            for (int n = 1; n < 200; n++) {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.sqrt(Math.PI) * sum;
        }
    }
}
