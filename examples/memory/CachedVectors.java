import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.Task;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * What it is worth that each ECG is encoded once: a meta-step on cached vectors, and the same step when every loss encodes its
 * recordings anew, as the reference does at every inner step. The encoder is of full size (90 million weights, drawn from a
 * seed), recordings are [12, 2500] of noise, tasks 2-way 2-shot with as many queries (8 support and 8 query items), the losses
 * those of Maml.Watch.EVERY_STEP: support before each inner step, query before the first and after each. After a build
 * (./einthoven --help makes one), from the top of the checkout:
 *
 * <pre>
 * java -Xmx2g -XX:+UseSerialGC -p cli/target/app --add-modules org.einthoven.meta,jdk.incubator.vector \
 *     examples/memory/CachedVectors.java STEPS LLM [ROUNDS]
 * </pre>
 *
 * Times are of CPU, of all threads, the two ways in turn after one round to warm up.
 */
final class CachedVectors {
    private static final int ITEMS = 8;
    private static final int QUESTION = 20;

    private CachedVectors() {}

    /** A task that looks at its recordings again before every loss. */
    private record Anew(EcgQaModel model, EncodedEpisode episode, UnaryOperator<EncodedEpisode.Item> encoded)
            implements Task {
        @Override
        public String name() {
            return episode.name();
        }

        @Override
        public Tensor supportLoss(Params weights, Rng rng) {
            return task(seen(episode.support()), episode.query()).supportLoss(weights, rng);
        }

        @Override
        public Query query(Params weights, Rng rng) {
            return task(episode.support(), seen(episode.query())).query(weights, rng);
        }

        private List<EncodedEpisode.Item> seen(List<EncodedEpisode.Item> items) {
            return items.stream().map(encoded).toList();
        }

        private EcgQaTask task(List<EncodedEpisode.Item> support, List<EncodedEpisode.Item> query) {
            return new EcgQaTask(model, new EncodedEpisode(name(), support, query));
        }
    }

    public static void main(String[] args) {
        int steps = Integer.parseInt(args[0]);
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        EcgEncoder encoder = new EcgEncoder(EcgEncoderConfig.base());
        Params frozen = EcgEncoder.frozen(encoder.init(Rng.of(222)));
        Workspace memory = new Workspace();
        UnaryOperator<EncodedEpisode.Item> encode = item -> item.withVector(memory.compute(
                () -> encoder.apply(frozen, signal(item.ecg())).reshape(-1)));
        try (Llm llm = Llm.open(Path.of(args[1]))) {
            AttentionMapper mapper = AttentionMapper.reference(
                    encoder.config().width(), llm.config().width());
            EcgQaModel model = new EcgQaModel(mapper, FrozenLlm.of(llm), new StrictForm());
            int vocabulary = llm.config().vocabulary();
            EncodedEpisode blank = new EncodedEpisode(
                    "episode", items("support", vocabulary, encoder), items("query", vocabulary, encoder));
            EncodedEpisode cached = new EncodedEpisode(
                    "episode",
                    blank.support().stream().map(encode).toList(),
                    blank.query().stream().map(encode).toList());
            Maml maml = new Maml(
                    new InnerLoop(steps, 0.05, MetaOrder.SECOND),
                    MetaObjective.LAST,
                    NonFinite.FAIL,
                    Maml.Watch.EVERY_STEP);
            Params theta = mapper.init(Rng.of(3));
            for (int round = 0; round <= rounds; round++) {
                double[] kept = step(maml, theta, new EcgQaTask(model, cached));
                double[] anew = step(maml, theta, new Anew(model, blank, encode));
                System.out.printf(
                        "%s, %d inner steps: cached %.2f s of CPU, anew %.2f s, ratio %.1f; query losses %.6f and %.6f%n",
                        round == 0 ? "warming up" : "round " + round,
                        steps,
                        kept[0],
                        anew[0],
                        anew[0] / kept[0],
                        kept[1],
                        anew[1]);
            }
        }
    }

    /** Seconds of CPU, and the query loss. */
    private static double[] step(Maml maml, Params theta, Task task) {
        double before = cpuSeconds();
        double loss = maml.gradient(theta, List.of(task)).loss();
        return new double[] {cpuSeconds() - before, loss};
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElseThrow()
                        .toMillis()
                / 1e3;
    }

    private static Tensor signal(String ecg) {
        return Rng.of(5).split(ecg).normal(1, 12, 2500).mul(0.2);
    }

    /** Made-up questions; every second answer is one token, the others another. */
    private static List<EncodedEpisode.Item> items(String side, int vocabulary, EcgEncoder encoder) {
        return IntStream.range(0, ITEMS).mapToObj(i -> item(side + i, i % 2 == 0, vocabulary, encoder)).toList();
    }

    private static EncodedEpisode.Item item(String ecg, boolean yes, int vocabulary, EcgEncoder encoder) {
        int[] question = Rng.of(6).split(ecg).stream().ints(QUESTION, 0, vocabulary).toArray();
        return new EncodedEpisode.Item(
                "attribute",
                "concept",
                "patient of " + ecg,
                ecg,
                Tensor.zeros(DType.F32, encoder.config().width()),
                question,
                new int[] {yes ? 5 : 6},
                yes ? "yes" : "no");
    }
}
