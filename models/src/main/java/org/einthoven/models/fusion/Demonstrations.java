package org.einthoven.models.fusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.KvCache;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * Learning without a gradient: solved examples, their ECGs included, stand in the prompt before the question (Brown et al., arXiv
 * 2005.14165; with a prefix for each picture, Tsimpoukelli et al., "Multimodal few-shot learning with frozen language models",
 * arXiv 2106.13884).
 *
 * <pre>[prefix][question][answer] of each example, then [prefix][question] and the answer that is judged</pre>
 *
 * Each stands as it does in training, BOS and end token included. The examples are read once, and every question goes on from
 * there. E width of an ECG vector, D width of the language model.
 */
public final class Demonstrations {
    private final EcgQaModel model;
    private final Params theta;
    private final KvCache cache;
    private final int shown;

    private Demonstrations(EcgQaModel model, Params theta, KvCache cache, int shown) {
        this.model = model;
        this.theta = theta;
        this.cache = cache;
        this.shown = shown;
    }

    /**
     * Reads examples in order, as many as fit.
     *
     * @param ecg vectors [S, E], or [S, N, E], one for each example
     * @param examples S questions with their answers
     * @param room tokens to be left for a question and its answer, prefix included
     */
    public static Demonstrations of(EcgQaModel model, Params theta, Tensor ecg, List<QaTokens> examples, int room) {
        Params fixed = theta.detach();
        FrozenLlm llm = model.llm().adaptedBy(fixed);
        int most = llm.model().config().maxPositions() - room;
        KvCache cache = new KvCache(llm.model().config());
        int shown = 0;
        for (; shown < examples.size(); shown++) {
            QaTokens e = examples.get(shown);
            int[] text = Arrays.copyOf(e.question(), e.question().length + e.answer().length);
            System.arraycopy(e.answer(), 0, text, e.question().length, e.answer().length);
            Tensor prefix = model.prefix(fixed, ecg.slice(0, shown, shown + 1)); // [1, P, D]
            if (cache.length() + prefix.dim(1) + text.length > most) {
                break;
            }
            llm.hidden(llm.embed(prefix, new int[][] {text}), cache);
        }
        return new Demonstrations(model, fixed, cache, shown);
    }

    /** Examples that fitted. */
    public int shown() {
        return shown;
    }

    /** As {@link EcgQaModel#optionLogProbabilities}, behind the examples. */
    public List<double[]> optionLogProbabilities(Tensor ecg, List<int[]> questions, List<List<int[]>> options) {
        List<double[]> all = new ArrayList<>();
        for (int b = 0; b < questions.size(); b++) {
            int row = ecg.dim(0) == 1 ? 0 : b;
            Tensor prefix = model.prefix(theta, ecg.slice(0, row, row + 1)); // [1, P, D]
            int[] question = questions.get(b);
            all.add(options.get(b).stream()
                    .mapToDouble(option -> logProbability(prefix, question, option))
                    .toArray());
        }
        return all;
    }

    private double logProbability(Tensor prefix, int[] question, int[] option) {
        FrozenLlm llm = model.llm().adaptedBy(theta);
        // The last token of an answer is predicted but predicts nothing.
        int[] text = Arrays.copyOf(question, question.length + option.length - 1);
        System.arraycopy(option, 0, text, question.length, option.length - 1);
        KvCache own = cache.first(cache.length()).orElseThrow(); // nothing was read behind the examples
        Tensor hidden = llm.hidden(llm.embed(prefix, new int[][] {text}), own); // [1, P + T, D]
        int end = hidden.dim(1);
        Tensor logits = llm.head(hidden.slice(1, end - option.length, end).reshape(option.length, llm.width()));
        Tensor labels = Tensor.of(option, option.length);
        return -Losses.crossEntropyEach(logits.cast(DType.F64), labels, Losses.IGNORE)
                .sum()
                .item();
    }
}
