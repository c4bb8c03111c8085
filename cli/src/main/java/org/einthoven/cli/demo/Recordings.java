package org.einthoven.cli.demo;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.data.episodes.StrictRules;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.meta.EpisodeEncoder;
import org.einthoven.meta.VectorPool;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.fusion.PlainText;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/** A cohort of synthetic patients as the learner sees it: each recording encoded once, questions to cut tasks from. */
record Recordings(SyntheticCohort cohort, VectorPool vectors) {
    /** 5-way 5-shot, five queries of each attribute and answer. */
    static final EpisodeShape SHAPE = new EpisodeShape(5, 5, 5);

    private static final int BATCH = 32;

    static Recordings encode(SyntheticCohort cohort, EcgEncoder encoder, Params weights, Consumer<Integer> progress) {
        Map<Integer, Tensor> vectors = new HashMap<>();
        Map<Integer, String> patients = new HashMap<>();
        Params frozen = EcgEncoder.frozen(weights);
        Workspace memory = new Workspace();
        for (int from = 0; from < cohort.ecgs(); from += BATCH) {
            int n = Math.min(BATCH, cohort.ecgs() - from);
            Tensor signals = EncoderMaker.records(cohort, from, n); // [n, 12, T]
            Tensor pooled = memory.compute(() -> encoder.apply(frozen, signals)); // [n, D]
            for (int i = 0; i < n; i++) {
                vectors.put(from + i, pooled.select(0, i).contiguous());
                patients.put(from + i, cohort.patient(from + i));
            }
            progress.accept(from + n);
        }
        return new Recordings(cohort, new VectorPool(vectors, patients));
    }

    /** Crossed tasks about these findings only. */
    EpisodeSampler tasks(Set<Finding> findings) {
        StrictRules rules = StrictRules.of(Split.PATIENT, SHAPE).withConcepts(SyntheticCohort.concepts());
        return StrictEpisodes.undivided(cohort.questions(findings), rules, cohort::patient);
    }

    /** Questions as they are, answers closed by the end token. */
    EpisodeEncoder encoder(Tokenizer tokenizer) {
        PlainText text = new PlainText(tokenizer, "", "");
        return new EpisodeEncoder(vectors, text::question, answer -> answer(tokenizer, answer));
    }

    /** An answer behind a question: with its leading space, closed by the end token. */
    static int[] answer(Tokenizer tokenizer, String answer) {
        int[] ids = tokenizer.encode(" " + answer);
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = tokenizer.eos().orElseThrow();
        return ended;
    }
}
