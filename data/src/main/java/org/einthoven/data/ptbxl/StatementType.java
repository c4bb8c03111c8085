package org.einthoven.data.ptbxl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.einthoven.data.ptbxl.ScpStatements.Statement;

/**
 * SCP statements, and the four superclasses of abnormal diagnoses. Yes is a diagnosis of likelihood 100, or a form or rhythm
 * that is listed; a diagnosis listed with less is in doubt.
 */
final class StatementType implements AttributeType {
    private static final Map<String, String> SUPERCLASSES = Map.of(
            "CD", "conduction disturbance", "HYP", "hypertrophy", "MI", "myocardial infarction", "STTC", "st/t change");

    private final SequencedMap<String, Statement> byText = new LinkedHashMap<>();
    private final SequencedMap<String, List<Statement>> bySuperclass = new LinkedHashMap<>();

    StatementType(ScpStatements scp) {
        for (Statement s : scp.statements().values()) {
            byText.put(s.text(), s);
            String superclass = SUPERCLASSES.get(s.superclass());
            if (superclass != null) {
                bySuperclass.computeIfAbsent(superclass, c -> new ArrayList<>()).add(s);
            }
        }
        bySuperclass.keySet().removeAll(byText.keySet());
    }

    @Override
    public String label() {
        return "scp_code";
    }

    @Override
    public List<String> attributes() {
        List<String> all = new ArrayList<>(byText.keySet());
        all.addAll(bySuperclass.keySet());
        return all;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        Statement one = byText.get(attribute);
        if (one != null) {
            return truth(labels, one);
        }
        List<Statement> several = Objects.requireNonNull(bySuperclass.get(attribute), "no text, so a superclass");
        List<Truth> of = several.stream().map(s -> truth(labels, s)).toList();
        return of.contains(Truth.YES) ? Truth.YES : of.contains(Truth.UNSURE) ? Truth.UNSURE : Truth.NO;
    }

    private static Truth truth(Labels labels, Statement s) {
        Double likelihood = labels.statements().get(s.code());
        if (likelihood == null) {
            return Truth.NO;
        }
        boolean listed = likelihood == 0 && (s.form() || s.rhythm());
        return likelihood >= 100 || listed ? Truth.YES : Truth.UNSURE;
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        SequencedMap<String, List<String>> domains = new LinkedHashMap<>();
        domains.put(
                "rhythm",
                byText.values().stream()
                        .filter(Statement::rhythm)
                        .map(Statement::text)
                        .toList());
        domains.put(
                "abnormal form",
                byText.values().stream()
                        .filter(Statement::form)
                        .map(Statement::text)
                        .toList());
        domains.put(
                "diagnosis",
                byText.values().stream()
                        .filter(Statement::diagnostic)
                        .map(Statement::text)
                        .toList());
        domains.put("kind of disorder", List.copyOf(bySuperclass.keySet()));
        return domains;
    }
}
