package org.einthoven.data.ptbxl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The heart axis where it is stated: {@code MID} is normal, {@code LAD} and {@code ALAD} deviate to the left, {@code RAD} to
 * the right, {@code ARAD} extremely so. Horizontal, vertical and sagittal positions (AXL, AXR, SAG) are none of these.
 */
final class HeartAxisType implements AttributeType {
    private static final Map<String, String> AXES = Map.of(
            "MID", "normal heart axis",
            "LAD", "left axis deviation",
            "ALAD", "left axis deviation",
            "RAD", "right axis deviation",
            "ARAD", "extreme axis deviation");

    private static final List<String> ATTRIBUTES =
            List.of("normal heart axis", "left axis deviation", "right axis deviation", "extreme axis deviation");

    @Override
    public String label() {
        return "heart_axis";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        return labels.heartAxis()
                .map(AXES::get)
                .map(axis -> Truth.of(axis.equals(attribute)))
                .orElse(Truth.UNKNOWN);
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        return new LinkedHashMap<>(Map.of("direction of the heart axis", ATTRIBUTES));
    }
}
