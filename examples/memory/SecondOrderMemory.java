import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.Memory;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llama;
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
 * What it needs is the smallest -Xmx with which it ends. Measured on two cores, SerialGC:
 *
 * <pre>
 *          5 steps               15 steps
 * keep     10g (not 9g)          not run: 1.3 GiB more for each further step, some 23 GiB
 * steps    3g (not 2g), 36 s     3g, 89 s
 * blocks   3g (not 1500m), 39 s  more than 3g
 * both     1300m, 79 s           1300m
 * </pre>
 *
 * keep: the graph of every inner step, as it is; steps: Memory.RECOMPUTE_STEPS; blocks: Llama.recomputing(); both: both.
 */
final class SecondOrderMemory {
    private static final int VOCABULARY = 32_000;
    private static final int QUESTION = 30;
    private static final int ECG_WIDTH = 768;
    private static final int HEADS = 8;

    private SecondOrderMemory() {}

    public static void main(String[] args) {
        int steps = Integer.parseInt(args[0]);
        boolean again = args[1].equals("steps") || args[1].equals("both");
        boolean blocks = args[1].equals("blocks") || args[1].equals("both");
        int layers = args.length > 2 ? Integer.parseInt(args[2]) : 12;
        int width = args.length > 2 ? Integer.parseInt(args[3]) : 512;
        int items = args.length > 2 ? Integer.parseInt(args[4]) : 20;

        Llama llama = new Llama(config(layers, width));
        FrozenLlm llm = new FrozenLlm(blocks ? llama.recomputing() : llama, llama.init(Rng.of(222)));
        AttentionMapper mapper = AttentionMapper.reference(ECG_WIDTH, width);
        EncodedEpisode episode = new EncodedEpisode(
                "episode", items(Rng.of(1).split("support"), items), items(Rng.of(1).split("query"), items));
        Maml maml = new Maml(new InnerLoop(steps, 0.01, MetaOrder.SECOND), MetaObjective.LAST)
                .with(again ? Memory.RECOMPUTE_STEPS : Memory.KEEP_STEPS);

        long start = System.nanoTime();
        MetaGradient g = maml.gradient(
                mapper.init(Rng.of(3)),
                List.of(new EcgQaTask(new EcgQaModel(mapper, llm, new StrictForm()), episode)));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d inner steps, %s: query loss %.6f, norm of the meta-gradient %.7f, %.0f s, in a heap of %d MiB%n",
                steps, args[1], g.loss(), g.norm(), seconds, Runtime.getRuntime().maxMemory() >> 20);
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
    private static List<EncodedEpisode.Item> items(Rng rng, int n) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean yes = i % 2 == 0;
            int[] question = rng.split("question").split(i).stream()
                    .ints(QUESTION, 0, VOCABULARY)
                    .toArray();
            items.add(new EncodedEpisode.Item(
                    "attribute",
                    "concept",
                    "patient " + i,
                    "ecg " + i,
                    rng.split("ecg").split(i).normal(ECG_WIDTH),
                    question,
                    new int[] {yes ? 5 : 6},
                    yes ? "yes" : "no"));
        }
        return items;
    }
}
