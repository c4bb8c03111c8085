package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.Task;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A meta-step through a frozen language model, forward, backward and, at second order, backward through backward: the device's
 * gradient is the reference's.
 */
class MetaStepTest {
    private static final Rng RNG = Rng.of(6);
    private static final int STATE = 5;
    private static final int TOKENS = 3;

    private static final LlmConfig CONFIG = new LlmConfig(
            12,
            8,
            10,
            1,
            2,
            1,
            4,
            1e-5,
            new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
            16,
            true,
            OptionalInt.of(1),
            new TreeSet<>(List.of(2)));

    private static final Llama MODEL = new Llama(CONFIG);
    private static final Params FROZEN = MODEL.init(RNG.split("llm"));

    @AfterEach
    void chooseTheBestAgain() {
        Backends.choose("");
    }

    @ParameterizedTest
    @EnumSource(MetaOrder.class)
    void theMetaGradientIsTheReferences(MetaOrder order) {
        Params theta = Params.of(Map.of("mapper", RNG.split("mapper").normal(STATE, CONFIG.width())));
        Maml maml = new Maml(new InnerLoop(1, 0.1, order), MetaObjective.LAST);
        Backends.choose("reference");
        float[] want = gradient(maml, theta);
        TornadoBackend device = (TornadoBackend) Backends.choose(TestedDeviceProvider.NAME);
        try (device) {
            float[] got = gradient(maml, theta);
            double largest = 0;
            for (float w : want) {
                largest = Math.max(largest, Math.abs(w));
            }
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], 2e-5 * largest, "element " + i);
            }
            assertTrue(
                    device.log()
                            .onDevice()
                            .keySet()
                            .containsAll(List.of(
                                    "linear", "linearBack", "matmul", "rope", "rows", "attention", "attentionGrad")),
                    device::account);
        }
    }

    private static float[] gradient(Maml maml, Params theta) {
        return maml.gradient(theta, List.of(new Episode()), Rng.of(0))
                .gradient()
                .get("mapper")
                .toFloats();
    }

    /** ECG vectors that become a prefix, and the tokens that are to follow it. */
    private static final class Episode implements Task {
        @Override
        public String name() {
            return "episode";
        }

        @Override
        public Tensor supportLoss(Params weights, Rng rng) {
            return loss(weights, "support");
        }

        @Override
        public Query query(Params weights, Rng rng) {
            return new Query(loss(weights, "query"));
        }

        private static Tensor loss(Params weights, String side) {
            Tensor ecg = RNG.split(side).normal(2, STATE);
            Tensor prefix = ecg.matmul(weights.get("mapper")).reshape(2, 1, CONFIG.width());
            Tensor ids = Tensor.of(
                    side.equals("support") ? new int[] {3, 4, 5, 6, 7, 8} : new int[] {9, 3, 10, 4, 11, 5}, 2, TOKENS);
            Tensor logits = MODEL.logitsFromEmbeds(FROZEN, Tensor.cat(1, prefix, MODEL.embed(FROZEN, ids)));
            Tensor wanted = RNG.split(side + " wanted").normal(2, TOKENS + 1, CONFIG.vocabulary());
            return logits.logSoftmax().mul(wanted.softmax()).sum().neg(); // against soft labels
        }
    }
}
