package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.meta.metrics.AnswerTokens;
import org.einthoven.meta.metrics.TokenScore;
import org.einthoven.models.fusion.AnswerReading;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Adapting a mapper to a few questions about ECGs: the loss is that of the answer tokens behind a frozen language model.
 *
 * @param dropout in the mapper; the reference keeps it on at test time too
 */
public record EcgQaTask(EcgQaModel model, EncodedEpisode episode, Dropout dropout) implements Task {
    /** Without dropout. */
    public EcgQaTask(EcgQaModel model, EncodedEpisode episode) {
        this(model, episode, new Dropout(0));
    }

    @Override
    public String name() {
        return episode.name();
    }

    @Override
    public Tensor supportLoss(Params weights, Rng rng) {
        return read(weights, episode.support(), rng).loss();
    }

    /** The query loss, {@code token_accuracy} and {@code exact_match}. */
    @Override
    public Query query(Params weights, Rng rng) {
        AnswerReading reading = read(weights, episode.query(), rng);
        TokenScore score = answers(reading, episode.query().size()).stream()
                .map(AnswerTokens::score)
                .reduce(TokenScore.NONE, TokenScore::and);
        return new Query(reading.loss(), score.measures());
    }

    /** The answer to each query, in order. */
    public List<AnswerTokens> answered(Params weights, Rng rng) {
        return answers(
                read(weights.detach(), episode.query(), rng), episode.query().size());
    }

    private AnswerReading read(Params weights, List<EncodedEpisode.Item> items, Rng rng) {
        return model.read(weights, vectors(items), tokens(items), dropout, rng);
    }

    /** ECG vectors [B, W]. */
    static Tensor vectors(List<EncodedEpisode.Item> items) {
        return Tensor.stack(0, items.stream().map(EncodedEpisode.Item::vector).toArray(Tensor[]::new));
    }

    private static List<QaTokens> tokens(List<EncodedEpisode.Item> items) {
        return items.stream().map(i -> new QaTokens(i.question(), i.answer())).toList();
    }

    private static List<AnswerTokens> answers(AnswerReading reading, int items) {
        int[] gold = reading.labels().toInts();
        int[] predicted = reading.predicted();
        List<AnswerTokens> answers = new ArrayList<>();
        for (int item = 0, from = 0; item < items; item++) {
            int to = from;
            while (to < gold.length && reading.rows().get(to) == item) {
                to++;
            }
            answers.add(AnswerTokens.of(Arrays.copyOfRange(gold, from, to), Arrays.copyOfRange(predicted, from, to)));
            from = to;
        }
        return answers;
    }
}
