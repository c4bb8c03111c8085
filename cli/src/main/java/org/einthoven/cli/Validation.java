package org.einthoven.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.meta.Blindfold;
import org.einthoven.meta.Control;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.MetaTrainer;
import org.einthoven.meta.metrics.Pick;

/**
 * Meta-validation tasks, by which the weights of a run are chosen: their patients, and what a split keeps apart beside them, are
 * in neither training nor test. A control chooses its own by the same tasks as it sees them, so it is not judged at a step that suits ours.
 */
record Validation(Run run, EpisodeSampler side, Optional<Control> control) implements MetaTrainer.Evaluation {
    /** The share of right answers, which chooses, and the mean log-probability of the right option, which is recorded. */
    @Override
    public Result of(Params theta, long step) {
        EcgView view = run.view(theta);
        Blindfold blindfold = view.blindfold(side);
        List<EncodedEpisode> tasks = view.testTasks(side, run.options.validationTasks).stream()
                .map(e -> control.map(c -> blindfold.over(e, c)).orElse(e))
                .toList();
        MetaEvaluator.Evaluated answered = Judgement.evaluator(view, side)
                .evaluate(Run.besidesEncoder(theta), Map.of(), new TreeSet<>(), tasks, done -> {});
        answered.notes().forEach(Progress::warn);
        List<Pick> picks = Judgement.ours(answered);
        double accuracy = picks.stream().mapToDouble(Pick::score).average().orElseThrow();
        double logScore = picks.stream()
                .mapToDouble(p -> Math.log(p.probabilities().get(p.gold())))
                .average()
                .orElseThrow();
        return new Result(OptionalDouble.of(accuracy), Map.of("accuracy", accuracy, "log_score", logScore));
    }
}
