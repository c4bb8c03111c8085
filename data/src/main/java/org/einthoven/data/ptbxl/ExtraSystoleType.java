package org.einthoven.data.ptbxl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * Extra beats: {@code SVES} are supraventricular, {@code VES} ventricular, {@code ES} of unstated origin. An empty cell is a no
 * unless a statement speaks of premature beats.
 */
final class ExtraSystoleType implements AttributeType {
    private static final String ANY = "extrasystoles";
    private static final String SUPRAVENTRICULAR = "supraventricular extrasystoles";
    private static final String VENTRICULAR = "ventricular extrasystoles";
    private static final List<String> ATTRIBUTES = List.of(ANY, SUPRAVENTRICULAR, VENTRICULAR);

    private static final Pattern SVES = Pattern.compile("SVES");
    private static final Pattern VES = Pattern.compile("(?<!S)VES");
    private static final Pattern ES = Pattern.compile("(?<!V)ES");
    private static final List<String> PREMATURE = List.of("PVC", "PAC", "PRC(S)", "BIGU", "TRIGU");

    @Override
    public String label() {
        return "extra_systole";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        String beats = labels.extraBeats().orElse("").toUpperCase(Locale.ROOT);
        if (beats.isEmpty()) {
            return PREMATURE.stream().anyMatch(labels::mentions) ? Truth.UNKNOWN : Truth.NO;
        }
        boolean sves = SVES.matcher(beats).find();
        boolean ves = VES.matcher(beats).find();
        boolean es = ES.matcher(beats).find();
        if (!sves && !ves && !es) {
            return Truth.UNKNOWN;
        }
        return switch (attribute) {
            case SUPRAVENTRICULAR -> sves ? Truth.YES : es ? Truth.UNKNOWN : Truth.NO;
            case VENTRICULAR -> ves ? Truth.YES : es ? Truth.UNKNOWN : Truth.NO;
            default -> Truth.YES;
        };
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        return new LinkedHashMap<>(Map.of("kind of extrasystoles", List.of(SUPRAVENTRICULAR, VENTRICULAR)));
    }
}
