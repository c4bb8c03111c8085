package org.einthoven.meta;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;

/**
 * What decides the numbers of a run, the seed included, as names and values; not where its output goes. A checkpoint is
 * continued only under the configuration that wrote it.
 */
public record RunConfig(SortedMap<String, String> entries) {
    public RunConfig {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    public static RunConfig of(Map<String, ?> entries) {
        SortedMap<String, String> text = new TreeMap<>();
        entries.forEach((k, v) -> text.put(k, String.valueOf(v)));
        return new RunConfig(text);
    }

    static RunConfig parse(String json) {
        SortedMap<String, String> entries = new TreeMap<>();
        JsonMapper.shared()
                .readTree(json)
                .properties()
                .forEach(e -> entries.put(e.getKey(), e.getValue().asString()));
        return new RunConfig(entries);
    }

    /** Sorted by name, so equal configurations give equal text. */
    public String json() {
        return JsonMapper.shared().writeValueAsString(new TreeMap<>(entries));
    }

    /** SHA-256 of {@link #json}, in hexadecimal digits. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** What differs, one entry a line: {@code update_lr: 0.05 there, 0.3 here}. */
    List<String> differences(RunConfig here) {
        TreeSet<String> names = new TreeSet<>(entries.keySet());
        names.addAll(here.entries.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String was = entries.get(name);
            String is = here.entries.get(name);
            if (!Objects.equals(was, is)) {
                lines.add(name + ": " + (was == null ? "absent" : was) + " there, " + (is == null ? "absent" : is)
                        + " here");
            }
        }
        return lines;
    }
}
