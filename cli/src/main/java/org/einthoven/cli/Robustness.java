package org.einthoven.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.einthoven.autograd.Params;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.Shot;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.RunDirectory;
import org.einthoven.meta.VectorPool;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * How answers hold out when they should not change: the test tasks are asked again about ECGs that lack leads or are noisy, and
 * in other words. Support sets stay as they are, so adaptation does too.
 */
final class Robustness {
    /** Leads that are silent, 0 mV throughout; the first of one order for each ECG, so that more is always worse. */
    private static final int[] LEADS_DROPPED = {1, 3, 6, 9, 11};

    /** Standard deviation of white noise on every lead, in mV. */
    private static final double[] NOISE_MV = {0.05, 0.1, 0.2, 0.4};

    private final Run run;
    private final Params theta;
    private final RunDirectory directory;
    private final Function<List<EncodedEpisode>, List<Pick>> answers;
    private final List<Episode> episodes;
    private final List<EncodedEpisode> encoded;
    private final Rng rng;

    /**
     * @param theta the encoder too, where it learnt
     * @param answers of the system to tasks
     */
    Robustness(
            Run run,
            Params theta,
            RunDirectory directory,
            EpisodeSampler of,
            Function<List<EncodedEpisode>, List<Pick>> answers) {
        this.run = run;
        this.theta = theta;
        this.directory = directory;
        this.answers = answers;
        this.episodes = run.testEpisodes(of, run.options.testTasks);
        this.encoded = run.view(theta).testTasks(of, run.options.testTasks);
        this.rng = run.rng.split("robustness");
    }

    /** By what is done to them, one point for each amount. @param undisturbed the answers that are known already */
    Map<String, Object> curves(List<Pick> undisturbed) {
        Map<String, Object> curves = new LinkedHashMap<>();
        Map<String, Object> start = point(0, undisturbed, undisturbed);
        List<Object> leads = new ArrayList<>(List.of(start));
        for (int dropped : LEADS_DROPPED) {
            leads.add(point(dropped, answers.apply(about(without(dropped))), undisturbed));
        }
        curves.put("leads_dropped", leads);
        List<Object> noise = new ArrayList<>(List.of(start));
        for (double mv : NOISE_MV) {
            noise.add(point(mv, answers.apply(about(noisy(mv))), undisturbed));
        }
        curves.put("noise_mv", noise);
        curves.put("reworded", reworded(undisturbed));
        return curves;
    }

    private Map<String, Object> point(double amount, List<Pick> picks, List<Pick> undisturbed) {
        Estimate e = Estimate.of(picks.stream().map(Pick::scored).toList(), run.rng.split("intervals"));
        int same = 0;
        for (int i = 0; i < picks.size(); i++) {
            same += likeliest(picks.get(i)) == likeliest(undisturbed.get(i)) ? 1 : 0;
        }
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("amount", amount);
        m.put("accuracy", e.value());
        m.put("ci95", new double[] {e.ci95().low(), e.ci95().high()});
        m.put("unchanged", (double) same / picks.size());
        return m;
    }

    private static int likeliest(Pick p) {
        return p.probabilities().indexOf(Collections.max(p.probabilities()));
    }

    // ---------------------------------------------------------------- ECGs

    private BiFunction<Integer, Tensor, Tensor> without(int dropped) {
        return (ecg, signal) -> {
            int[] order = rng.split("leads").split(ecg).permutation(Lead.COUNT);
            float[] heard = new float[Lead.COUNT];
            Arrays.fill(heard, 1);
            for (int i = 0; i < dropped; i++) {
                heard[order[i]] = 0;
            }
            return signal.mul(Tensor.of(heard, 1, Lead.COUNT, 1)); // [crops, 12, T]
        };
    }

    private BiFunction<Integer, Tensor, Tensor> noisy(double mv) {
        return (ecg, signal) -> signal.add(
                rng.split("noise").split(ecg).normal(signal.shape().toArray()).mul(mv));
    }

    private List<EncodedEpisode> about(BiFunction<Integer, Tensor, Tensor> change) {
        Set<Integer> ids = new TreeSet<>();
        episodes.forEach(e -> e.query().forEach(s -> ids.addAll(s.item().ecgIds())));
        VectorPool changed = run.encodedAnew(theta, ids, directory, change);
        return each((item, shot) -> item.withVector(changed.of(shot.item().ecgIds())));
    }

    private List<EncodedEpisode> each(BiFunction<EncodedEpisode.Item, Shot, EncodedEpisode.Item> change) {
        List<EncodedEpisode> changed = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            EncodedEpisode e = encoded.get(i);
            List<EncodedEpisode.Item> query = new ArrayList<>();
            for (int q = 0; q < e.query().size(); q++) {
                query.add(change.apply(e.query().get(q), episodes.get(i).query().get(q)));
            }
            changed.add(new EncodedEpisode(e.name(), e.support(), query));
        }
        return changed;
    }

    // ---------------------------------------------------------------- words

    /** Every question in another of its wordings, where it has one; {@code reworded} is the share that has. */
    private Map<String, Object> reworded(List<Pick> undisturbed) {
        int[] found = new int[1];
        List<EncodedEpisode> other = each((item, shot) -> {
            List<String> wordings = run.otherWordings(shot.item());
            if (wordings.isEmpty()) {
                return item;
            }
            found[0]++;
            int drawn = rng.split("words").split(shot.item().sampleId()).permutation(wordings.size())[0];
            return item.reworded(run.text.question(wordings.get(drawn)));
        });
        Map<String, Object> m = point((double) found[0] / undisturbed.size(), answers.apply(other), undisturbed);
        m.put("reworded", m.remove("amount"));
        return m;
    }
}
