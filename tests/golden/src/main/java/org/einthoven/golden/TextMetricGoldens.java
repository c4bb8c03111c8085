package org.einthoven.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.meta.metrics.text.Bleu;
import org.einthoven.meta.metrics.text.BootstrapMid;
import org.einthoven.meta.metrics.text.Meteor;
import org.einthoven.meta.metrics.text.PorterStemmer;
import org.einthoven.meta.metrics.text.RougeL;
import org.einthoven.meta.metrics.text.Synonyms;
import org.einthoven.meta.metrics.text.TreebankTokenizer;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/** Group E: scores of texts, pair by pair and on average, with the tables of words that they rest on. */
final class TextMetricGoldens {
    private static final String BOOTSTRAP = "rougeL_bootstrap_mid_numpy_seed";

    private TextMetricGoldens() {}

    static GoldenTable table() {
        return new GoldenTable().on("text_metrics", TextMetricGoldens::textMetrics);
    }

    private static void textMetrics(GoldenCase golden, Comparison compare) {
        Synonyms thesaurus = thesaurus(golden);
        if (golden.hasFile("porter_stems.json")) {
            json(golden, "porter_stems.json")
                    .properties()
                    .forEach(e -> compare.same(
                            "the stem of " + e.getKey(),
                            PorterStemmer.stem(e.getKey()),
                            e.getValue().asString()));
        }
        if (golden.hasFile("nltk_tokenizer.json")) {
            json(golden, "nltk_tokenizer.json").forEach(n -> tokens(compare, n, "text", "tokens"));
        }
        List<Bleu> bleus = new ArrayList<>();
        golden.attrs().path("bleu_weights").forEach(w -> bleus.add(bleu(w)));
        JsonNode parameters = golden.attrs().path("meteor");
        Means means = new Means();
        for (JsonNode pair : json(golden, "pairs.json")) {
            String gold = pair.path("reference").asString();
            String predicted = pair.path("hypothesis").asString();
            for (int n = 1; n <= bleus.size(); n++) {
                means.add(compare, pair, "bleu" + n, bleus.get(n - 1).score(gold, predicted));
            }
            RougeL rouge = RougeL.of(gold, predicted);
            means.add(compare, pair, "rougeL_precision", rouge.precision());
            means.add(compare, pair, "rougeL_recall", rouge.recall());
            means.add(compare, pair, "rougeL_f1", rouge.f1());
            tokens(compare, pair, "reference", "nltk_tokens_ref");
            tokens(compare, pair, "hypothesis", "nltk_tokens_hyp");
            means.add(
                    compare,
                    pair,
                    "meteor_wordnet",
                    meteor(parameters, thesaurus).score(gold, predicted));
            means.add(
                    compare,
                    pair,
                    "meteor_exact_stem",
                    meteor(parameters, Synonyms.NONE).score(gold, predicted));
        }
        for (String name : golden.names("expected")) {
            if (name.startsWith("mean.")) {
                expected(compare, name, means.mean(name.substring("mean.".length())));
            } else if (name.startsWith(BOOTSTRAP)) {
                int seed = Integer.parseInt(name.substring(BOOTSTRAP.length()));
                expected(compare, name, new BootstrapMid(seed).of(means.scores("rougeL_f1")));
            }
        }
    }

    private static Bleu bleu(JsonNode weights) {
        List<Double> w = new ArrayList<>();
        weights.forEach(n -> w.add(n.asDouble()));
        w.removeIf(x -> x == 0); // orders that are listed and do not count
        return new Bleu(w);
    }

    private static Meteor meteor(JsonNode parameters, Synonyms synonyms) {
        return new Meteor(
                parameters.path("alpha").asDouble(0.9),
                parameters.path("beta").asDouble(3),
                parameters.path("gamma").asDouble(0.5),
                synonyms);
    }

    private static void tokens(Comparison compare, JsonNode node, String text, String tokens) {
        List<String> want = new ArrayList<>();
        node.path(tokens).forEach(n -> want.add(n.asString()));
        String cut = node.path(text).asString();
        compare.same("the words of '" + cut + "'", TreebankTokenizer.tokens(cut), want);
    }

    private static Synonyms thesaurus(GoldenCase golden) {
        JsonNode table = json(golden, "wordnet_synonyms.json");
        return word -> {
            Set<String> same = new TreeSet<>(Set.of(word));
            table.path(word).forEach(n -> same.add(n.asString()));
            return same;
        };
    }

    private static JsonNode json(GoldenCase golden, String file) {
        return StrictJson.tree(golden.file(file), file);
    }

    private static void expected(Comparison compare, String name, double got) {
        compare.check("expected", name, Tensor.scalar(got, DType.F64));
    }
}
