package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.ResidentDecoder;
import org.einthoven.tensor.backend.ResidentDecoder.Block;
import org.einthoven.tensor.backend.ResidentDecoder.Model;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A language model that stays on the device, against the textbook's in F64. */
class DeviceDecoderTest {
    private static final Rng RNG = Rng.of(6);
    private static final int D = 32;
    private static final int V = 40;
    private static final int LAYERS = 2;
    private static final int S = 16;

    @Test
    void aPromptInPiecesAndThenTokensGiveTheLogitsOfTheWholeText() {
        Model m = model(S, false);
        Tensor x = RNG.split("x").normal(10, D);
        try (DeviceDecoder d =
                new DeviceDecoder(m, new TransferLog(), new DeviceMemory(1 << 22), Capabilities.NONE, 3, 12)) {
            ResidentDecoder text = d.text();
            assertClose(whole(m, x, 7), text.logits(x.slice(0, 0, 7)), "two pieces and one token");
            assertClose(whole(m, x, 8), text.logits(x.slice(0, 7, 8)), "a token");
            assertClose(whole(m, x, 10), text.logits(x.slice(0, 8, 10)), "two tokens");
            assertEquals(10, text.length());
        }
    }

    @Test
    void aModelInStagesGivesTheSameLogitsAndMovesTheResidualStreamBetweenThem() {
        Model m = model(S, false);
        Tensor x = RNG.split("x").normal(6, D);
        TransferLog log = new TransferLog();
        try (DeviceDecoder d = new DeviceDecoder(m, log, new DeviceMemory(1 << 22), Capabilities.NONE, 3, 1)) {
            ResidentDecoder text = d.text();
            assertClose(whole(m, x, 4), text.logits(x.slice(0, 0, 4)), "a piece and one token");
            long to = log.toDeviceBytes();
            long back = log.toHostBytes();
            assertClose(whole(m, x, 5), text.logits(x.slice(0, 4, 5)), "a token");
            assertEquals(2 * (4 * D + 3 * 4), log.toDeviceBytes() - to, "the stream, its position and that it is one");
            assertEquals(4 * D + 4 * V + 2 * 4, log.toHostBytes() - back, "the stream between, logits, the largest");
            assertEquals(
                    Map.of("prefill", 1L, "prefill from layer 1", 1L, "decode", 2L, "decode from layer 1", 2L),
                    log.onDevice());
        }
    }

    @Test
    void weightsCrossOnceAndATokenMovesItsEmbeddingAndItsLogits() {
        Model m = model(S, true);
        Tensor x = RNG.split("x").normal(9, D);
        try (TornadoBackend b = backend(1 << 22)) {
            ResidentDecoder text = b.decoder(() -> m).orElseThrow();
            text.logits(x.slice(0, 0, 3));
            long weights = b.log().weightBytes();
            assertTrue(weights >= DeviceDecoder.bytes(m), () -> weights + " bytes of weights");

            long to = b.log().toDeviceBytes();
            long back = b.log().toHostBytes();
            text.logits(x.slice(0, 3, 4));
            assertEquals(4 * D + 3 * 4, b.log().toDeviceBytes() - to, "an embedding, its position and that it is one");
            assertEquals(4 * V + 2 * 4, b.log().toHostBytes() - back, "logits and the largest of them");

            Tensor a = RNG.split("a").normal(3, 3); // other work of the device in between
            b.run(new Op.MatMul(), Shapes.of(new Op.MatMul(), a, a), a, a);
            long others = b.log().weightBytes();
            float[] fifth = text.logits(x.slice(0, 4, 5));
            assertClose(whole(m, x, 5), fifth, "behind other work");

            ResidentDecoder another = b.decoder(() -> m).orElseThrow();
            assertClose(whole(m, x, 2), another.logits(x.slice(0, 0, 2)), "another text");
            assertClose(whole(m, x, 3), another.logits(x.slice(0, 2, 3)), "its next token");
            assertEquals(others, b.log().weightBytes(), "no weight crossed again");
            assertEquals(
                    Map.of("prefill", 2L, "decode", 3L, "matmul", 1L), b.log().onDevice());

            TensorException e = assertThrows(TensorException.class, () -> text.logits(x.slice(0, 5, 6)));
            assertTrue(e.getMessage().contains("another text of this model has begun"), e.getMessage());
        }
    }

    @ParameterizedTest(name = "embeddings are the head: {0}")
    @ValueSource(booleans = {true, false})
    void aTokenMovesItsIdAndTheLikeliestOne(boolean tied) {
        Model plain = model(S, false);
        Model m = tied ? with(plain, plain.head()) : plain;
        int[] ids = {7, 0, V - 1, 7};
        Tensor x = m.embedding().embedding(Tensor.of(ids, ids.length));
        try (TornadoBackend b = backend(1 << 22)) {
            ResidentDecoder text = b.decoder(() -> m).orElseThrow();
            text.logits(x.slice(0, 0, 2));
            long to = b.log().toDeviceBytes();
            long back = b.log().toHostBytes();
            ResidentDecoder.Likeliest third = text.likeliest(ids[2]);
            assertEquals(3 * 4 + (tied ? 0 : 4 * D), b.log().toDeviceBytes() - to, "an id or an embedding");
            assertEquals(2 * 4, b.log().toHostBytes() - back, "the likeliest token and its logit");
            Tensor want = whole(m, x, 3).reshape(-1);
            assertEquals(want.argMax(0).toInts()[0], third.token());
            assertEquals(want.get(third.token()), third.logit(), 2e-5 * Math.abs(third.logit()) + 2e-5);

            assertClose(whole(m, x, 4), text.logits(ids[3]), "logits behind an id");
            assertEquals(4, text.length());
        }
    }

    @Test
    void aFirstTokenMayComeByItsId() {
        Model plain = model(S, false);
        Model m = with(plain, plain.head());
        try (TornadoBackend b = backend(1 << 22)) {
            ResidentDecoder text = b.decoder(() -> m).orElseThrow();
            Tensor want = whole(m, m.head().slice(0, 5, 6), 1);
            assertClose(want, text.logits(5), "the first token");
            ResidentDecoder another = b.decoder(() -> m).orElseThrow();
            assertEquals(
                    want.reshape(-1).argMax(0).toInts()[0], another.likeliest(5).token());
        }
    }

    @Test
    void ofEqualLogitsTheFirstIsTheLikeliest() {
        Model plain = model(S, false);
        Model m = with(plain, Tensor.cat(0, plain.head(), plain.head()));
        try (TornadoBackend b = backend(1 << 22)) {
            ResidentDecoder text = b.decoder(() -> m).orElseThrow();
            text.logits(RNG.split("x").normal(2, D));
            assertTrue(text.likeliest(3).token() < V);
        }
    }

    private static Model with(Model m, Tensor tied) {
        return new Model(
                m.blocks(),
                tied,
                m.norm(),
                tied,
                m.heads(),
                m.keyHeads(),
                m.headWidth(),
                m.eps(),
                m.scale(),
                m.interleaved(),
                m.cos(),
                m.sin());
    }

    @Test
    void aModelTooLargeIsRefusedBeforeItsWeightsAreCopied() {
        try (TornadoBackend b = backend(20_000)) {
            Model m = model(S, false);
            TensorException e = assertThrows(TensorException.class, () -> b.decoder(() -> m));
            assertTrue(
                    e.getMessage().startsWith("the language model with a context of 16 tokens needs "), e.getMessage());
            assertTrue(e.getMessage().contains("-Dtornado.device.memory"), e.getMessage());
            assertEquals(0, b.log().weightBytes());
        }
    }

    @Test
    void aTextLongerThanItsContextIsRefused() {
        Model m = model(4, false);
        try (TornadoBackend b = backend(1 << 22)) {
            ResidentDecoder text = b.decoder(() -> m).orElseThrow();
            TensorException e = assertThrows(
                    TensorException.class, () -> text.logits(RNG.split("x").normal(5, D)));
            assertTrue(e.getMessage().contains("5 tokens behind 0 do not fit a context of 4"), e.getMessage());
        }
    }

    @Test
    void headsWiderThanTheKernelCarriesAreLeftToOps() {
        Model m = model(4, false);
        Model wide = new Model(
                m.blocks(), m.embedding(), m.norm(), m.head(), 1, 1, 300, m.eps(), m.scale(), false, m.cos(), m.sin());
        try (TornadoBackend b = backend(1 << 22)) {
            assertEquals(Optional.empty(), b.decoder(() -> wide));
        }
    }

    private static TornadoBackend backend(long memory) {
        return new TornadoBackend(ConformanceTest.cpu("reference"), new DeviceMemory(memory));
    }

    /** Four query heads of 8 that share two key heads. */
    private static Model model(int positions, boolean interleaved) {
        List<Block> blocks = new ArrayList<>();
        for (int l = 0; l < LAYERS; l++) {
            Rng r = RNG.split("block " + l);
            blocks.add(new Block(
                    r.split("an").normal(D).add(1),
                    weight(r, "q", 32, D),
                    weight(r, "k", 16, D),
                    weight(r, "v", 16, D),
                    weight(r, "o", D, 32),
                    r.split("fn").normal(D).add(1),
                    weight(r, "gate", 48, D),
                    weight(r, "up", 48, D),
                    weight(r, "down", D, 48)));
        }
        Tensor angle = RNG.split("angle").normal(positions, 4);
        return new Model(
                blocks,
                weight(RNG, "table", V, D),
                RNG.split("norm").normal(D).add(1),
                weight(RNG, "head", V, D),
                4,
                2,
                8,
                1e-5,
                1 / Math.sqrt(8),
                interleaved,
                angle.cos(),
                angle.sin());
    }

    private static Tensor weight(Rng r, String name, int outputs, int inputs) {
        return r.split(name).normal(outputs, inputs).mul(1 / Math.sqrt(inputs));
    }

    /** Logits behind the first t rows, all computed at once. */
    private static Tensor whole(Model m, Tensor embeds, int t) {
        Tensor x = embeds.slice(0, 0, t).cast(DType.F64);
        for (Block b : m.blocks()) {
            Tensor read = normed(m, x, b.attentionNorm());
            Tensor q = turned(m, heads(read, b.queries(), 4), t);
            Tensor k = turned(m, heads(read, b.keys(), 2), t);
            Tensor v = heads(read, b.values(), 2);
            Tensor scores =
                    q.reshape(2, 2, t, 8).matmul(k.unsqueeze(1).transpose(2, 3)).mul(m.scale());
            Tensor p = scores.maskedFill(later(t), -1e30).softmax();
            Tensor mixed =
                    p.matmul(v.unsqueeze(1)).reshape(4, t, 8).transpose(0, 1).reshape(t, 32);
            Tensor h = x.add(mixed.matmul(wide(b.mixed()).t()));
            Tensor n = normed(m, h, b.feedNorm());
            Tensor gate = n.matmul(wide(b.gate()).t()).silu();
            x = h.add(gate.mul(n.matmul(wide(b.up()).t())).matmul(wide(b.down()).t()));
        }
        return normed(m, x.slice(0, t - 1, t), m.norm()).matmul(wide(m.head()).t());
    }

    private static Tensor normed(Model m, Tensor x, Tensor weight) {
        return x.rmsNorm(m.eps()).mul(wide(weight));
    }

    private static Tensor heads(Tensor x, Tensor w, int heads) {
        return x.matmul(wide(w).t()).reshape(x.dim(0), heads, 8).transpose(0, 1);
    }

    private static Tensor turned(Model m, Tensor x, int t) {
        return x.rope(wide(m.cos()).slice(0, 0, t), wide(m.sin()).slice(0, 0, t), m.interleaved());
    }

    private static Tensor later(int t) {
        boolean[] hidden = new boolean[t * t];
        for (int i = 0; i < t; i++) {
            Arrays.fill(hidden, i * t + i + 1, (i + 1) * t, true);
        }
        return Tensor.of(hidden, t, t);
    }

    private static Tensor wide(Tensor t) {
        return t.cast(DType.F64);
    }

    private static void assertClose(Tensor want, float[] got, String what) {
        double[] w = want.toDoubles();
        double largest = Arrays.stream(w).map(Math::abs).max().orElse(0);
        for (int i = 0; i < w.length; i++) {
            assertEquals(w[i], got[i], 2e-5 * largest, what + ", logit " + i);
        }
    }
}
