package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.meta.metrics.text.BertScore;
import org.einthoven.meta.metrics.text.BertScorer;
import org.einthoven.meta.metrics.text.Synonyms;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.models.io.StrictJson;
import org.einthoven.models.llm.Bert;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Scores of generated texts beside their references, averaged over pairs. */
@Command(
        name = "metrics",
        sortOptions = false,
        description = "BLEU, ROUGE-L, METEOR and BERTScore of predictions beside references")
final class MetricsVerb extends Verb {
    /** The longest text, in characters: work grows with the square of the words. */
    private static final int LONGEST = 1 << 16;

    @Option(
            names = "--pairs",
            required = true,
            paramLabel = "F.json",
            description = "a list of [reference, prediction]; gzip is accepted")
    Path pairs;

    @Option(
            names = "--bert",
            paramLabel = "PATH",
            description = "a BERT (config.json, *.safetensors, tokenizer.json or vocab.txt), for BERTScore")
    @Nullable
    Path bert;

    @Option(
            names = "--bert-layer",
            paramLabel = "N",
            description = "whose hidden states are compared, 0 being the embeddings (the last)")
    @Nullable
    Integer layer;

    @Option(names = "--bert-idf", description = "BERTScore weighs tokens by how few references have them")
    boolean byRarity;

    @Option(
            names = "--bert-baseline",
            paramLabel = "F.tsv",
            description = "what unrelated texts score in each layer (lines LAYER,P,R,F); BERTScore is rescaled by it")
    @Nullable
    Path baseline;

    @Override
    Result result() {
        if (bert == null && (layer != null || byRarity || baseline != null)) {
            throw new Failure.Usage("--bert-layer, --bert-idf and --bert-baseline need --bert PATH");
        }
        List<TextScores.Pair> read = StrictJson.read(pairs, "pairs", this::pairs);
        if (read.isEmpty()) {
            throw new FormatException(
                    pairs.toString(), 0, "pairs", "is empty; there is nothing to score without one pair");
        }
        TextScores mean = TextScores.mean(read, Synonyms.NONE);
        Result r = new Result().putAll(mean.byName()).put("pairs", read.size());
        mean.byName().forEach((name, score) -> r.line("%-8s %.4f", name, score));
        List<String> warnings = new ArrayList<>();
        warnings.add("meteor aligns equal words and equal stems; its synonym stage needs a thesaurus, which"
                + " is not part of this build");
        if (bert != null) {
            bertScore(bert, read, r, warnings);
        }
        return r.warnings(warnings);
    }

    private void bertScore(Path path, List<TextScores.Pair> read, Result r, List<String> warnings) {
        Bert model = Bert.open(path);
        int last = model.encoder().config().layers();
        int chosen = layer == null ? last : layer;
        if (chosen < 0 || chosen > last) {
            throw new Failure.Usage("--bert-layer " + chosen + ": this BERT has the layers 0 to " + last);
        }
        Optional<BertScore> unrelated = Optional.ofNullable(baseline).map(file -> BertBaseline.read(file, chosen));
        BertScorer.Scored scored;
        try (ProgressBar bar = Progress.bar("texts", -1)) {
            scored = new BertScorer(model, chosen, byRarity, unrelated).score(read, bar::stepTo);
        }
        if (scored.cut() > 0) {
            warnings.add("bertscore: " + scored.cut() + " texts are longer than the "
                    + model.encoder().config().maxPositions()
                    + " tokens that this BERT reads; their ends do not count");
        }
        r.put("bertscore", scored.mean().f1())
                .put("bertscore_precision", scored.mean().precision())
                .put("bertscore_recall", scored.mean().recall())
                .put("bert_layer", chosen)
                .put("bert_idf", byRarity)
                .put("bert_rescaled", unrelated.isPresent());
        r.line(
                "%-8s %.4f (precision %.4f, recall %.4f; layer %d)",
                "bertscore",
                scored.mean().f1(),
                scored.mean().precision(),
                scored.mean().recall(),
                chosen);
    }

    private List<TextScores.Pair> pairs(JsonParser json) {
        List<TextScores.Pair> read = new ArrayList<>();
        expect(json, JsonToken.START_ARRAY, "pairs");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String field = "[" + read.size() + "]";
            expect(json, JsonToken.START_ARRAY, field);
            read.add(new TextScores.Pair(text(json, field + " reference"), text(json, field + " prediction")));
            json.nextToken();
            expect(json, JsonToken.END_ARRAY, field);
        }
        return read;
    }

    private String text(JsonParser json, String field) {
        json.nextToken();
        expect(json, JsonToken.VALUE_STRING, field);
        String text = json.getString();
        if (text.length() > LONGEST) {
            throw new FormatException(
                    pairs.toString(),
                    StrictJson.at(json),
                    field,
                    "has " + text.length() + " characters; texts of at most " + LONGEST + " are scored");
        }
        return text;
    }

    private void expect(JsonParser json, JsonToken token, String field) {
        StrictJson.expect(json, token, pairs.toString(), 0, field);
    }
}
