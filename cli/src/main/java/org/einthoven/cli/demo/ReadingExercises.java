package org.einthoven.cli.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.nn.Losses;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Text-only exercises from which a small language model learns to read: "is X in this list?". The list stands in front of the
 * question as a few embeddings, each the mean of the token embeddings of some phrases with noise, as a mapper's prefix will
 * stand there; no ECG is anywhere near. Phrases are the names of findings and random mixtures of their words, so that what is
 * learnt is to compare and not to recall.
 */
final class ReadingExercises {
    /** Embeddings in front of the question: the prefix length of the reference system. */
    static final int SLOTS = 4;

    private static final int MOST_LISTED = 4;
    private static final int LIST_TOKENS = 32;

    /** Weight of the text beside the answers: to foretell what is asked for is to have read the list. */
    private static final double TEXT = 2;

    private final Tokenizer tokenizer;
    private final List<String> phrases;
    private final List<String> words;
    private final List<String> questions;

    /**
     * @param phrases what can be listed and asked for
     * @param questions with {@code %s} where the phrase goes
     */
    ReadingExercises(Tokenizer tokenizer, List<String> phrases, List<String> questions) {
        this.tokenizer = tokenizer;
        this.phrases = phrases;
        this.questions = questions;
        this.words = phrases.stream()
                .flatMap(p -> Arrays.stream(p.split(" ")))
                .distinct()
                .toList();
    }

    /**
     * Exercises of equal length, ready to be read.
     *
     * @param listed I32 [B, L] tokens of the list
     * @param share F32 [B, SLOTS, L] how much each token weighs in each slot
     * @param noise F32 [B, SLOTS, 1] size of the noise in each slot, in deviations of the slot
     * @param text I32 [B, T] question, answer and end
     * @param labels I32 [B, SLOTS + T] what comes next where it counts
     * @param answerAt where in its row each answer is predicted
     */
    record Batch(Tensor listed, Tensor share, Tensor noise, Tensor text, Tensor labels, int[] answerAt) {}

    /** Loss of a batch, and the share of questions answered right. */
    record Outcome(Tensor loss, double accuracy) {}

    /**
     * @param difficulty 0 to 1: from lists of one phrase without noise to lists of up to four in noise
     */
    Batch draw(Rng rng, int size, double difficulty) {
        RandomGenerator r = rng.stream();
        int[] listed = new int[size * LIST_TOKENS];
        float[] share = new float[size * SLOTS * LIST_TOKENS];
        float[] noise = new float[size * SLOTS];
        int[][] texts = new int[size][];
        int[] answerAt = new int[size];
        String around = r.nextInt(4) == 0 ? Vocabulary.WRAPPED : "%s";
        for (int b = 0; b < size; b++) {
            List<String> list = list(r, 1 + (int) Math.round(difficulty * (MOST_LISTED - 1)));
            boolean yes = r.nextBoolean();
            String asked = yes ? list.get(r.nextInt(list.size())) : other(r, list);
            boolean answer = list.contains(asked);
            place(r, list, b, difficulty, listed, share, noise);
            int[] q = tokenizer.encode(
                    around.formatted(questions.get(r.nextInt(questions.size())).formatted(asked)));
            int[] a = tokenizer.encode(answer ? " yes" : " no");
            answerAt[b] = SLOTS + q.length - 1;
            texts[b] = join(q, a, tokenizer.eos().orElseThrow());
        }
        int t = Arrays.stream(texts).mapToInt(x -> x.length).max().orElseThrow();
        int[] text = new int[size * t];
        int[] labels = new int[size * (SLOTS + t)];
        Arrays.fill(labels, Losses.IGNORE);
        for (int b = 0; b < size; b++) {
            System.arraycopy(texts[b], 0, text, b * t, texts[b].length);
            for (int i = 0; i < texts[b].length; i++) {
                labels[b * (SLOTS + t) + SLOTS + i - 1] = texts[b][i];
            }
        }
        return new Batch(
                Tensor.of(listed, size, LIST_TOKENS),
                Tensor.of(share, size, SLOTS, LIST_TOKENS),
                Tensor.of(noise, size, SLOTS, 1),
                Tensor.of(text, size, t),
                Tensor.of(labels, size, SLOTS + t),
                answerAt);
    }

    /** Up to four phrases; a third of them mixtures of words, so that no list is known by heart. */
    private List<String> list(RandomGenerator r, int most) {
        List<String> list = new ArrayList<>();
        int n = 1 + r.nextInt(most);
        while (list.size() < n) {
            String p = phrase(r);
            if (!list.contains(p)) {
                list.add(p);
            }
        }
        return list;
    }

    private String phrase(RandomGenerator r) {
        if (r.nextInt(3) > 0) {
            return phrases.get(r.nextInt(phrases.size()));
        }
        int n = 1 + r.nextInt(3);
        List<String> w = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            w.add(words.get(r.nextInt(words.size())));
        }
        return String.join(" ", w);
    }

    /** Not in the list; half the time it shares a word with something that is. */
    private String other(RandomGenerator r, List<String> list) {
        List<String> used =
                list.stream().flatMap(p -> Arrays.stream(p.split(" "))).toList();
        boolean near = r.nextBoolean();
        for (int tries = 0; ; tries++) {
            String p = phrase(r);
            boolean shares = Arrays.stream(p.split(" ")).anyMatch(used::contains);
            if (!list.contains(p) && (!near || shares || tries > 50)) {
                return p;
            }
        }
    }

    /** Each phrase goes to one slot or is spread over all; its tokens weigh the same. */
    private void place(
            RandomGenerator r,
            List<String> list,
            int b,
            double difficulty,
            int[] listed,
            float[] share,
            float[] noise) {
        int at = 0;
        boolean spread = r.nextBoolean();
        for (String p : list) {
            int[] ids = tokenizer.encode(" " + p);
            int slot = r.nextInt(SLOTS);
            float strength = 0.5f + r.nextFloat();
            for (int id : ids) {
                if (at < LIST_TOKENS) {
                    listed[b * LIST_TOKENS + at] = id;
                    for (int s = 0; s < SLOTS; s++) {
                        share[(b * SLOTS + s) * LIST_TOKENS + at] = spread || s == slot ? strength / ids.length : 0;
                    }
                    at++;
                }
            }
        }
        for (int s = 0; s < SLOTS; s++) {
            noise[b * SLOTS + s] = (float) (difficulty * r.nextDouble());
        }
    }

    private static int[] join(int[] q, int[] a, int eos) {
        int[] all = Arrays.copyOf(q, q.length + a.length + 1);
        System.arraycopy(a, 0, all, q.length, a.length);
        all[all.length - 1] = eos;
        return all;
    }

    /**
     * Reads a batch. The loss is the cross entropy of the answers and that of all text, since a list also says what is likely to
     * be asked.
     */
    Outcome read(Llama model, Params p, Batch b, Rng rng) {
        Tensor rows = model.embed(p, b.listed); // [B, L, D]
        Tensor slots = b.share.matmul(rows); // [B, S, D]
        double deviation = Math.sqrt(rows.detach().square().mean().item()) / 2;
        Tensor eps = rng.normal(slots.shape().toArray()).mul(b.noise).mul(deviation);
        Tensor x = Tensor.cat(1, slots.add(eps), model.embed(p, b.text)); // [B, S + T, D]
        Tensor logits = model.logitsFromEmbeds(p, x); // [B, S + T, V]
        int width = x.dim(1);
        int[] labels = b.labels.toInts();
        int[] best = logits.detach().argMax(2).toInts();
        int[] answers = new int[labels.length];
        Arrays.fill(answers, Losses.IGNORE);
        int right = 0;
        for (int i = 0; i < b.answerAt.length; i++) {
            int at = i * width + b.answerAt[i];
            answers[at] = labels[at];
            right += best[at] == labels[at] ? 1 : 0;
        }
        Tensor ofAnswers = Losses.crossEntropy(logits, Tensor.of(answers, b.answerAt.length, width), Losses.IGNORE);
        Tensor ofText = Losses.crossEntropy(logits, b.labels, Losses.IGNORE);
        return new Outcome(ofAnswers.add(ofText.mul(TEXT)), (double) right / b.answerAt.length);
    }
}
