package org.einthoven.data.ptbxl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How old an infarction is: stages I and I-II are early, II and II-III middle, III old. No where no infarction is mentioned;
 * in doubt where the stage is "unknown"; silent where an infarction is mentioned without any stage.
 */
final class StageType implements AttributeType {
    private static final Map<String, String> STAGES = Map.of(
            "Stadium I", "early",
            "Stadium I-II", "early",
            "Stadium II", "middle",
            "Stadium II-III", "middle",
            "Stadium III", "old");

    private static final List<String> ATTRIBUTES =
            List.of("early", "middle", "old").stream().map(StageType::attribute).toList();

    private final List<String> infarctions;

    StageType(ScpStatements scp) {
        this.infarctions = scp.statements().values().stream()
                .filter(s -> s.superclass().equals("MI"))
                .map(ScpStatements.Statement::code)
                .toList();
    }

    private static String attribute(String stage) {
        return stage + " stage of myocardial infarction";
    }

    @Override
    public String label() {
        return "stage_of_infarction";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        List<String> stages = labels.infarctionStages();
        if (stages.stream().anyMatch(s -> attribute.equals(attribute(STAGES.getOrDefault(s, "unknown"))))) {
            return Truth.YES;
        }
        if (stages.isEmpty()) {
            return infarctions.stream().anyMatch(labels::mentions) ? Truth.UNKNOWN : Truth.NO;
        }
        return STAGES.keySet().containsAll(stages) ? Truth.NO : Truth.UNSURE;
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        return new LinkedHashMap<>(Map.of("stage of infarction", ATTRIBUTES));
    }
}
