package org.einthoven.models.fusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * An ECG vector, a trainable mapper and a frozen language model joined for question answering. What learns is {@code theta},
 * the mapper's parameters and, under {@code llm.}, those of {@link org.einthoven.models.llm.Lora adapters} of the language model
 * where there are any; it is an argument everywhere, so slow and fast weights are used alike.
 *
 * <p>B items, E width of an ECG vector, P prefix rows, D width of the language model.
 */
public record EcgQaModel(Mapper mapper, FrozenLlm llm, AnswerForm form) {
    public EcgQaModel {
        if (mapper.llmWidth() != llm.width()) {
            throw new ShapeException("the mapper makes embeddings of width " + mapper.llmWidth()
                    + ", but the language model has width " + llm.width());
        }
    }

    /**
     * ECG vectors [B, E] to prefixes [B, P, D], without dropout. Where a question compares M ECGs, [B, M, N, E], each has a prefix
     * of its own, one behind the other: [B, M P, D].
     */
    public Tensor prefix(Params theta, Tensor ecg) {
        return each(ecg, one -> mapper.apply(theta, one));
    }

    private Tensor each(Tensor ecg, UnaryOperator<Tensor> toPrefix) {
        if (ecg.rank() != 4) {
            return toPrefix.apply(ecg);
        }
        int b = ecg.dim(0);
        int m = ecg.dim(1);
        int n = ecg.dim(2);
        Tensor single =
                n == 1 && !mapper.readsSteps() ? ecg.reshape(b * m, ecg.dim(3)) : ecg.reshape(b * m, n, ecg.dim(3));
        Tensor rows = toPrefix.apply(single); // [B M, P, D]
        return rows.reshape(b, m * rows.dim(1), rows.dim(2));
    }

    /** What the model says of the answers to questions about ECGs [B, E]; its {@code loss()} is what training lowers. */
    public AnswerReading read(Params theta, Tensor ecg, List<QaTokens> items) {
        return form.read(llm.adaptedBy(theta), prefix(theta, ecg), items);
    }

    /** As {@link #read(Params, Tensor, List)}, with dropout in the mapper. */
    public AnswerReading read(Params theta, Tensor ecg, List<QaTokens> items, Dropout dropout, Rng rng) {
        return form.read(llm.adaptedBy(theta), each(ecg, one -> mapper.apply(theta, one, dropout, rng)), items);
    }

    /**
     * For a session of questions to one set of weights: the language model with the adapters that theta holds under {@code llm.},
     * if it does. What is asked of it needs theta's other weights alone.
     */
    public EcgQaModel adaptedBy(Params theta) {
        return new EcgQaModel(mapper, llm.adaptedBy(theta.detach()), form);
    }

    /** Writes on from [prefix][question] about one ECG [1, E], which is how every form can be asked for an answer. */
    public Generation answer(Params theta, Tensor ecg, int[] question, int maxTokens, Sampler sampler) {
        Tensor prefix = prefix(theta.detach(), ecg); // [1, P, D]
        return llm.adaptedBy(theta.detach()).generate(llm.embed(prefix, new int[][] {question}), maxTokens, sampler);
    }

    /**
     * How likely each option is as the whole answer to each question.
     *
     * @param ecg [B, E], or [1, E] for all
     * @param questions B questions
     * @param options for each question its options, as answer tokens
     * @return for each question the natural log-probability of each option
     */
    public List<double[]> optionLogProbabilities(
            Params theta, Tensor ecg, List<int[]> questions, List<List<int[]>> options) {
        Tensor prefix = prefix(theta.detach(), ecg);
        List<QaTokens> items = new ArrayList<>();
        List<Integer> of = new ArrayList<>();
        for (int b = 0; b < questions.size(); b++) {
            for (int[] option : options.get(b)) {
                items.add(new QaTokens(questions.get(b), option));
                of.add(prefix.dim(0) == 1 ? 0 : b);
            }
        }
        Tensor each = prefix.indexSelect(
                0, Tensor.of(of.stream().mapToInt(Integer::intValue).toArray(), of.size()));
        double[] all = form.read(llm.adaptedBy(theta.detach()), each, items).logProbabilities(items.size());
        List<double[]> result = new ArrayList<>();
        int from = 0;
        for (List<int[]> some : options) {
            result.add(Arrays.copyOfRange(all, from, from + some.size()));
            from += some.size();
        }
        return result;
    }
}
