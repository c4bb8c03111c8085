package org.einthoven.data.ptbxl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * Intervals, as far as statements imply them: PTB-XL holds no measured ones. A prolonged PR interval and a first degree AV
 * block are a long PR; complete bundle branch blocks are by definition a wide QRS; a long QT interval is itself; sinus
 * tachycardia and bradycardia are short and long RR intervals. A certainly normal ECG in plain sinus rhythm has all of them
 * within the normal range. Where statements imply nothing, nothing is asked.
 */
final class NumericType implements AttributeType {
    private static final String ABOVE = "above the normal range of ";
    private static final String WITHIN = "within the normal range of ";
    private static final String BELOW = "below the normal range of ";

    /** What makes an interval long or short; never both. */
    private record Interval(String name, Predicate<Labels> isLong, Predicate<Labels> isShort) {}

    private static final List<Interval> INTERVALS = List.of(
            new Interval("pr interval", l -> l.mentions("LPR") || l.isCertain("1AVB"), l -> false),
            new Interval("qrs duration", l -> l.isCertain("CLBBB") || l.isCertain("CRBBB"), l -> false),
            new Interval("qt corrected", l -> l.isCertain("LNGQT"), l -> false),
            new Interval("rr interval", l -> l.mentions("SBRAD"), l -> l.mentions("STACH")));

    private static final List<String> ATTRIBUTES = attributesOf(INTERVALS);

    private static List<String> attributesOf(List<Interval> intervals) {
        List<String> all = new ArrayList<>();
        for (Interval i : intervals) {
            all.add(ABOVE + i.name);
            all.add(WITHIN + i.name);
            if (i.name.equals("rr interval")) {
                all.add(BELOW + i.name);
            }
        }
        return List.copyOf(all);
    }

    @Override
    public String label() {
        return "numeric_feature";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public Truth truth(Labels labels, String attribute) {
        Interval interval = INTERVALS.stream()
                .filter(i -> attribute.endsWith(i.name))
                .findFirst()
                .orElseThrow();
        boolean above = interval.isLong.test(labels);
        boolean below = interval.isShort.test(labels);
        boolean within = isNormal(labels);
        if ((above ? 1 : 0) + (below ? 1 : 0) + (within ? 1 : 0) != 1) {
            return Truth.UNKNOWN; // silent, or in contradiction
        }
        return Truth.of(attribute.startsWith(ABOVE) ? above : attribute.startsWith(BELOW) ? below : within);
    }

    private static boolean isNormal(Labels labels) {
        return labels.isCertain("NORM") && labels.mentions("SR");
    }

    @Override
    public SequencedMap<String, List<String>> domains() {
        SequencedMap<String, List<String>> domains = new LinkedHashMap<>();
        for (Interval i : INTERVALS) {
            domains.put(
                    "range of the " + i.name,
                    ATTRIBUTES.stream().filter(a -> a.endsWith(i.name)).toList());
        }
        return domains;
    }

    @Override
    public List<String> verifying(String attribute) {
        int of = attribute.indexOf(" of ");
        String range = attribute.substring(0, of);
        String interval = attribute.substring(of + " of ".length());
        return List.of(
                "Is the " + interval + " of this ECG " + range + "?",
                "Does the " + interval + " lie " + range + " in this tracing?",
                "Would you call the " + interval + " here " + range + "?");
    }
}
