package org.einthoven.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.einthoven.autograd.Params;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.Shot;
import org.einthoven.meta.metrics.Answer;
import org.einthoven.meta.metrics.AnswerFile;
import org.einthoven.meta.metrics.AnswerTokens;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.Shortcut.Shown;
import org.einthoven.models.io.AtomicFile;
import tools.jackson.databind.json.JsonMapper;

/** What a run leaves behind so that others can check and show it without its data: answers, and a few ECGs that they are about. */
final class Evidence {
    static final String RESULT = "result.json";
    static final String PREDICTIONS = "predictions.json";
    static final String SAMPLES = "samples.json";

    /** Half of them answered rightly and half wrongly, where there are so many. */
    private static final int SAMPLES_OF_EACH = 2;

    private static final double DRAWN_HZ = 250;

    private final Run run;
    private final Path folder;

    Evidence(Run run, Path folder) {
        this.run = run;
        this.folder = folder;
    }

    /** What decides the numbers, the code included. */
    static Map<String, String> config(Run run, Params start) {
        Map<String, String> config = new TreeMap<>(run.config(start).entries());
        config.put("code", CodeDigest.hex());
        return config;
    }

    /** Answers to the first tasks of a sampler, in words. */
    List<Answer> answers(EpisodeSampler of, int tasks, List<Pick> picks) {
        List<Answer> answers = new ArrayList<>();
        int at = 0;
        for (Episode e : run.testEpisodes(of, tasks)) {
            for (int q = 0; q < e.query().size(); q++) {
                answers.add(Answer.of(
                        picks.get(at++), "query " + q, e.query().get(q).item().question()));
            }
        }
        return answers;
    }

    /** Answers to the first tasks of a sampler, read token by token, as the seed protocol does. */
    List<Answer> read(EpisodeSampler of, int tasks, List<AnswerTokens> tokens) {
        List<Answer> answers = new ArrayList<>();
        for (Episode e : run.testEpisodes(of, tasks)) {
            for (int q = 0; q < e.query().size(); q++) {
                Shot shot = e.query().get(q);
                AnswerTokens said = tokens.get(answers.size());
                int[] ids =
                        said.predicted().stream().mapToInt(Integer::intValue).toArray();
                Answer answer = new Answer(
                        "episode " + e.index(),
                        "query " + q,
                        shot.item().question(),
                        shot.attribute(),
                        shot.concept(),
                        shot.patient(),
                        Integer.toString(shot.item().ecgId()),
                        Answer.parts(shot.item().answerText()),
                        Answer.parts(run.text.answer(ids)),
                        List.of(),
                        List.of());
                answers.add(answer.withTokens(said));
            }
        }
        return answers;
    }

    void write(List<Answer> answers, EpisodeSampler of, int tasks) {
        List<Shown> shown = new ArrayList<>();
        List<Shot> asked = new ArrayList<>();
        for (Episode e : run.testEpisodes(of, tasks)) {
            asked.addAll(e.query());
            for (Shot s : e.support()) {
                shown.add(new Shown(
                        "episode " + e.index(),
                        s.item().question(),
                        Integer.toString(s.item().ecgId()),
                        Answer.parts(s.item().answerText())));
            }
        }
        AnswerFile.write(folder.resolve(PREDICTIONS), answers, shown);
        byte[] json =
                JsonMapper.shared().writeValueAsString(samples(answers, asked)).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(folder.resolve(SAMPLES), out -> out.write(json));
    }

    private List<Map<String, Object>> samples(List<Answer> answers, List<Shot> asked) {
        List<Map<String, Object>> samples = new ArrayList<>();
        for (boolean right : new boolean[] {true, false}) {
            Set<Integer> drawn = new HashSet<>();
            for (int i = 0; i < answers.size() && drawn.size() < SAMPLES_OF_EACH; i++) {
                List<Integer> ecgs = asked.get(i).item().ecgIds();
                if (answers.get(i).isRight() == right && drawn.add(ecgs.getFirst())) {
                    for (int place = 0; place < ecgs.size(); place++) {
                        samples.add(sample(answers.get(i), name(ecgs, place), run.ecg(ecgs.get(place))));
                    }
                }
            }
        }
        return samples;
    }

    /** Of two that are compared each is drawn, and says which of them it is. */
    private static String name(List<Integer> ecgs, int place) {
        return ecgs.get(place) + (ecgs.size() == 1 ? "" : place == 0 ? " (the first of two)" : " (the second of two)");
    }

    /** The question with its answers, and the twelve leads in microvolts, few enough samples to draw. */
    private static Map<String, Object> sample(Answer a, String name, EcgRecord ecg) {
        int step = Math.max(1, (int) Math.round(ecg.hz() / DRAWN_HZ));
        Map<String, Object> leads = new LinkedHashMap<>();
        for (Lead lead : Lead.values()) {
            ecg.lead(lead).ifPresent(mv -> leads.put(lead.label(), microvolts(mv, step)));
        }
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("ecg", name);
        m.put("task", a.task());
        m.put("item", a.item());
        m.put("question", a.question());
        m.put("gold", Answer.text(a.gold()));
        m.put("predicted", Answer.text(a.predicted()));
        m.put("confidence", a.confidence().isPresent() ? a.confidence().getAsDouble() : null);
        m.put("hz", ecg.hz() / step);
        m.put("microvolts", leads);
        return m;
    }

    /** Means of {@code step} samples; null where one is missing. */
    private static List<Integer> microvolts(float[] mv, int step) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i + step <= mv.length; i += step) {
            double sum = 0;
            for (int j = i; j < i + step; j++) {
                sum += mv[j];
            }
            values.add(Optional.of(1000 * sum / step)
                    .filter(Double::isFinite)
                    .map(x -> (int) Math.round(x))
                    .orElse(null));
        }
        return values;
    }
}
