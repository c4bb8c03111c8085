import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.ecg.Preprocess;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.GradientDescent;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.UnfrozenEncoder;
import org.einthoven.meta.UnfrozenTask;
import org.einthoven.meta.VectorPool;
import org.einthoven.meta.VectorsFixed;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.PlainText;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * What one outer step of {@code train --frozen_features 0} costs with an encoder of full size, its 90,373,248 weights drawn from a
 * seed: a crossed 2-way 1-shot task of yes-no questions about four records of PTB-XL, two crops each, one inner step, the exact
 * second-order gradient for mapper and encoder, and AdamW's step with both. After a build (./einthoven --help makes one), from
 * the top of the checkout:
 *
 * <pre>
 * java -Xmx6g -XX:+UseSerialGC -p cli/target/app --add-modules org.einthoven.meta,jdk.incubator.vector \
 *     examples/memory/UnfrozenEncoderStep.java stories260K-f32.gguf records500
 * </pre>
 */
final class UnfrozenEncoderStep {
    private static final List<String> ATTRIBUTES = List.of("baseline drift", "sinus rhythm");

    private UnfrozenEncoderStep() {}

    public static void main(String[] args) throws IOException {
        EcgLibrary library = EcgLibrary.open(Path.of(args[1]));
        List<Integer> ecgs = library.ids().stream().limit(4).toList(); // two to learn from and two to ask about
        Preprocess crops = Preprocess.standard().withCrops(2);
        EcgEncoder encoder = new EcgEncoder(EcgEncoderConfig.base());
        Params phi = encoder.init(Rng.of(222).split("encoder"));
        try (Llm llm = Llm.open(Path.of(args[0]))) {
            int width = encoder.config().width();
            AttentionMapper mapper = AttentionMapper.reference(width, llm.config().width());
            EcgQaModel model = new EcgQaModel(mapper, FrozenLlm.of(llm), new StrictForm());
            PlainText text = new PlainText(llm.requireTokenizer());
            Map<Integer, Tensor> blank = new TreeMap<>();
            Map<Integer, String> patients = new TreeMap<>();
            for (int ecg : ecgs) {
                blank.put(ecg, Tensor.zeros(phi.tensors().getFirst().dtype(), width));
                patients.put(ecg, library.patient(ecg));
            }
            UnfrozenTask task = new UnfrozenTask(
                    model,
                    "episode",
                    new VectorPool(blank, patients),
                    vectors -> new EncodedEpisode(
                            "episode",
                            asked(ecgs.subList(0, 2), vectors, text),
                            asked(ecgs.subList(2, 4), vectors, text)),
                    new Dropout(0));
            UnfrozenEncoder learner = new UnfrozenEncoder(
                    new Maml(
                            new InnerLoop(1, new VectorsFixed(new GradientDescent(0.05)), MetaOrder.SECOND),
                            MetaObjective.LAST,
                            NonFinite.FAIL,
                            Maml.Watch.EVERY_STEP),
                    encoder,
                    false,
                    ecg -> crops.apply(library.read(ecg)),
                    new Workspace());
            Params theta = mapper.init(Rng.of(3)).and(phi.under(UnfrozenEncoder.ENCODER));
            double before = cpuSeconds();
            MetaGradient g = learner.gradient(theta, List.of(task), Rng.of(4));
            double gradient = cpuSeconds() - before;
            AdamW.of(5e-4).step(theta, g.clipped(1), OptimiserState.start());
            System.out.printf(
                    "%,d weights learn: query loss %.6f, norm of the meta-gradient %.5f; gradient %.1f s of CPU, AdamW %.1f s,"
                            + " in a heap of %d MiB, resident at most %s%n",
                    theta.tensors().stream().mapToLong(Tensor::size).sum(),
                    g.loss(),
                    g.norm(),
                    gradient,
                    cpuSeconds() - before - gradient,
                    Runtime.getRuntime().maxMemory() >> 20,
                    resident());
        }
    }

    /** Each ECG is asked about both attributes, once yes and once no. */
    private static List<EncodedEpisode.Item> asked(List<Integer> ecgs, VectorPool vectors, PlainText text) {
        List<EncodedEpisode.Item> items = new ArrayList<>();
        for (int ecg : ecgs) {
            for (String attribute : ATTRIBUTES) {
                String answer = (ecgs.indexOf(ecg) == ATTRIBUTES.indexOf(attribute)) ? "yes" : "no";
                String question = "Does this ECG show " + attribute + "?";
                items.add(new EncodedEpisode.Item(
                        attribute,
                        attribute,
                        "patient of " + ecg,
                        String.valueOf(ecg),
                        vectors.of(ecg),
                        text.question(question),
                        text.tokens(question, List.of(answer)).answer(),
                        answer));
            }
        }
        return items;
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElseThrow()
                        .toMillis()
                / 1e3;
    }

    /** The peak since the process began, where the system tells it. */
    private static String resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .map(line -> line.replaceFirst("VmHWM:\\s*", ""))
                    .findFirst()
                    .orElse("unknown");
        }
    }
}
