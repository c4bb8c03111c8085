package org.einthoven.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.QaText;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.Tensor;

/** A model with one ECG before it, ready for questions. */
record AskedModel(EcgQaModel model, Params theta, QaText text, Tensor vector) {
    /** Most tokens of an answer that is written freely: the reference's answer length. */
    private static final int LONGEST = 30;

    /**
     * @param ids tokens of the answer, without the one that ends it
     * @param optionLogProbabilities natural, of each option as the whole answer; empty where there are none
     */
    record Answer(String text, int[] ids, Map<String, Double> optionLogProbabilities) {}

    /** Writes the likeliest answer, token by token. */
    Answer write(String question) {
        Generation g = model.answer(theta, vector, text.question(question), LONGEST, Sampler.greedy());
        int[] ids = g.ids().stream().mapToInt(Integer::intValue).toArray();
        return new Answer(text.answer(ids), ids, Map.of());
    }

    /** The likeliest of some answers; of equals the first. */
    Answer choose(String question, List<String> options) {
        List<int[]> answers = new ArrayList<>();
        options.forEach(o -> answers.add(text.tokens(question, List.of(o)).answer()));
        double[] logs = model.optionLogProbabilities(theta, vector, List.of(text.question(question)), List.of(answers))
                .getFirst();
        int best = 0;
        Map<String, Double> each = new LinkedHashMap<>();
        for (int i = 0; i < logs.length; i++) {
            each.put(options.get(i), logs[i]);
            best = logs[i] > logs[best] ? i : best;
        }
        return new Answer(options.get(best), withoutEnd(answers.get(best)), each);
    }

    private int[] withoutEnd(int[] ids) {
        boolean ended = text.tokenizer().eos().isPresent()
                && ids[ids.length - 1] == text.tokenizer().eos().getAsInt();
        return ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
    }
}
