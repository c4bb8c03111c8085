package org.einthoven.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.meta.metrics.text.BertScore;
import org.einthoven.meta.metrics.text.BertScorer;
import org.einthoven.meta.metrics.text.Synonyms;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.meta.metrics.text.WordNet;
import org.einthoven.models.llm.Bert;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Option;

/** The options of scores of texts that need more than the texts: a thesaurus for METEOR, a BERT for BERTScore. */
final class TextScoring {
    @Option(
            names = "--wordnet",
            paramLabel = "DIR",
            description = "WordNet's own files (index.noun, data.noun, noun.exc, ...), for METEOR's synonym stage")
    @Nullable
    Path wordNet;

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

    /** BERTScore of some texts, and the layer it is of. */
    record Read(BertScorer.Scored scored, int layer) {}

    /** Refuses options that mean nothing without another. */
    void check() {
        if (bert == null && (layer != null || byRarity || baseline != null)) {
            throw new Failure.Usage("--bert-layer, --bert-idf and --bert-baseline need --bert PATH");
        }
    }

    /** For METEOR; where there is no thesaurus, a warning says what that costs. */
    Synonyms synonyms(List<String> warnings) {
        if (wordNet != null) {
            return WordNet.read(wordNet);
        }
        warnings.add(
                "meteor aligns equal words and equal stems; its synonym stage needs a thesaurus, name WordNet's folder"
                        + " with --wordnet");
        return Synonyms.NONE;
    }

    /** Empty where no BERT was named. */
    Optional<Read> bertScore(List<TextScores.Pair> texts, List<String> warnings) {
        return bert == null ? Optional.empty() : Optional.of(read(bert, texts, warnings));
    }

    private Read read(Path path, List<TextScores.Pair> texts, List<String> warnings) {
        Bert model = Bert.open(path);
        int last = model.encoder().config().layers();
        int chosen = layer == null ? last : layer;
        if (chosen < 0 || chosen > last) {
            throw new Failure.Usage("--bert-layer " + chosen + ": this BERT has the layers 0 to " + last);
        }
        Optional<BertScore> unrelated = Optional.ofNullable(baseline).map(file -> BertBaseline.read(file, chosen));
        BertScorer.Scored scored;
        try (ProgressBar bar = Progress.bar("texts", -1)) {
            scored = new BertScorer(model, chosen, byRarity, unrelated).score(texts, bar::stepTo);
        }
        if (scored.cut() > 0) {
            warnings.add("bertscore: " + scored.cut() + " texts are longer than the "
                    + model.encoder().config().maxPositions()
                    + " tokens that this BERT reads; their ends do not count");
        }
        return new Read(scored, chosen);
    }

    /** Into a result. */
    void put(Result r, BertScore mean, int of) {
        r.put("bertscore", mean.f1())
                .put("bertscore_precision", mean.precision())
                .put("bertscore_recall", mean.recall())
                .put("bert_layer", of)
                .put("bert_idf", byRarity)
                .put("bert_rescaled", baseline != null);
        r.line(
                "%-8s %.4f (precision %.4f, recall %.4f; layer %d)",
                "bertscore", mean.f1(), mean.precision(), mean.recall(), of);
    }
}
