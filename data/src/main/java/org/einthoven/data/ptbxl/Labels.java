package org.einthoven.data.ptbxl;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One row of {@code ptbxl_database.csv}: what cardiologists and the technical review say of one ECG.
 *
 * @param patient as the table numbers it
 * @param statements likelihood in percent by SCP code; 0 where none is given, as for all forms and rhythms
 * @param heartAxis {@code LAD}, {@code MID}, ...; empty where it is not stated
 * @param infarctionStages {@code Stadium I} to {@code Stadium III}, {@code unknown}
 * @param noise what the review noted, by column ({@code static_noise}); the text names the leads
 * @param extraBeats {@code 1ES}, {@code VES}, {@code SVES}, ...; empty where none were noted
 * @param fold 1 to 10; patients never cross folds, and 9 and 10 were validated by a human
 * @param files the record's path at 100 Hz and at 500 Hz, in the published folder
 */
public record Labels(
        int ecg,
        String patient,
        Map<String, Double> statements,
        Optional<String> heartAxis,
        List<String> infarctionStages,
        SortedMap<String, String> noise,
        Optional<String> extraBeats,
        int fold,
        List<String> files) {

    public Labels {
        statements = Map.copyOf(statements);
        infarctionStages = List.copyOf(infarctionStages);
        files = List.copyOf(files);
    }

    /** Whether a statement is made, however likely. */
    public boolean mentions(String code) {
        return statements.containsKey(code);
    }

    /** Whether a statement is made with full likelihood. */
    public boolean isCertain(String code) {
        return statements.getOrDefault(code, 0.0) >= 100;
    }
}
