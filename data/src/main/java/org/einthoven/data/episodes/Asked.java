package org.einthoven.data.episodes;

import java.util.List;
import java.util.Set;
import org.einthoven.data.qa.QaItem;

/**
 * An item with everything a split looks at.
 *
 * @param kind what kind of task it can stand in
 * @param attribute what it asks for, whatever the lead: an attribute, a pair of them, or one answer to a question
 * @param form what it asks for, with the lead where the wording names one
 * @param question what an answer is an answer to, where tasks are cut from the answers to one question; else empty
 * @param outcome which of the kind's outcomes the answer is
 * @param options the answers to choose from, in words; empty where they depend on the task
 * @param names the attributes that it is about
 * @param concepts the concepts of those
 * @param units what must not stand on both sides of the split in force
 * @param groups what intervals resample: its concepts, or the groups they stand in where a split is by group
 * @param patients whose ECG it is, or whose two
 */
record Asked(
        QaItem item,
        TaskKind kind,
        String attribute,
        String form,
        String question,
        String outcome,
        List<String> options,
        Set<String> names,
        Set<String> concepts,
        Set<String> units,
        Set<String> groups,
        Set<String> patients) {

    /** Whether the ECG has what is asked for, which is rarer than that it lacks it. */
    boolean isRare() {
        return !outcome.equals(TaskKind.NO) && !outcome.equals(TaskKind.NONE);
    }
}
