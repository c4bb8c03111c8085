package org.einthoven.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.einthoven.meta.metrics.Answer;
import org.einthoven.meta.metrics.AttributeResult;
import org.einthoven.meta.metrics.Interval;
import org.einthoven.meta.report.ScoreTable;
import tools.jackson.databind.JsonNode;

/** The tables of a run's {@code result.json}, as a report shows them. */
final class RunTables {
    private RunTables() {}

    static List<ScoreTable> of(JsonNode result, List<Answer> answers) {
        boolean seed = result.path("protocol").asString("").equals("seed");
        double chance = number(result.path("chance"));
        List<ScoreTable> tables = new ArrayList<>();
        table(
                        result,
                        "table",
                        seed ? "answer tokens, the reference's metric" : "test tasks",
                        seed ? "token accuracy" : "accuracy",
                        chance,
                        AttributeResult.of(Answer.yesNo(answers)))
                .ifPresent(tables::add);
        table(result, "table_exact_match", "whole answers", "exact match", Double.NaN, List.of())
                .ifPresent(tables::add);
        byType(result.path(TypeTables.FIELD), "test tasks", seed).forEach(tables::add);
        robustness(result.path("robustness"), chance).ifPresent(tables::add);
        table(result, "seen", "attributes seen in training, test patients", "accuracy", chance, List.of())
                .ifPresent(tables::add);
        byType(result.path(TypeTables.SEEN), "attributes seen in training, test patients", false)
                .forEach(tables::add);
        return tables;
    }

    /** Of each question type, where there are several. */
    private static List<ScoreTable> byType(JsonNode types, String title, boolean seed) {
        List<ScoreTable> tables = new ArrayList<>();
        types.properties().forEach(type -> {
            String named = title + ", " + type.getKey();
            double chance = number(type.getValue().path("chance"));
            table(type.getValue(), "table", named, seed ? "token accuracy" : "accuracy", chance, List.of())
                    .ifPresent(tables::add);
            table(type.getValue(), "table_exact_match", named, "exact match", Double.NaN, List.of())
                    .ifPresent(tables::add);
        });
        return tables;
    }

    private static Optional<ScoreTable> table(
            JsonNode result,
            String key,
            String title,
            String measure,
            double chance,
            List<AttributeResult> attributes) {
        JsonNode table = result.path(key);
        List<ScoreTable.Row> rows = new ArrayList<>();
        table.properties().forEach(e -> rows.add(row(e.getKey(), e.getValue(), chance)));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        JsonNode us = table.properties().iterator().next().getValue();
        return Optional.of(new ScoreTable(
                title,
                measure,
                chance,
                rows,
                ScoreTable.basis(
                        us.path("groups").asInt(0),
                        us.path("patients").asInt(0),
                        us.path("answers").asInt(0),
                        us.path("interval").asString("not told")),
                "",
                attributes));
    }

    /** The undisturbed answers first, then each way and amount of disturbing them. */
    private static Optional<ScoreTable> robustness(JsonNode n, double chance) {
        List<ScoreTable.Row> rows = new ArrayList<>();
        n.path("leads_dropped")
                .forEach(p -> rows.add(disturbed(
                        number(p.path("amount")) == 0
                                ? "as recorded"
                                : p.path("amount").asInt(0) + " leads dropped",
                        p)));
        n.path("noise_mv").forEach(p -> {
            if (number(p.path("amount")) > 0) {
                rows.add(disturbed("noise of " + p.path("amount").asString("") + " mV", p));
            }
        });
        if (n.path("reworded").isObject()) {
            rows.add(disturbed("in other words", n.path("reworded")));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new ScoreTable(
                        "the test tasks asked again",
                        "accuracy",
                        chance,
                        rows,
                        "ECGs of the queries changed, or their questions reworded; support sets as they were.",
                        "",
                        List.of()));
    }

    private static ScoreTable.Row disturbed(String name, JsonNode p) {
        return new ScoreTable.Row(
                name + " (" + Math.round(100 * number(p.path("unchanged"))) + " % unchanged)",
                number(p.path("accuracy")),
                interval(p.path("ci95")),
                false,
                Optional.empty(),
                Double.NaN);
    }

    private static ScoreTable.Row row(String name, JsonNode n, double chance) {
        Optional<ScoreTable.Advantage> advantage = n.path("paired_diff").isNumber()
                ? Optional.of(
                        new ScoreTable.Advantage(number(n.path("paired_diff")), interval(n.path("paired_diff_ci95"))))
                : Optional.empty();
        return new ScoreTable.Row(
                name,
                number(n.path("accuracy")),
                interval(n.path("ci95")),
                !Double.isNaN(chance) && n.path("at_chance").asBoolean(false),
                advantage,
                number(n.path("p_adjusted")));
    }

    static double number(JsonNode n) {
        return n.isNumber() ? n.doubleValue() : Double.NaN;
    }

    private static Interval interval(JsonNode n) {
        return new Interval(number(n.path(0)), number(n.path(1)));
    }
}
