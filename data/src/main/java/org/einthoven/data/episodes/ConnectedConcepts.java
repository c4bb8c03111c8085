package org.einthoven.data.episodes;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Concepts that questions about several of them tie together: they are one group, named by its first concept. */
final class ConnectedConcepts {
    private ConnectedConcepts() {}

    /** The group of each concept that occurs. */
    static Map<String, String> of(Collection<Set<String>> together) {
        Map<String, String> parent = new TreeMap<>();
        for (Set<String> concepts : together) {
            String first = null;
            for (String concept : concepts) {
                parent.putIfAbsent(concept, concept);
                first = first == null ? concept : join(parent, first, concept);
            }
        }
        parent.replaceAll((concept, p) -> root(parent, concept));
        return parent;
    }

    private static String join(Map<String, String> parent, String a, String b) {
        String x = root(parent, a);
        String y = root(parent, b);
        String root = x.compareTo(y) <= 0 ? x : y;
        parent.put(x, root);
        parent.put(y, root);
        return root;
    }

    private static String root(Map<String, String> parent, String concept) {
        String at = concept;
        for (String up = parent.get(at); up != null && !up.equals(at); up = parent.get(at)) {
            at = up;
        }
        return at;
    }
}
