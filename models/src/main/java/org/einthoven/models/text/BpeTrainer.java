package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Learns an uncased byte-level byte-pair encoding (Sennrich et al., arXiv 1508.07909; Radford et al. 2019) from text, and writes it as
 * a {@code tokenizer.json}. The most frequent pair is merged first, ties by text order, so a corpus gives one vocabulary.
 */
public final class BpeTrainer {
    private static final Comparator<Map.Entry<List<String>, Integer>> MORE_FREQUENT =
            Map.Entry.<List<String>, Integer>comparingByValue()
                    .thenComparing(e -> String.join("\n", e.getKey()), Comparator.reverseOrder());

    private final Map<List<String>, Integer> words = new LinkedHashMap<>();

    /** Without any word yet. */
    public BpeTrainer() {}

    /** Counts the words of a text. */
    public BpeTrainer add(String text) {
        Matcher m = Pattern.compile(PreTokenizer.LLAMA3).matcher(text.toLowerCase(Locale.ROOT));
        while (m.find()) {
            words.merge(symbols(m.group()), 1, Integer::sum);
        }
        return this;
    }

    /**
     * At most {@code limit} merges; fewer when every word has become one token.
     *
     * @param bos and {@code eos}: the texts of the two special tokens, which come first
     * @return the text of a {@code tokenizer.json}
     */
    public String tokenizerJson(int limit, String bos, String eos) {
        List<String> vocabulary = new ArrayList<>(List.of(bos, eos));
        ByteLetters.all().forEach(vocabulary::add);
        List<String[]> merges = merges(limit);
        for (String[] m : merges) {
            if (!vocabulary.contains(m[0] + m[1])) {
                vocabulary.add(m[0] + m[1]);
            }
        }
        return json(vocabulary, merges, bos, eos);
    }

    private List<String[]> merges(int limit) {
        Map<List<String>, Integer> now = new LinkedHashMap<>(words);
        List<String[]> merges = new ArrayList<>();
        while (merges.size() < limit) {
            Map<List<String>, Integer> pairs = new HashMap<>();
            now.forEach((w, n) -> {
                for (int i = 1; i < w.size(); i++) {
                    pairs.merge(List.of(w.get(i - 1), w.get(i)), n, Integer::sum);
                }
            });
            if (pairs.isEmpty()) {
                return merges;
            }
            List<String> best = Collections.max(pairs.entrySet(), MORE_FREQUENT).getKey();
            merges.add(best.toArray(String[]::new));
            Map<List<String>, Integer> next = new LinkedHashMap<>();
            for (Map.Entry<List<String>, Integer> e : now.entrySet()) {
                next.merge(merged(e.getKey(), best), e.getValue(), Integer::sum);
            }
            now = next;
        }
        return merges;
    }

    private static List<String> merged(List<String> word, List<String> pair) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            boolean hit = i + 1 < word.size()
                    && word.get(i).equals(pair.get(0))
                    && word.get(i + 1).equals(pair.get(1));
            out.add(hit ? pair.get(0) + pair.get(1) : word.get(i));
            i += hit ? 1 : 0;
        }
        return out;
    }

    private static List<String> symbols(String word) {
        return ByteLetters.encode(word).chars().mapToObj(Character::toString).toList();
    }

    private static String json(List<String> vocabulary, List<String[]> merges, String bos, String eos) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode().put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < 2; id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", id == 0 ? bos : eos)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.putObject("normalizer").put("type", "Lowercase");
        ObjectNode pre = root.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = pre.putArray("pretokenizers");
        steps.addObject()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false)
                .putObject("pattern")
                .put("Regex", PreTokenizer.LLAMA3);
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
        root.putNull("post_processor"); // no BOS before a text: other embeddings may stand there
        root.putObject("decoder").put("type", "ByteLevel");
        ObjectNode model = root.putObject("model").put("type", "BPE").put("byte_fallback", false);
        model.putNull("unk_token");
        model.put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        Map<Integer, String> byId = new TreeMap<>();
        for (int i = 0; i < vocabulary.size(); i++) {
            byId.put(i, vocabulary.get(i));
        }
        byId.forEach((id, piece) -> {
            if (id >= 2) {
                vocab.put(piece, id);
            }
        });
        ArrayNode list = model.putArray("merges");
        merges.forEach(m -> list.add(m[0] + " " + m[1]));
        return root.toPrettyString();
    }
}
