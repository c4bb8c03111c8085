package org.einthoven.meta.metrics.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.function.IntToDoubleFunction;
import org.einthoven.models.llm.Bert;
import org.einthoven.tensor.Tensor;

/**
 * {@link BertScore} of texts by a given BERT.
 *
 * @param layer whose hidden states are compared, 0 being the embeddings
 * @param byRarity whether a token weighs ln((M + 1) / (n + 1)), n of the M references having it, instead of 1
 * @param baseline what unrelated texts score, by which scores are rescaled
 */
public record BertScorer(Bert bert, int layer, boolean byRarity, Optional<BertScore> baseline) {
    /** By the last layer, without weights by rarity, not rescaled. */
    public static BertScorer of(Bert bert) {
        return new BertScorer(bert, bert.encoder().config().layers(), false, Optional.empty());
    }

    /**
     * The mean over pairs.
     *
     * @param cut texts that were longer than the model reads; what is beyond counts for nothing
     */
    public record Scored(BertScore mean, List<BertScore> each, int cut) {}

    /** @param done is told how many texts have been read */
    public Scored score(List<TextScores.Pair> pairs, IntConsumer done) {
        Map<String, int[]> ids = new TreeMap<>();
        pairs.forEach(p -> {
            ids.computeIfAbsent(p.reference(), this::tokens);
            ids.computeIfAbsent(p.prediction(), this::tokens);
        });
        Map<String, BertScore.Seen> seen = new HashMap<>();
        int cut = 0;
        for (Map.Entry<String, int[]> text : ids.entrySet()) {
            int[] whole = text.getValue();
            int[] read = whole.length <= longest() ? whole : shortened(whole);
            cut += read == whole ? 0 : 1;
            seen.put(text.getKey(), new BertScore.Seen(read, states(read)));
            done.accept(seen.size());
        }
        IntToDoubleFunction weight = weights(pairs, seen);
        List<BertScore> each = pairs.stream()
                .map(p -> BertScore.of(of(seen, p.reference()), of(seen, p.prediction()), weight))
                .map(s -> baseline.map(s::rescaled).orElse(s))
                .toList();
        return new Scored(BertScore.mean(each), each, cut);
    }

    private static BertScore.Seen of(Map<String, BertScore.Seen> seen, String text) {
        return Objects.requireNonNull(seen.get(text), "every text was read");
    }

    private int[] tokens(String text) {
        return bert.tokenizer().encodeBetweenMarks(text);
    }

    private int longest() {
        return bert.encoder().config().maxPositions();
    }

    /** Its beginning, and the closing mark. */
    private int[] shortened(int[] whole) {
        int[] read = Arrays.copyOf(whole, longest());
        read[read.length - 1] = whole[whole.length - 1];
        return read;
    }

    private double[][] states(int[] ids) {
        Tensor states = bert.encoder().hiddenStates(bert.weights(), ids, layer).getLast(); // [T, D]
        double[] flat = states.toDoubles();
        int width = states.dim(1);
        double[][] rows = new double[ids.length][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
        return rows;
    }

    /** The marks weigh nothing: by rarity because every reference has them, else because it is said so. */
    private IntToDoubleFunction weights(List<TextScores.Pair> pairs, Map<String, BertScore.Seen> seen) {
        int begin = bert.tokenizer().bos().orElseThrow();
        int end = bert.tokenizer().eos().orElseThrow();
        if (!byRarity) {
            return id -> id == begin || id == end ? 0 : 1;
        }
        Map<Integer, Integer> having = new HashMap<>();
        for (TextScores.Pair p : pairs) {
            new TreeSet<>(Arrays.stream(of(seen, p.reference()).ids()).boxed().toList())
                    .forEach(id -> having.merge(id, 1, Integer::sum));
        }
        return id -> Math.log((pairs.size() + 1.0) / (having.getOrDefault(id, 0) + 1.0));
    }
}
