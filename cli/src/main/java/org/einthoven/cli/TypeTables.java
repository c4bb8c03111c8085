package org.einthoven.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.Shot;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.SeedEvaluator;
import org.einthoven.meta.metrics.ResultTable;

/**
 * Where a run asks several types of questions ({@code --question_type all}): a table of each type, beside that of all together.
 * Controls that mean nothing in one type still stand in the tables of the others.
 */
record TypeTables(Run run, EpisodeSampler of, int tasks) {
    /** The JSON field of the test tasks. */
    static final String FIELD = "by_type";

    /** The JSON field of tasks on what was seen in training. */
    static final String SEEN = "seen_by_type";

    boolean areSeveral() {
        return run.options.types().size() > 1;
    }

    /** Strict tasks are of one type each. */
    void strict(Result r, String field, String title, MetaEvaluator.Evaluated all) {
        Map<String, QuestionType> typeOf = new HashMap<>();
        for (Episode e : episodes()) {
            typeOf.put("episode " + e.index(), type(e.query().getFirst()));
        }
        Map<String, Object> tables = new LinkedHashMap<>();
        for (QuestionType type : new TreeSet<>(typeOf.values())) {
            String named = title + ", " + type.label();
            ResultTable table =
                    all.of(pick -> typeOf.get(pick.episode()) == type).table(named, run.rng.split("intervals"));
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("chance", run.plan.crossed() ? table.chance() : null);
            m.put("table", Judgement.rows(table));
            table.detail().ifPresent(d -> m.put("auroc", d.auroc()));
            tables.put(type.label(), m);
            Judgement.text(r, "strict protocol, " + named, table);
        }
        r.put(field, tables);
    }

    /** A task of the seed protocol may ask questions of every type. */
    void seed(Result r, SeedEvaluator.Evaluated all) {
        SortedMap<QuestionType, List<Integer>> places = new TreeMap<>();
        int at = 0;
        for (Episode e : episodes()) {
            for (Shot shot : e.query()) {
                places.computeIfAbsent(type(shot), t -> new ArrayList<>()).add(at++);
            }
        }
        Map<String, Object> tables = new LinkedHashMap<>();
        places.forEach((type, own) -> {
            SeedEvaluator.Evaluated some = all.at(own);
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("table", Judgement.rows(some.tokenAccuracy()));
            m.put("table_exact_match", Judgement.rows(some.exactMatch()));
            tables.put(type.label(), m);
            for (ResultTable table : List.of(some.tokenAccuracy(), some.exactMatch())) {
                Judgement.text(r, "seed protocol, " + type.label() + ", " + table.title(), table);
            }
        });
        r.put(FIELD, tables);
    }

    private List<Episode> episodes() {
        return run.testEpisodes(of, tasks);
    }

    private static QuestionType type(Shot shot) {
        return shot.item().questionType();
    }
}
