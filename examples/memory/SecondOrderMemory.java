import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.Memory;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.NonFinite;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.Rng;

/**
 * The memory of one second-order MAML step: the mapper learns through a frozen Llama of 12 layers, width 512, feed-forward
 * width 1376 and 32,000 tokens, on a task of 20 support and 20 query items of 30 question tokens behind 4 prefix rows. After a
 * build (./einthoven --help makes one), from the top of the checkout:
 *
 * <pre>
 * java -Xmx4g -XX:+UseSerialGC -p cli/target/app --add-modules org.einthoven.meta \
 *     examples/memory/SecondOrderMemory.java STEPS keep|steps|blocks|both [LAYERS WIDTH ITEMS]
 * </pre>
 *
 * With the name of a .gguf in place of the sizes it goes through that model instead, on items of 20 question tokens, and what is
 * printed at the end is also the peak of the resident memory, mapped weights included:
 *
 * <pre>
 * java -Xmx3g -XX:+UseSerialGC -p cli/target/app --add-modules org.einthoven.meta,jdk.incubator.vector \
 *     examples/memory/SecondOrderMemory.java 5 mixed FOLDER/Q8_0.gguf 10
 * </pre>
 *
 * The ways are: keep, the graph of every inner step, as it is; steps, Memory.RECOMPUTE_STEPS; mixed, Memory.MIXED_MODES; blocks,
 * Llama.recomputing(); both, steps and blocks; mixed-blocks; first and first-blocks, the same of first order (FOMAML).
 *
 * <p>What it needs is the smallest -Xmx with which it ends. Measured on two cores, SerialGC:
 *
 * <pre>
 *          5 steps               15 steps
 * keep     10g (not 9g)          not run: 1.3 GiB more for each further step, some 23 GiB
 * steps    3g (not 2g), 36 s     3g, 89 s
 * blocks   3g (not 1500m), 39 s  more than 3g
 * both     1300m, 79 s           1300m
 * </pre>
 */
final class SecondOrderMemory {
    private static final int VOCABULARY = 32_000;
    private static final int QUESTION = 30;
    private static final int SHORT_QUESTION = 20;
    private static final int ECG_WIDTH = 768;
    private static final int HEADS = 8;

    private SecondOrderMemory() {}

    /** How an outer step uses its memory. */
    private record Way(MetaOrder order, Memory memory, boolean blocksAgain) {
        static Way named(String name) {
            boolean blocks = name.equals("blocks") || name.equals("both") || name.endsWith("-blocks");
            return switch (name) {
                case "keep", "blocks" -> new Way(MetaOrder.SECOND, Memory.KEEP_STEPS, blocks);
                case "steps", "both" -> new Way(MetaOrder.SECOND, Memory.RECOMPUTE_STEPS, blocks);
                case "mixed", "mixed-blocks" -> new Way(MetaOrder.SECOND, Memory.MIXED_MODES, blocks);
                case "first", "first-blocks" -> new Way(MetaOrder.FIRST, Memory.RECOMPUTE_STEPS, blocks);
                default -> throw new IllegalArgumentException(name + " is no way of using memory");
            };
        }

        FrozenLlm over(Llama model, Params weights) {
            return new FrozenLlm(blocksAgain ? model.recomputing() : model, weights);
        }
    }

    public static void main(String[] args) throws IOException {
        int steps = Integer.parseInt(args[0]);
        Way way = Way.named(args[1]);
        if (args.length == 4) {
            try (Llm llm = Llm.open(Path.of(args[2]))) {
                step(steps, args[1], way, way.over(llm.model(), llm.weights()), SHORT_QUESTION, Integer.parseInt(args[3]));
            }
        } else {
            int layers = args.length > 2 ? Integer.parseInt(args[2]) : 12;
            int width = args.length > 2 ? Integer.parseInt(args[3]) : 512;
            int items = args.length > 2 ? Integer.parseInt(args[4]) : 20;
            Llama llama = new Llama(config(layers, width));
            step(steps, args[1], way, way.over(llama, llama.init(Rng.of(222))), QUESTION, items);
        }
    }

    private static void step(int steps, String name, Way way, FrozenLlm llm, int question, int items)
            throws IOException {
        AttentionMapper mapper = AttentionMapper.reference(ECG_WIDTH, llm.width());
        int vocabulary = llm.model().config().vocabulary();
        EncodedEpisode episode = new EncodedEpisode(
                "episode",
                items(Rng.of(1).split("support"), items, question, vocabulary),
                items(Rng.of(1).split("query"), items, question, vocabulary));
        Maml maml = new Maml(
                new InnerLoop(steps, 0.01, way.order()),
                MetaObjective.LAST,
                NonFinite.FAIL,
                Maml.Watch.WEIGHTED_STEPS,
                way.memory());
        long start = System.nanoTime();
        MetaGradient g = maml.gradient(
                mapper.init(Rng.of(3)),
                List.of(new EcgQaTask(new EcgQaModel(mapper, llm, new StrictForm()), episode)));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d inner steps, %s: query loss %.6f, norm of the meta-gradient %.7f, %.0f s (%.0f s of CPU),"
                        + " in a heap of %d MiB, resident at most %s%n",
                steps,
                name,
                g.loss(),
                g.norm(),
                seconds,
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3,
                Runtime.getRuntime().maxMemory() >> 20,
                resident());
    }

    /** The peak since the process began, where the system tells it. */
    private static String resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(l -> l.startsWith("VmHWM:"))
                    .map(l -> l.substring(6).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static LlmConfig config(int layers, int width) {
        return new LlmConfig(
                VOCABULARY,
                width,
                width * 43 / 16,
                layers,
                HEADS,
                HEADS,
                width / HEADS,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                2048,
                true,
                OptionalInt.of(1),
                new TreeSet<>());
    }

    /** Made-up vectors and questions; every second answer is one token, the others another. */
    private static List<EncodedEpisode.Item> items(Rng rng, int n, int question, int vocabulary) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean yes = i % 2 == 0;
            int[] asked = rng.split("question").split(i).stream()
                    .ints(question, 0, vocabulary)
                    .toArray();
            items.add(new EncodedEpisode.Item(
                    "attribute",
                    "concept",
                    "patient " + i,
                    "ecg " + i,
                    rng.split("ecg").split(i).normal(ECG_WIDTH),
                    asked,
                    new int[] {yes ? 5 : 6},
                    yes ? "yes" : "no"));
        }
        return items;
    }
}
