package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    TextScoring scoring = new TextScoring();

    @Override
    Result result() {
        scoring.check();
        List<TextScores.Pair> read = StrictJson.read(pairs, "pairs", this::pairs);
        if (read.isEmpty()) {
            throw new FormatException(
                    pairs.toString(), 0, "pairs", "is empty; there is nothing to score without one pair");
        }
        List<String> warnings = new ArrayList<>();
        TextScores mean = TextScores.mean(read, scoring.synonyms(warnings));
        Result r = new Result().putAll(mean.byName()).put("pairs", read.size());
        mean.byName().forEach((name, score) -> r.line("%-8s %.4f", name, score));
        scoring.bertScore(read, warnings)
                .ifPresent(b -> scoring.put(r, b.scored().mean(), b.layer()));
        return r.warnings(warnings);
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
