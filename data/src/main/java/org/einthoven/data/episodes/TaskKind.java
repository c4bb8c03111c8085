package org.einthoven.data.episodes;

import java.util.List;
import org.einthoven.data.qa.QuestionType;

/**
 * What a way of a strict task is, and which outcomes it is asked with, equally often each.
 *
 * <ul>
 *   <li>verify: an attribute; yes, no
 *   <li>choose: a pair of attributes; the first alone, the second alone, both, none
 *   <li>query: one of the answers to a question; itself
 * </ul>
 */
enum TaskKind {
    VERIFY(List.of("yes", "no")),
    CHOOSE(List.of("first", "second", "both", "none")),
    QUERY(List.of("given"));

    static final String YES = "yes";
    static final String NO = "no";
    static final String FIRST = "first";
    static final String SECOND = "second";
    static final String BOTH = "both";
    static final String NONE = "none";
    static final String GIVEN = "given";

    private final List<String> outcomes;

    TaskKind(List<String> outcomes) {
        this.outcomes = outcomes;
    }

    List<String> outcomes() {
        return outcomes;
    }

    /** Concepts that {@code ways} ways need which have none in common. */
    int concepts(int ways) {
        return switch (this) {
            case VERIFY -> ways;
            case CHOOSE -> 2 * ways;
            case QUERY -> 1;
        };
    }

    /** What a blind guess earns in a task of {@code ways} ways. */
    double chance(int ways) {
        return this == QUERY ? 1.0 / ways : 1.0 / outcomes.size();
    }

    static TaskKind of(QuestionType type) {
        return switch (type) {
            case SINGLE_VERIFY, CONSECUTIVE_VERIFY, IRRELEVANT_VERIFY -> VERIFY;
            case SINGLE_CHOOSE -> CHOOSE;
            case SINGLE_QUERY, CONSECUTIVE_QUERY, IRRELEVANT_QUERY -> QUERY;
        };
    }
}
