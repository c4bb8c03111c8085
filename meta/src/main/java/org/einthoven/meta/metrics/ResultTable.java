package org.einthoven.meta.metrics;

import java.util.ArrayList;
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
 * @param chance accuracy of a fair guess
 * @param rows the system first, then its controls
 */
public record ResultTable(
        String title, double chance, List<Row> rows, Calibration calibration, double auroc, List<AttributeResult> attributes) {

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
     * @param predictions by name, the system's first
     * @param rng of the bootstrap; each row resamples alike
     */
    public static ResultTable of(
            String title, double chance, SequencedMap<String, List<Prediction>> predictions, Rng rng) {
        List<Prediction> system = predictions.firstEntry().getValue();
        List<Map.Entry<String, List<Prediction>>> controls =
                predictions.sequencedEntrySet().stream().skip(1).toList();
        List<Comparison> advantages =
                controls.stream().map(c -> Comparison.of(system, c.getValue(), rng)).toList();
        double[] adjusted =
                Holm.adjust(advantages.stream().mapToDouble(Comparison::probability).toArray());
        List<Row> rows = new ArrayList<>();
        rows.add(row(predictions.firstEntry(), chance, Optional.empty(), Double.NaN, rng));
        for (int i = 0; i < controls.size(); i++) {
            rows.add(row(controls.get(i), chance, Optional.of(advantages.get(i)), adjusted[i], rng));
        }
        return new ResultTable(
                title,
                chance,
                List.copyOf(rows),
                Calibration.of(system),
                Auroc.withinTasks(system),
                AttributeResult.of(system));
    }

    private static Row row(
            Map.Entry<String, List<Prediction>> named,
            double chance,
            Optional<Comparison> advantage,
            double adjusted,
            Rng rng) {
        Estimate accuracy = Estimate.accuracy(named.getValue(), rng);
        return new Row(named.getKey(), accuracy, accuracy.isAtChance(chance), advantage, adjusted);
    }

    public Row row(String name) {
        return rows.stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(
                        "no row '" + name + "' in '" + title + "'; there are " + rows.stream().map(Row::name).toList()));
    }
}
