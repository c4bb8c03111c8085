import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Schedule;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.nn.Losses;
import org.einthoven.models.text.BpeTrainer;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * The language model of the strict table, a small LLaMA taught from nothing to read questions of all three types. It sees text
 * only: a list of phrases stands in front of a question, as a few embeddings where a mapper's prefix will stand, and the answer
 * follows from the list. Words and wordings are those of the questions that SyntheticStudy.java wrote; a third of the phrases are
 * random mixtures of words, so that what is learnt is to compare and to copy, and not to recall. As the demo's (ReadingExercises in
 * cli), which was taught yes-no questions alone. After a build, from the top of the checkout:
 *
 * <pre>
 * java -p cli/target/app --add-modules org.einthoven.data,org.einthoven.models,jdk.incubator.vector \
 *     examples/study/TeachReading.java FOLDER [STEPS [WIDTH]]
 * </pre>
 *
 * reads FOLDER/{verify,choose,query}/questions.json.gz and writes the model into FOLDER/llm.
 */
final class TeachReading {
    private static final long SEED = 222;
    private static final int SLOTS = 4;
    private static final int BATCH = 64;
    private static final double RATE = 3e-3;
    private static final int LAYERS = 3;
    private static final int HEAD = 8;
    private static final int POSITIONS = 128;
    private static final int MOST_LISTED = 4;
    private static final int LIST_TOKENS = 32;
    /** Weight of the text beside the answers: to foretell what is asked for is to have read the list. */
    private static final double TEXT = 2;

    private final Set<String> phrases = new TreeSet<>();
    private final Set<String> verify = new TreeSet<>();
    private final Set<String> choose = new TreeSet<>();
    private final Set<String> query = new TreeSet<>();
    private List<String> names = List.of();
    private List<String> words = List.of();

    /** What is asked, what the answer is, and the list that it follows from. */
    private record Exercise(QuestionType type, List<String> list, String question, String answer) {}

    /**
     * Exercises of equal length.
     *
     * @param listed I32 [B, L] tokens of the list
     * @param share F32 [B, SLOTS, L] how much each token weighs in each slot
     * @param noise F32 [B, SLOTS, 1] size of the noise in each slot, in deviations of an embedding
     * @param text I32 [B, T] question, answer and end
     * @param labels I32 [B, SLOTS + T] what comes next where it counts
     * @param answers the same, of the answers alone
     */
    private record Batch(
            List<Exercise> exercises, Tensor listed, Tensor share, Tensor noise, Tensor text, int[] labels, int[] answers) {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 4000;
        int width = args.length > 2 ? Integer.parseInt(args[2]) : 64;
        TeachReading school = new TeachReading(folder);
        Path out = Files.createDirectories(folder.resolve("llm"));
        Files.writeString(out.resolve("tokenizer.json"), school.tokenizerJson());
        Tokenizer tokenizer = Tokenizers.open(out.resolve("tokenizer.json"));
        LlmConfig config = config(tokenizer, width);
        Files.writeString(out.resolve("config.json"), json(config));
        Params weights = school.train(new Llama(config), tokenizer, steps);
        SafetensorsWriter.write(out.resolve("model.safetensors"), weights.toMap(), Map.of("format", "pt"));
        System.out.println(out + ": " + config);
    }

    /** The phrases and wordings of all questions there are. */
    private TeachReading(Path folder) {
        for (String type : List.of("verify", "choose", "query")) {
            for (QaItem item : EcgQaReader.read(folder.resolve(type).resolve("questions.json.gz")).items()) {
                phrases.addAll(item.attributes());
                switch (item.questionType()) {
                    case SINGLE_VERIFY -> verify.add(item.question().replace(item.attributes().get(0), "%s"));
                    case SINGLE_CHOOSE -> choose.add(item.question()
                            .replaceFirst(item.attributes().get(0), "%1\\$s")
                            .replaceFirst(item.attributes().get(1), "%2\\$s"));
                    case SINGLE_QUERY -> query.add(item.question());
                    default -> throw new IllegalArgumentException("a question of another type: " + item);
                }
            }
        }
        names = List.copyOf(phrases);
        words = names.stream().flatMap(p -> Arrays.stream(p.split(" "))).distinct().toList();
    }

    private String tokenizerJson() {
        BpeTrainer trainer = new BpeTrainer().add(" yes no both none first second");
        for (String phrase : names) {
            trainer.add(phrase).add(" " + phrase);
            verify.forEach(q -> trainer.add(q.formatted(phrase)));
            choose.forEach(q -> trainer.add(q.formatted(phrase, phrase)));
        }
        query.forEach(trainer::add);
        return trainer.tokenizerJson(4000, "<|begin_of_text|>", "<|end_of_text|>");
    }

    private static LlmConfig config(Tokenizer tokenizer, int width) {
        return new LlmConfig(
                tokenizer.vocabularySize(),
                width,
                2 * width,
                LAYERS,
                width / HEAD,
                width / HEAD,
                HEAD,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                POSITIONS,
                false,
                OptionalInt.of(tokenizer.bos().orElseThrow()),
                new TreeSet<>(List.of(tokenizer.eos().orElseThrow())));
    }

    private static String json(LlmConfig c) {
        return """
                {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "rms_norm_eps": 1e-5, "rope_theta": 10000, "max_position_embeddings": %d,
                 "tie_word_embeddings": false, "hidden_act": "silu", "bos_token_id": %d, "eos_token_id": %d}
                """
                .formatted(
                        c.vocabulary(), c.width(), c.intermediate(), c.layers(), c.heads(), c.keyValueHeads(),
                        c.headDim(), c.maxPositions(), c.bos().orElseThrow(), c.eos().first());
    }

    // ---------------------------------------------------------------- exercises

    private Exercise exercise(RandomGenerator r, double difficulty) {
        int most = 1 + (int) Math.round(difficulty * (MOST_LISTED - 1));
        List<String> list = new ArrayList<>();
        return switch (r.nextInt(4)) {
            case 0, 1 -> {
                fill(list, 1 + r.nextInt(most), Set.of(), r);
                boolean yes = r.nextBoolean();
                String asked = yes ? list.get(r.nextInt(list.size())) : other(list, r);
                String question = one(List.copyOf(verify), r).formatted(asked);
                yield new Exercise(QuestionType.SINGLE_VERIFY, list, question, yes ? "yes" : "no");
            }
            case 2 -> {
                String x = phrase(r);
                String y = other(List.of(x), r);
                boolean hasX = r.nextBoolean();
                boolean hasY = r.nextBoolean();
                if (hasX) {
                    list.add(x);
                }
                if (hasY) {
                    list.add(y);
                }
                fill(list, Math.max(1, Math.max(list.size(), 1 + r.nextInt(most))), Set.of(x, y), r);
                Collections.shuffle(list, Random.from(r));
                String question = one(List.copyOf(choose), r).formatted(x, y);
                String answer = hasX && hasY ? "both" : hasX ? x : hasY ? y : "none";
                yield new Exercise(QuestionType.SINGLE_CHOOSE, list, question, answer);
            }
            default -> {
                fill(list, 1, Set.of(), r);
                yield new Exercise(QuestionType.SINGLE_QUERY, list, one(List.copyOf(query), r), list.get(0));
            }
        };
    }

    private void fill(List<String> list, int to, Set<String> without, RandomGenerator r) {
        while (list.size() < to) {
            String p = phrase(r);
            if (!list.contains(p) && !without.contains(p)) {
                list.add(p);
            }
        }
    }

    private static <T> T one(List<T> of, RandomGenerator r) {
        return of.get(r.nextInt(of.size()));
    }

    private String phrase(RandomGenerator r) {
        if (r.nextInt(3) > 0) {
            return one(names, r);
        }
        List<String> w = new ArrayList<>();
        for (int n = 1 + r.nextInt(3); w.size() < n; ) {
            w.add(one(words, r));
        }
        return String.join(" ", w);
    }

    /** Not in the list; half the time it shares a word with something that is. */
    private String other(List<String> list, RandomGenerator r) {
        List<String> used = list.stream().flatMap(p -> Arrays.stream(p.split(" "))).toList();
        boolean near = r.nextBoolean();
        for (int tries = 0; ; tries++) {
            String p = phrase(r);
            boolean shares = Arrays.stream(p.split(" ")).anyMatch(used::contains);
            if (!list.contains(p) && (!near || shares || tries > 50)) {
                return p;
            }
        }
    }

    private Batch draw(Tokenizer tokenizer, RandomGenerator r, double difficulty) {
        List<Exercise> exercises = Stream.generate(() -> exercise(r, difficulty)).limit(BATCH).toList();
        int[] listed = new int[BATCH * LIST_TOKENS];
        float[] share = new float[BATCH * SLOTS * LIST_TOKENS];
        float[] noise = new float[BATCH * SLOTS];
        int[][] questions = new int[BATCH][];
        int[][] answers = new int[BATCH][];
        int longest = 0;
        for (int b = 0; b < BATCH; b++) {
            Exercise e = exercises.get(b);
            place(tokenizer, e.list, r, b, listed, share);
            for (int s = 0; s < SLOTS; s++) {
                noise[b * SLOTS + s] = (float) (difficulty * r.nextDouble());
            }
            questions[b] = tokenizer.encode(e.question);
            int[] a = tokenizer.encode(" " + e.answer);
            answers[b] = Arrays.copyOf(a, a.length + 1);
            answers[b][a.length] = tokenizer.eos().orElseThrow();
            longest = Math.max(longest, questions[b].length + answers[b].length);
        }
        int[] text = new int[BATCH * longest];
        int[] labels = new int[BATCH * (SLOTS + longest)];
        int[] ofAnswers = new int[labels.length];
        Arrays.fill(labels, Losses.IGNORE);
        Arrays.fill(ofAnswers, Losses.IGNORE);
        for (int b = 0; b < BATCH; b++) {
            int q = questions[b].length;
            System.arraycopy(questions[b], 0, text, b * longest, q);
            System.arraycopy(answers[b], 0, text, b * longest + q, answers[b].length);
            for (int i = 0; i < q + answers[b].length; i++) {
                int at = b * (SLOTS + longest) + SLOTS + i - 1;
                labels[at] = text[b * longest + i];
                ofAnswers[at] = i < q ? Losses.IGNORE : labels[at];
            }
        }
        return new Batch(
                exercises,
                Tensor.of(listed, BATCH, LIST_TOKENS),
                Tensor.of(share, BATCH, SLOTS, LIST_TOKENS),
                Tensor.of(noise, BATCH, SLOTS, 1),
                Tensor.of(text, BATCH, longest),
                labels,
                ofAnswers);
    }

    /** Each phrase goes to one slot or is spread over all; its tokens weigh the same. */
    private static void place(
            Tokenizer tokenizer, List<String> list, RandomGenerator r, int b, int[] listed, float[] share) {
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
    }

    // ---------------------------------------------------------------- learning

    private Params train(Llama model, Tokenizer tokenizer, int steps) {
        Rng rng = Rng.of(SEED).split("language model of the strict table");
        Params theta = model.init(rng.split("weights"));
        OptimiserState state = OptimiserState.start();
        Schedule schedule = Schedule.cosine(100, steps, 0.02);
        double[] right = new double[QuestionType.values().length];
        for (int step = 0; step < steps; step++) {
            Rng own = rng.split("step").split(step);
            Batch batch = draw(tokenizer, own.split("draw").stream(), Math.min(1, step / (0.5 * steps)));
            double[] share = new double[right.length];
            Graded g = Grad.valueAndGrad(
                    p -> loss(model, p, batch, own.split("noise"), share), theta, GradMode.CONSTANT);
            Optimiser.Stepped s = AdamW.of(RATE * schedule.at(step))
                    .step(theta, ClipNorm.of(1).apply(g.grads()).gradient(), state);
            theta = s.theta();
            state = s.state();
            for (int t = 0; t < right.length; t++) {
                right[t] += 0.02 * (share[t] - right[t]);
            }
            if (step % 100 == 99 || step + 1 == steps) {
                System.out.printf(
                        "step %d of %d: loss %.4f, answers right: verify %.3f, choose %.3f, query %.3f%n",
                        step + 1, steps, g.value().item(), right[0], right[1], right[2]);
            }
        }
        return theta;
    }

    /** Cross entropy of the answers and of all text. */
    private static Tensor loss(Llama model, Params p, Batch b, Rng rng, double[] right) {
        Tensor rows = model.embed(p, b.listed); // [B, L, D]
        Tensor slots = b.share.matmul(rows); // [B, S, D]
        double deviation = Math.sqrt(rows.detach().square().mean().item()) / 2;
        Tensor eps = rng.normal(slots.shape().toArray()).mul(b.noise).mul(deviation);
        Tensor x = Tensor.cat(1, slots.add(eps), model.embed(p, b.text)); // [B, S + T, D]
        Tensor logits = model.logitsFromEmbeds(p, x); // [B, S + T, V]
        score(b, logits.detach().argMax(2).toInts(), right);
        int width = x.dim(1);
        Tensor ofAnswers = Losses.crossEntropy(logits, Tensor.of(b.answers, BATCH, width), Losses.IGNORE);
        Tensor ofText = Losses.crossEntropy(logits, Tensor.of(b.labels, BATCH, width), Losses.IGNORE);
        return ofAnswers.add(ofText.mul(TEXT));
    }

    /** The share of whole answers that are right, by question type. */
    private static void score(Batch b, int[] best, double[] right) {
        int[] asked = new int[right.length];
        Arrays.fill(right, 0);
        int width = b.answers.length / BATCH;
        for (int row = 0; row < BATCH; row++) {
            boolean all = true;
            for (int i = row * width; i < (row + 1) * width; i++) {
                all &= b.answers[i] == Losses.IGNORE || b.answers[i] == best[i];
            }
            int type = b.exercises.get(row).type.ordinal();
            asked[type]++;
            right[type] += all ? 1 : 0;
        }
        for (int t = 0; t < right.length; t++) {
            right[t] /= Math.max(1, asked[t]);
        }
    }
}
