package org.einthoven.meta.metrics;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.meta.metrics.Shortcut.Shown;
import org.einthoven.models.io.AtomicFile;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Anyone's answers as a JSON file:
 *
 * <pre>{@code
 * {"predictions": [
 *    {"task": "3", "item": "7", "question": "Does this ECG show noise?", "gold": "yes", "predicted": "no",
 *     "options": ["yes", "no"], "probabilities": [0.4, 0.6],
 *     "attribute": "noise", "group": "signal quality", "ecg": "123", "patient": "77"}],
 *  "support": [{"task": "3", "question": "Does this ECG show noise?", "gold": "yes", "ecg": "9"}]}
 * }</pre>
 *
 * <p>or only the list of predictions. A task, a question, {@code gold} and {@code predicted} must be there. Answers are a text,
 * which is cut at commas, or a list of texts. An item is else the place in its task, an attribute the question, a group the
 * attribute, a patient the ECG, and an ECG unknown. {@code gold_ids} and {@code predicted_ids}, both or neither, are the tokens
 * that the reference's metric counts, place by place: where nothing was said it is wrong.
 * {@code support} tells what the tasks were adapted to. Other keys are passed over.
 *
 * @param predictions in the order of the file
 * @param shown the support sets; empty where they are not told
 * @param warnings what is missing, and what that costs
 */
public record AnswerFile(List<Answer> predictions, List<Shown> shown, List<String> warnings) {
    /** The longest text, in characters: some scores take work that grows with its square. */
    private static final int LONGEST = 1 << 16;

    /** @throws FormatException naming the entry and the field when the file is not as described */
    public static AnswerFile read(Path file) {
        return new Reading(file.toString()).read(file);
    }

    private static final class Reading {
        private final String file;
        private final List<Answer> predictions = new ArrayList<>();
        private final List<Shown> shown = new ArrayList<>();
        private final Map<String, Integer> places = new LinkedHashMap<>();
        private final Set<List<String>> seen = new HashSet<>();
        private int withoutPatient;

        Reading(String file) {
            this.file = file;
        }

        AnswerFile read(Path path) {
            StrictJson.read(path, "predictions", p -> {
                if (p.currentToken() == JsonToken.START_ARRAY) {
                    predictions(p);
                } else {
                    object(p);
                }
                return predictions;
            });
            if (predictions.isEmpty()) {
                throw new FormatException(
                        file,
                        FormatException.WHOLE_FILE,
                        "predictions",
                        "is empty or missing; there is nothing to judge");
            }
            List<String> warnings = new ArrayList<>();
            if (withoutPatient > 0) {
                warnings.add(
                        withoutPatient + " predictions name neither patient nor ECG and count as of one patient each:"
                                + " intervals may be too narrow");
            }
            if (shown.isEmpty()) {
                warnings.add(
                        "no support sets are told: the majority is that of each task's own questions, in hindsight, and"
                                + " what questions and ECGs tell alone is learnt from the other tasks");
            }
            return new AnswerFile(List.copyOf(predictions), List.copyOf(shown), List.copyOf(warnings));
        }

        private void object(JsonParser p) {
            StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "predictions");
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = p.currentName();
                p.nextToken();
                switch (key) {
                    case "predictions" -> predictions(p);
                    case "support" -> support(p);
                    default -> p.skipChildren();
                }
            }
        }

        private void predictions(JsonParser p) {
            StrictJson.expect(p, JsonToken.START_ARRAY, file, 0, "predictions");
            while (p.nextToken() != JsonToken.END_ARRAY) {
                predictions.add(prediction(new Entry(file, "predictions[" + predictions.size() + "]", p)));
            }
        }

        private void support(JsonParser p) {
            StrictJson.expect(p, JsonToken.START_ARRAY, file, 0, "support");
            while (p.nextToken() != JsonToken.END_ARRAY) {
                Entry e = new Entry(file, "support[" + shown.size() + "]", p);
                shown.add(new Shown(e.name("task"), e.text("question"), e.name("ecg", ""), e.answers("gold")));
            }
        }

        private Answer prediction(Entry e) {
            String task = e.name("task");
            String question = e.text("question");
            int place = places.merge(task, 1, Integer::sum) - 1;
            String item = e.name("item", "item " + place);
            if (!seen.add(List.of(task, item))) {
                throw e.bad(
                        "item", "\"" + item + "\" of task \"" + task + "\" is there already; each is answered once");
            }
            String attribute = e.name("attribute", question);
            String ecg = e.name("ecg", "");
            String patient = e.name("patient", ecg.isEmpty() ? "" : "ECG " + ecg);
            if (patient.isEmpty()) {
                withoutPatient++;
                patient = task + ", " + item;
            }
            Answer a = new Answer(
                    task,
                    item,
                    question,
                    attribute,
                    e.name("group", attribute),
                    patient,
                    ecg,
                    e.answers("gold"),
                    e.answers("predicted"),
                    e.options(),
                    List.of());
            List<Integer> gold = e.ids("gold_ids");
            if (gold.isEmpty() != e.ids("predicted_ids").isEmpty()) {
                throw e.bad(
                        "gold_ids", "and predicted_ids stand together: what is right, and what was said, in tokens");
            }
            Answer read = gold.isEmpty() ? a : a.withTokens(new AnswerTokens(gold, e.ids("predicted_ids")));
            List<Double> probabilities = e.numbers("probabilities");
            try {
                return probabilities.isEmpty() ? read : read.withProbabilities(probabilities);
            } catch (IllegalArgumentException problem) {
                throw e.bad("probabilities", String.valueOf(problem.getMessage()));
            }
        }
    }

    /** One object of a list, its fields checked as they are read. */
    private static final class Entry {
        private final String file;
        private final String path;
        private final long offset;
        private final JsonNode node;

        Entry(String file, String path, JsonParser p) {
            this.file = file;
            this.path = path;
            this.offset = StrictJson.at(p);
            StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, path);
            this.node = StrictJson.smallTree(p, file, path);
        }

        FormatException bad(String key, String problem) {
            return new FormatException(file, offset, path + "." + key, problem);
        }

        private boolean has(String key) {
            return node.has(key) && !node.get(key).isNull();
        }

        String text(String key) {
            if (!has(key)) {
                throw bad(key, "is missing");
            }
            return text(key, node.get(key));
        }

        private String text(String key, JsonNode n) {
            if (!n.isString()) {
                throw bad(key, "must be a text, not " + n.getNodeType().name().toLowerCase(Locale.ROOT));
            }
            String s = n.stringValue();
            if (s.length() > LONGEST) {
                throw bad(key, "has " + s.length() + " characters; texts of at most " + LONGEST + " are read");
            }
            return s;
        }

        /** A text, or a whole number as one. */
        String name(String key) {
            if (!has(key)) {
                throw bad(key, "is missing");
            }
            JsonNode n = node.get(key);
            return n.isIntegralNumber() ? n.asString() : text(key, n);
        }

        String name(String key, String otherwise) {
            return has(key) ? name(key) : otherwise;
        }

        List<String> texts(String key) {
            if (!has(key)) {
                return List.of();
            }
            if (!node.get(key).isArray()) {
                throw bad(key, "must be a list of texts");
            }
            List<String> texts = new ArrayList<>();
            for (JsonNode n : node.get(key)) {
                texts.add(text(key + "[" + texts.size() + "]", n));
            }
            return texts;
        }

        /** Each of another meaning, else a probability would belong to two. */
        List<String> options() {
            List<String> options = texts("options");
            Set<SortedSet<String>> meant = new HashSet<>();
            for (String option : options) {
                if (!meant.add(Answer.parts(option))) {
                    throw bad("options", "\"" + option + "\" is there already, perhaps in another case");
                }
            }
            return options;
        }

        SortedSet<String> answers(String key) {
            if (!has(key)) {
                throw bad(key, "is missing");
            }
            if (node.get(key).isString()) {
                return Answer.parts(text(key));
            }
            SortedSet<String> answers = new TreeSet<>();
            texts(key).forEach(t -> answers.add(Answer.normal(t)));
            return answers;
        }

        List<Integer> ids(String key) {
            List<Integer> ids = new ArrayList<>();
            for (double x : numbers(key)) {
                if (x != Math.rint(x) || x < 0 || x > Integer.MAX_VALUE) {
                    throw bad(key + "[" + ids.size() + "]", "is no id of a token: a whole number, 0 or more");
                }
                ids.add((int) x);
            }
            return ids;
        }

        List<Double> numbers(String key) {
            if (!has(key)) {
                return List.of();
            }
            if (!node.get(key).isArray()) {
                throw bad(key, "must be a list of numbers");
            }
            List<Double> numbers = new ArrayList<>();
            for (JsonNode n : node.get(key)) {
                if (!n.isNumber()) {
                    throw bad(key + "[" + numbers.size() + "]", "must be a number");
                }
                numbers.add(n.doubleValue());
            }
            return numbers;
        }
    }

    /** Writes such a file; it appears whole or not at all. */
    public static void write(Path file, List<Answer> predictions, List<Shown> shown) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("predictions", predictions.stream().map(AnswerFile::entry).toList());
        if (!shown.isEmpty()) {
            root.put("support", shown.stream().map(AnswerFile::entry).toList());
        }
        byte[] json = JsonMapper.shared().writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(json));
    }

    private static Map<String, Object> entry(Answer a) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("task", a.task());
        m.put("item", a.item());
        m.put("question", a.question());
        m.put("attribute", a.attribute());
        m.put("group", a.group());
        m.put("patient", a.patient());
        m.put("ecg", a.ecg());
        m.put("gold", a.gold());
        m.put("predicted", a.predicted());
        if (!a.options().isEmpty()) {
            m.put("options", a.options());
        }
        if (!a.probabilities().isEmpty()) {
            m.put("probabilities", a.probabilities());
        }
        a.tokens().ifPresent(tokens -> {
            m.put("gold_ids", tokens.gold());
            m.put("predicted_ids", tokens.predicted());
        });
        return m;
    }

    private static Map<String, Object> entry(Shown s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("task", s.task());
        m.put("question", s.question());
        if (!s.ecg().isEmpty()) {
            m.put("ecg", s.ecg());
        }
        m.put("gold", s.gold());
        return m;
    }
}
