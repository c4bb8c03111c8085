package org.einthoven.meta.metrics.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.einthoven.tensor.FormatException;

/**
 * Synonyms by WordNet (Miller, "WordNet: a lexical database for English", CACM 38, 1995), read from the files that it is published
 * in (wndb(5WN)): {@code index.noun}, {@code data.noun} and {@code noun.exc}, and those of verbs, adjectives and adverbs. A word is
 * looked up as NLTK 3.8 does: in its own form and in the base forms that its endings and the lists of exceptions lead to; words that
 * share a set of synonyms with one of them mean the same, phrases of several words left out.
 */
public final class WordNet implements Synonyms {
    /** A part of speech, with the endings that its base forms are found by (morphy(7WN)). */
    private enum Part {
        NOUN("s,", "ses,s", "ves,f", "xes,x", "zes,z", "ches,ch", "shes,sh", "men,man", "ies,y"),
        VERB("s,", "ies,y", "es,e", "es,", "ed,e", "ed,", "ing,e", "ing,"),
        ADJ("er,", "est,", "er,e", "est,e"),
        ADV();

        private final List<String[]> endings;

        Part(String... endings) {
            this.endings = Arrays.stream(endings).map(e -> e.split(",", -1)).toList();
        }

        String file() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What the files say of one part of speech.
     *
     * @param offsets by base form, of its sets of synonyms in {@code data}
     * @param exceptions base forms by form
     */
    private record Words(Path file, Map<String, int[]> offsets, Map<String, List<String>> exceptions, byte[] data) {}

    private static final int[] NOWHERE = {};

    private final Map<Part, Words> parts;
    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

    private WordNet(Map<Part, Words> parts) {
        this.parts = parts;
    }

    /** @throws FormatException when a file is missing or malformed */
    public static WordNet read(Path folder) {
        Map<Part, Words> parts = new HashMap<>();
        for (Part part : Part.values()) {
            Path data = folder.resolve("data." + part.file());
            parts.put(
                    part,
                    new Words(
                            data,
                            index(folder.resolve("index." + part.file())),
                            exceptions(folder.resolve(part.file() + ".exc")),
                            bytes(data)));
        }
        return new WordNet(parts);
    }

    @Override
    public Set<String> of(String word) {
        return known.computeIfAbsent(word, this::lookedUp);
    }

    private Set<String> lookedUp(String word) {
        Set<String> same = new TreeSet<>(Set.of(word));
        String form = word.toLowerCase(Locale.ROOT);
        parts.forEach((part, words) -> {
            for (String base : bases(form, part, words)) {
                for (int offset : words.offsets.getOrDefault(base, NOWHERE)) {
                    same.addAll(synonyms(words, offset));
                }
            }
        });
        return same;
    }

    /** The base forms of a word that are there: by the exceptions, else by its endings, taken off until one is. */
    private static Set<String> bases(String form, Part part, Words words) {
        List<String> forms = new ArrayList<>(List.of(form));
        List<String> irregular = words.exceptions.get(form);
        if (irregular != null) {
            forms.addAll(irregular);
            return there(forms, words);
        }
        List<String> shorter = shortened(forms, part);
        forms.addAll(shorter);
        Set<String> found = there(forms, words);
        while (found.isEmpty() && !shorter.isEmpty()) {
            shorter = shortened(shorter, part);
            found = there(shorter, words);
        }
        return found;
    }

    private static List<String> shortened(List<String> forms, Part part) {
        List<String> shorter = new ArrayList<>();
        for (String form : forms) {
            for (String[] ending : part.endings) {
                if (form.endsWith(ending[0])) {
                    shorter.add(form.substring(0, form.length() - ending[0].length()) + ending[1]);
                }
            }
        }
        return shorter;
    }

    private static Set<String> there(List<String> forms, Words words) {
        Set<String> there = new LinkedHashSet<>(forms);
        there.retainAll(words.offsets.keySet());
        return there;
    }

    /** The single words of one set: {@code offset lex_filenum ss_type w_cnt word lex_id [word lex_id...] ...}, w_cnt in hexadecimal. */
    private static List<String> synonyms(Words words, int offset) {
        int end = offset;
        while (end < words.data.length && words.data[end] != '\n') {
            end++;
        }
        String[] fields = end > offset
                ? new String(words.data, offset, end - offset, StandardCharsets.UTF_8).split(" ")
                : new String[0];
        List<String> synonyms = new ArrayList<>();
        try {
            if (Integer.parseInt(fields[0]) != offset) {
                throw new NumberFormatException(fields[0]);
            }
            int count = Integer.parseInt(fields[3], 16);
            for (int i = 0; i < count; i++) {
                String word = fields[4 + 2 * i].replaceAll("\\(.*\\)$", ""); // marks where an adjective may stand
                if (!word.contains("_")) {
                    synonyms.add(word);
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new FormatException(
                    words.file.toString(),
                    offset,
                    "synset",
                    "the index points here, but no set of synonyms begins here; take index and data files of one version");
        }
        return synonyms;
    }

    // ---------------------------------------------------------------- reading

    /** {@code lemma pos synset_cnt p_cnt [ptr_symbol...] sense_cnt tagsense_cnt synset_offset...} */
    private static Map<String, int[]> index(Path file) {
        Map<String, int[]> offsets = new HashMap<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith(" ")) { // the licence
                continue;
            }
            String[] fields = line.split(" ");
            try {
                int count = natural(fields[2]);
                int from = 6 + natural(fields[3]);
                int[] all = new int[Math.min(count, fields.length)];
                for (int s = 0; s < count; s++) {
                    all[s] = natural(fields[from + s]);
                }
                offsets.put(fields[0], all);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new FormatException(
                        file.toString(),
                        FormatException.WHOLE_FILE,
                        "line " + (i + 1),
                        "is no line of an index of WordNet");
            }
        }
        return offsets;
    }

    private static int natural(String text) {
        int n = Integer.parseInt(text);
        if (n < 0) {
            throw new NumberFormatException(text);
        }
        return n;
    }

    private static Map<String, List<String>> exceptions(Path file) {
        Map<String, List<String>> exceptions = new HashMap<>();
        for (String line : lines(file)) {
            List<String> forms = List.of(line.strip().split("\\s+"));
            exceptions.put(forms.getFirst(), forms.subList(1, forms.size()));
        }
        return exceptions;
    }

    private static List<String> lines(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "file",
                    "cannot be read; a folder of WordNet holds index, data and exceptions (.exc) of noun, verb, adj and adv: "
                            + e,
                    e);
        }
    }
}
