package org.einthoven.meta;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.Shot;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.FormatException;

/**
 * Turns episodes into what a model sees.
 *
 * @param vectors of all ECGs that can occur
 * @param question a question's wording to token ids, the prompt included
 * @param answer an answer's text, lower-cased, to token ids: with a BOS in front where the protocol counts one, with an end
 *     token behind where the model is to learn to stop
 */
public record EpisodeEncoder(VectorPool vectors, Function<String, int[]> question, Function<String, int[]> answer) {
    /**
     * @throws FormatException when an ECG of the episode was not encoded
     * @throws IllegalArgumentException when the support or query set is empty
     */
    public EncodedEpisode encode(Episode episode) {
        return new EncodedEpisode("episode " + episode.index(), items(episode.support()), items(episode.query()));
    }

    private List<EncodedEpisode.Item> items(List<Shot> shots) {
        return shots.stream().map(this::item).toList();
    }

    private EncodedEpisode.Item item(Shot shot) {
        String text = shot.item().answerText().toLowerCase(Locale.ROOT);
        List<Integer> ecgs = shot.item().ecgIds();
        return new EncodedEpisode.Item(
                shot.attribute(),
                shot.concept(),
                shot.patient(),
                ecgs.stream().map(String::valueOf).collect(Collectors.joining(" and ")),
                vectors.of(ecgs),
                question.apply(shot.item().question()),
                answer.apply(text),
                text,
                options(shot.options()),
                options(unnamed(shot)));
    }

    private List<EncodedEpisode.Option> options(List<String> texts) {
        return texts.stream()
                .map(text -> text.toLowerCase(Locale.ROOT))
                .map(text -> new EncodedEpisode.Option(text, answer.apply(text)))
                .toList();
    }

    /** Of a pair of attributes which one it is, rather than what it is called. */
    private static List<String> unnamed(Shot shot) {
        return shot.item().questionType() == QuestionType.SINGLE_CHOOSE
                        && !shot.options().isEmpty()
                ? List.of("first", "second", "both", "none")
                : List.of();
    }
}
