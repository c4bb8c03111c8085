package org.einthoven.models.fusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * What a language model says of the answer tokens of a batch, n in all, V being its vocabulary.
 *
 * @param logits [n, V], tracked when the prefix is
 * @param labels I32 [n], the tokens of the answers
 * @param rows which item of the batch each token belongs to, ascending
 */
public record AnswerReading(Tensor logits, Tensor labels, List<Integer> rows) {
    public AnswerReading {
        rows = List.copyOf(rows);
    }

    /** Mean cross entropy over the answer tokens, a scalar. */
    public Tensor loss() {
        return Losses.crossEntropy(logits, labels, Losses.IGNORE);
    }

    /** The likeliest token at each place. */
    public int[] predicted() {
        return logits.argMax(1).toInts();
    }

    /** Equal tokens by all tokens, the reference's accuracy. */
    public double tokenAccuracy() {
        int[] want = labels.toInts();
        int[] got = predicted();
        int equal = 0;
        for (int i = 0; i < want.length; i++) {
            equal += got[i] == want[i] ? 1 : 0;
        }
        return (double) equal / want.length;
    }

    /** For each of {@code items} items, whether every token is the likeliest at its place. */
    public boolean[] exact(int items) {
        boolean[] exact = new boolean[items];
        Arrays.fill(exact, true);
        int[] want = labels.toInts();
        int[] got = predicted();
        for (int i = 0; i < want.length; i++) {
            exact[rows.get(i)] &= got[i] == want[i];
        }
        return exact;
    }

    /** For each of {@code items} items, the natural log-probability of its answer. */
    public double[] logProbabilities(int items) {
        double[] each = Losses.crossEntropyEach(logits.detach().cast(DType.F64), labels, Losses.IGNORE)
                .toDoubles();
        double[] sum = new double[items];
        for (int i = 0; i < each.length; i++) {
            sum[rows.get(i)] -= each[i];
        }
        return sum;
    }

    /** The answer tokens of a batch and the positions that predict them, as they are found. */
    static final class Places {
        private final List<Integer> rows = new ArrayList<>();
        private final List<Integer> positions = new ArrayList<>();
        private final List<Integer> labels = new ArrayList<>();

        void add(int row, int position, int label) {
            rows.add(row);
            positions.add(position);
            labels.add(label);
        }

        /** The last position that is read; -1 when there is none. */
        int last() {
            return positions.stream().mapToInt(Integer::intValue).max().orElse(-1);
        }

        AnswerReading read(FrozenLlm llm, Tensor embeds) {
            if (rows.isEmpty()) {
                throw new TensorException("no item of the batch has an answer, so there is nothing to read");
            }
            int[] places = new int[rows.size()];
            Arrays.setAll(places, i -> rows.get(i) * embeds.dim(1) + positions.get(i));
            int[] ids = labels.stream().mapToInt(Integer::intValue).toArray();
            return new AnswerReading(llm.logitsAt(embeds, places), Tensor.of(ids, ids.length), rows);
        }
    }
}
