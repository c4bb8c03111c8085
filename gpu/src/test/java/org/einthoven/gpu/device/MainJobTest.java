package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.einthoven.golden.GoldenReport;
import org.einthoven.golden.GoldenRunner;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The main job on the device, with real weights: the whole of it where the SDK is set, as much as is bearable on the emulator,
 * where a token of stories260K takes seconds.
 */
class MainJobTest {
    private static final int TOKENS_ON_THE_EMULATOR = 2;

    private static TornadoBackend device;

    @BeforeAll
    static void choose() {
        device = (TornadoBackend) Backends.choose(TestedDeviceProvider.NAME);
    }

    @AfterAll
    static void chooseTheBestAgain() {
        device.close();
        Backends.choose("");
    }

    /** F16 on a device only: on the emulator its kernels have tests of their own. */
    static List<String> stories() {
        return OnDevice.emulated()
                ? List.of("stories260K-f32.gguf")
                : List.of("stories260K-f32.gguf", "stories260K-f16.gguf");
    }

    @ParameterizedTest
    @MethodSource("stories")
    void storiesHaveTheGoldenIds(String file) {
        JsonNode golden = JsonMapper.shared().readTree(data("stories260K-golden.json"));
        try (Llm llm = Llm.open(data("stories260K-gguf").resolve(file))) {
            long tokens = device.log().onDevice().getOrDefault("decode", 0L);
            for (JsonNode story : golden.get("greedy")) {
                int[] prompt = ints(story.get("prompt_ids"));
                int[] all = ints(story.get("ids"));
                int n = OnDevice.emulated() ? TOKENS_ON_THE_EMULATOR : all.length - prompt.length;
                Generation g = llm.generate(prompt, n, Sampler.greedy());
                assertArrayEquals(
                        Arrays.copyOfRange(all, prompt.length, prompt.length + n),
                        g.ids().stream().mapToInt(Integer::intValue).toArray(),
                        story.get("prompt").stringValue());
                tokens += n - 1; // the first comes of the prompt's own pass
                if (OnDevice.emulated()) {
                    break;
                }
            }
            assertEquals(tokens, device.log().onDevice().get("decode"), "tokens decoded on the device");
        }
    }

    /** On the emulator it would take minutes: there {@link MetaStepTest} takes its place. */
    static List<String> pipelines() {
        return OnDevice.emulated() ? List.of() : List.of("F_pipeline");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("pipelines")
    void anEpisodeFromEndToEndHasTheGoldenNumbers(String group) {
        GoldenReport report = GoldenRunner.runEmbedded(entry -> entry.group().equals(group));
        assertTrue(report.ok(), report::toString);
        assertEquals(1, report.count(GoldenReport.Status.PASSED), report::toString);
        assertTrue(device.log().onDevice().keySet().containsAll(List.of("conv1d", "linear", "linearBack", "matmul")));
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    private static Path data(String name) {
        Path p = Path.of(System.getProperty("einthoven.data", "../../shared/data"), "llm", name);
        assumeTrue(Files.exists(p), () -> p + " is not there; name its folder with -Deinthoven.data");
        return p;
    }
}
