package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.tensor.Check;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * A few-shot task as a model sees it: ECGs are vectors, texts are token ids. Controls are made by changing what it shows.
 *
 * @param name what messages call it
 */
public record EncodedEpisode(String name, List<Item> support, List<Item> query) {
    /**
     * One question about one ECG.
     *
     * @param vector the ECG, as the frozen encoder sees it: F32 [W], or all its time steps [N, W]; [M, N, W] of M that are
     *     compared
     * @param question token ids, the prompt included
     * @param answer token ids of {@code answerText}
     * @param options the answers that come into question, this item's own among them; empty for yes and no
     * @param unnamed the options, in their order, in words that do not give the question away; empty where they never do
     */
    public record Item(
            String attribute,
            String concept,
            String patient,
            String ecg,
            Tensor vector,
            int[] question,
            int[] answer,
            String answerText,
            List<Option> options,
            List<Option> unnamed) {
        public Item {
            options = List.copyOf(options);
            unnamed = List.copyOf(unnamed);
        }

        /** A yes-no item. */
        public Item(
                String attribute,
                String concept,
                String patient,
                String ecg,
                Tensor vector,
                int[] question,
                int[] answer,
                String answerText) {
            this(attribute, concept, patient, ecg, vector, question, answer, answerText, List.of(), List.of());
        }

        /** The ECG as one vector [W]: the mean over time where there are steps; [M W] of M that are compared. */
        public Tensor pooled() {
            return switch (vector.rank()) {
                case 1 -> vector;
                case 2 -> vector.mean(false, 0);
                default -> vector.mean(false, 1).reshape(-1);
            };
        }

        /** Whether ECGs are compared. */
        public boolean isComparison() {
            return vector.rank() == 3;
        }

        /** Whether the answer is yes. */
        public boolean isYes() {
            return answerText.equals("yes");
        }

        /** The options in words. */
        public List<String> optionTexts() {
            return options.isEmpty()
                    ? YES_NO
                    : options.stream().map(Option::text).toList();
        }

        /** Whether the options are yes and no. */
        public boolean isYesNo() {
            return optionTexts().equals(YES_NO);
        }

        /** Which of the options is right. */
        public int gold() {
            return optionTexts().indexOf(answerText);
        }

        /** What an answer to this is judged by. */
        public Pick picked(String episode, List<Double> probabilities) {
            return new Pick(episode, attribute, concept, patient, ecg, optionTexts(), gold(), probabilities);
        }

        /** The record of an answer to this. */
        public Prediction predicted(String episode, double probabilityYes) {
            return new Prediction(episode, attribute, concept, patient, ecg, isYes(), probabilityYes);
        }

        /**
         * The same question about the ECG, or the ECGs, as other vectors.
         *
         * @throws org.einthoven.tensor.ShapeException when {@code other} is of another shape: two ECGs do not become one
         */
        public Item withVector(Tensor other) {
            Check.shape(
                    other.shape().equals(vector.shape()),
                    "withVector",
                    "the item's ECG is " + vector.shape() + ", not " + other.shape());
            return new Item(attribute, concept, patient, ecg, other, question, answer, answerText, options, unnamed);
        }

        /** The same question in other words. */
        public Item reworded(int[] other) {
            return new Item(attribute, concept, patient, ecg, vector, other, answer, answerText, options, unnamed);
        }

        /** With another question, and no word of the answers that tells what the question was. */
        Item withQuestion(int[] other) {
            if (unnamed.isEmpty()) {
                return new Item(attribute, concept, patient, ecg, vector, other, answer, answerText, options, unnamed);
            }
            Option own = unnamed.get(gold());
            return new Item(
                    attribute, concept, patient, ecg, vector, other, own.tokens(), own.text(), unnamed, List.of());
        }

        Item answered(int option) {
            Option other = options.get(option);
            return new Item(
                    attribute, concept, patient, ecg, vector, question, other.tokens(), other.text(), options, unnamed);
        }

        Item answeredLike(Item other) {
            return new Item(
                    attribute,
                    concept,
                    patient,
                    ecg,
                    vector,
                    question,
                    other.answer,
                    other.answerText,
                    options,
                    unnamed);
        }
    }

    private static final List<String> YES_NO = List.of("yes", "no");

    /** An answer that comes into question, in words and as token ids. */
    public record Option(String text, int[] tokens) {}

    /** Whether all is about yes and no. */
    public boolean isYesNo() {
        return query.stream().allMatch(Item::isYesNo);
    }

    /** Whether the queries ask the same, so that a question tells nothing. */
    public boolean isOneQuestion() {
        return query.stream()
                .allMatch(i -> Arrays.equals(i.question(), query.getFirst().question()));
    }

    /** @throws IllegalArgumentException when there is nothing to learn from or nothing to ask */
    public EncodedEpisode {
        support = List.copyOf(support);
        query = List.copyOf(query);
        if (support.isEmpty() || query.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": the " + (support.isEmpty() ? "support" : "query") + " set is empty; a task needs both");
        }
    }

    /** Every question replaced by the same one: only the ECG is left to answer from. */
    public EncodedEpisode questionBlind(int[] same) {
        return each(i -> i.withQuestion(same));
    }

    /** Every ECG replaced by that of another patient, drawn from a pool: only the question is left. */
    public EncodedEpisode ecgBlind(VectorPool pool, Rng rng) {
        return new EncodedEpisode(
                name, strangers(support, pool, rng.split("support")), strangers(query, pool, rng.split("query")));
    }

    /** As {@link #ecgBlind}, but adapted on the right ECGs. */
    public EncodedEpisode ecgBlindAtTest(VectorPool pool, Rng rng) {
        return new EncodedEpisode(name, support, strangers(query, pool, rng.split("query")));
    }

    /** The answers of the support set dealt out anew: there is nothing to learn from it. */
    public EncodedEpisode shuffledLabels(Rng rng) {
        int[] order = rng.permutation(support.size());
        List<Item> shuffled = new ArrayList<>();
        for (int i = 0; i < order.length; i++) {
            Item own = support.get(i);
            Item other = support.get(order[i]);
            shuffled.add(
                    own.optionTexts().equals(other.optionTexts())
                            ? own.answeredLike(other)
                            : own.answered(other.gold())); // of two pairs, say: the outcome is dealt out, not the name
        }
        return new EncodedEpisode(name, shuffled, query);
    }

    private static List<Item> strangers(List<Item> items, VectorPool pool, Rng rng) {
        List<Item> changed = new ArrayList<>();
        for (Item i : items) {
            // By ECG, so that one asked about twice is replaced by the same stranger both times.
            Rng draw = rng.split(i.ecg());
            changed.add(i.withVector(
                    i.isComparison()
                            ? VectorPool.together(IntStream.range(0, i.vector().dim(0))
                                    .mapToObj(m -> pool.stranger(i.patient(), draw.split(m))))
                            : pool.stranger(i.patient(), draw)));
        }
        return changed;
    }

    private EncodedEpisode each(UnaryOperator<Item> change) {
        return new EncodedEpisode(
                name,
                support.stream().map(change).toList(),
                query.stream().map(change).toList());
    }
}
