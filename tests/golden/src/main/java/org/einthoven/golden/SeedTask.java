package org.einthoven.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Task;
import org.einthoven.models.fusion.AnswerReading;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * An episode as the original code sees it: ECG vectors, questions and answers as ids padded with the end token, and a mask
 * that has P ones for the prefix and then one for each answer token.
 *
 * @param vars the parameters under the mapper's own names, from theta
 */
record SeedTask(String name, EcgQaModel model, UnaryOperator<Params> vars, Side support, Side query) implements Task {
    /** ECG vectors [B, E] and what is asked of them. */
    record Side(Tensor ecg, List<QaTokens> items) {
        /** From inputs {@code prefix.q}, {@code prefix.a} [B, S] and {@code prefix.ma} [B, P + S]. */
        static Side of(GoldenCase golden, String prefix, Tensor ecg, int end) {
            Tensor q = golden.input(prefix + ".q");
            Tensor a = golden.input(prefix + ".a");
            Tensor mask = golden.input(prefix + ".ma");
            int rows = mask.dim(1) - a.dim(1);
            List<QaTokens> items = new ArrayList<>();
            for (int b = 0; b < q.dim(0); b++) {
                int[] answer = a.select(0, b).toInts();
                for (int i = 0; i < answer.length; i++) {
                    answer[i] = mask.get(b, rows + i) == 0 ? end : answer[i];
                }
                items.add(new QaTokens(q.select(0, b).toInts(), answer));
            }
            return new Side(ecg, items);
        }
    }

    AnswerReading read(Params theta, Side side) {
        return model.read(vars.apply(theta), side.ecg(), side.items());
    }

    @Override
    public Tensor supportLoss(Params theta, Rng rng) {
        return read(theta, support).loss();
    }

    @Override
    public Query query(Params theta, Rng rng) {
        return new Query(read(theta, query).loss());
    }
}
