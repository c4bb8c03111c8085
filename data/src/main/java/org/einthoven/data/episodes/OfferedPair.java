package org.einthoven.data.episodes;

import static org.einthoven.data.episodes.TaskKind.FIRST;
import static org.einthoven.data.episodes.TaskKind.SECOND;

import java.util.BitSet;
import java.util.List;
import org.einthoven.data.episodes.AnswerTable.Row;

/**
 * A pair of attributes in the order in which a task calls them first and second. The table knows one order, that of the
 * alphabet; a ring of pairs, each of which begins with what the one before it ends with, needs the other too.
 *
 * @param turned whether the order is not the table's
 */
record OfferedPair(Row row, boolean turned) {
    /** The ECGs with that outcome. Not to be changed. */
    BitSet ecgs(String outcome) {
        return row.ecgs(inTable(outcome));
    }

    /** What the table calls the outcome. */
    String inTable(String outcome) {
        return switch (outcome) {
            case FIRST -> turned ? SECOND : FIRST;
            case SECOND -> turned ? FIRST : SECOND;
            default -> outcome;
        };
    }

    /** The answers in words: the first, the second, both, none. */
    List<String> options() {
        List<String> o = row.options;
        return turned ? List.of(o.get(1), o.get(0), o.get(2), o.get(3)) : o;
    }

    /** The answer with that outcome, in words. */
    String answer(String outcome) {
        return options().get(TaskKind.CHOOSE.outcomes().indexOf(outcome));
    }

    /**
     * Whether both may stand in one task: they may have one attribute in common, and what they have not in common is of
     * different concepts.
     */
    boolean mayMeet(OfferedPair other) {
        return !row.concepts.equals(other.row.concepts)
                && row.names.stream().filter(other.row.names::contains).count()
                        == row.concepts.stream()
                                .filter(other.row.concepts::contains)
                                .count();
    }
}
