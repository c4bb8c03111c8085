package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedMap;
import org.einthoven.tensor.Rng;

/**
 * A system beside its controls, all on identical tasks.
 *
 * @param title e.g. {@code "attributes never trained on"}
 * @param measure what is averaged, e.g. {@code "accuracy"}
 * @param chance what a fair guess earns; NaN where that is not known
 * @param rows the system first, then its controls
 * @param detail what yes-no answers of the system say beyond their score
 */
public record ResultTable(String title, String measure, double chance, List<Row> rows, Optional<Detail> detail) {

    /** Of yes-no answers with probabilities. */
    public record Detail(Calibration calibration, double auroc, List<AttributeResult> attributes) {
        static Detail of(List<Prediction> predictions) {
            return new Detail(
                    Calibration.of(predictions), Auroc.withinTasks(predictions), AttributeResult.of(predictions));
        }
    }

    /**
     * One system or control.
     *
     * @param advantage for a control: the system minus this
     * @param adjusted for a control: the advantage's probability after Holm's correction over all controls
     */
    public record Row(
            String name, Estimate accuracy, boolean atChance, Optional<Comparison> advantage, double adjusted) {
        /** Whether the system beats this control: the paired difference lies above 0, corrected over the controls. */
        public boolean isBeaten() {
            return advantage.isPresent() && advantage.get().difference().ci95().isAbove(0) && adjusted < 0.05;
        }
    }

    /**
     * Of yes-no answers.
     *
     * @param predictions by name, the system's first
     * @param rng of the bootstrap; each row resamples alike
     */
    public static ResultTable of(
            String title, double chance, SequencedMap<String, List<Prediction>> predictions, Rng rng) {
        SequencedMap<String, List<Observation>> scores = new LinkedHashMap<>();
        predictions.forEach((name, ps) -> scores.put(name, Prediction.scores(ps)));
        ResultTable t = of(title, "accuracy", chance, scores, rng);
        Detail detail = Detail.of(predictions.firstEntry().getValue());
        return new ResultTable(t.title, t.measure, t.chance, t.rows, Optional.of(detail));
    }

    /** As above, of any scores. */
    public static ResultTable of(
            String title, String measure, double chance, SequencedMap<String, List<Observation>> scores, Rng rng) {
        List<Observation> system = scores.firstEntry().getValue();
        List<Map.Entry<String, List<Observation>>> controls =
                scores.sequencedEntrySet().stream().skip(1).toList();
        List<Comparison> advantages = controls.stream()
                .map(c -> Comparison.of(system, c.getValue(), rng))
                .toList();
        double[] adjusted = Holm.adjust(
                advantages.stream().mapToDouble(Comparison::probability).toArray());
        List<Row> rows = new ArrayList<>();
        rows.add(row(scores.firstEntry(), chance, Optional.empty(), Double.NaN, rng));
        for (int i = 0; i < controls.size(); i++) {
            rows.add(row(controls.get(i), chance, Optional.of(advantages.get(i)), adjusted[i], rng));
        }
        return new ResultTable(title, measure, chance, List.copyOf(rows), Optional.empty());
    }

    private static Row row(
            Map.Entry<String, List<Observation>> named,
            double chance,
            Optional<Comparison> advantage,
            double adjusted,
            Rng rng) {
        Estimate accuracy = Estimate.of(named.getValue(), rng);
        return new Row(named.getKey(), accuracy, accuracy.isAtChance(chance), advantage, adjusted);
    }

    public Row row(String name) {
        return rows.stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no row '" + name + "' in '" + title + "'; there are "
                        + rows.stream().map(Row::name).toList()));
    }
}
