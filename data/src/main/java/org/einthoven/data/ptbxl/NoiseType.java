package org.einthoven.data.ptbxl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Technical faults. The review noted all that it saw, so an empty cell is a no. */
final class NoiseType implements AttributeType {
    private static final List<String> ATTRIBUTES =
            LabelTable.NOISES.stream().map(AttributeType::words).toList();

    @Override
    public String label() {
        return "noise";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        return Truth.of(labels.noise().containsKey(attribute.replace(' ', '_')));
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        return new LinkedHashMap<>(Map.of("noise", ATTRIBUTES));
    }

    @Override
    public List<String> verifying(String attribute) {
        return List.of(
                "Does this ECG show " + attribute + "?",
                "Is this tracing disturbed by " + attribute + "?",
                "Is there " + attribute + " in this recording?",
                "Did the recording suffer from " + attribute + "?");
    }
}
