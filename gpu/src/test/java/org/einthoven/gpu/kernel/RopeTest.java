package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;

import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class RopeTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "interleaved {0}, inverse {1}")
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void turnsBothWays(boolean interleaved, boolean inverse) {
        Tensor x = RNG.split("x").normal(2, 3, 5, 14);
        Tensor angle = RNG.split("angle").normal(5, 7);
        FloatArray vx = of(x);
        FloatArray cos = of(angle.cos());
        FloatArray sin = of(angle.sin());
        FloatArray y = new FloatArray((int) x.size());
        int pairs = (int) x.size() / 2;
        IntArray shape = IntArray.fromArray(new int[] {pairs, 5, 14, interleaved ? 1 : 0, inverse ? 1 : 0});
        try (Graph g = OnDevice.graph("rope")) {
            g.resident(shape, cos, sin).reads(vx).items("turn", pairs, 1, 1);
            g.tasks().task("turn", Rope::turnPairs, new KernelContext(), vx, cos, sin, y, shape);
            g.writes(y).run();
        }
        Tensor want = Dispatch.apply(
                new Op.Rope(interleaved, inverse),
                x.cast(DType.F64),
                angle.cos().cast(DType.F64),
                angle.sin().cast(DType.F64));
        assertClose(1e-6, want, y, "rotary embedding");
    }

    @ParameterizedTest(name = "interleaved {0}")
    @CsvSource({"false", "true"})
    void aTokensKeyAndValueAreWrittenAtItsPosition(boolean interleaved) {
        int heads = 4;
        int keyHeads = 2;
        int d = 6;
        int capacity = 5;
        int position = 3;
        Tensor qkv = RNG.split("qkv").normal(heads + 2 * keyHeads, d);
        Tensor angle = RNG.split("angle").normal(capacity, d / 2);
        Tensor keys = RNG.split("keys").normal(keyHeads, capacity, d);
        Tensor values = RNG.split("values").normal(keyHeads, capacity, d);
        FloatArray x = of(qkv);
        FloatArray cos = of(angle.cos());
        FloatArray sin = of(angle.sin());
        FloatArray q = new FloatArray(heads * d);
        FloatArray keyCache = of(keys);
        FloatArray valueCache = of(values);
        IntArray at = IntArray.fromArray(new int[] {position});
        IntArray shape = IntArray.fromArray(new int[] {heads, keyHeads, d, capacity, interleaved ? 1 : 0});
        try (Graph g = OnDevice.graph("keyValueWrite")) {
            g.resident(shape, cos, sin).reads(x, at, keyCache, valueCache);
            g.items("write", (heads + 2 * keyHeads) * d / 2, 1, 1);
            g.tasks()
                    .task(
                            "write",
                            Rope::keyValueWrite,
                            new KernelContext(),
                            x,
                            cos,
                            sin,
                            q,
                            keyCache,
                            valueCache,
                            at,
                            shape);
            g.writes(q, keyCache, valueCache).run();
        }
        Tensor turn = angle.slice(0, position, position + 1);
        Tensor turned = qkv.reshape(heads + 2 * keyHeads, 1, d).rope(turn.cos(), turn.sin(), interleaved);
        assertClose(1e-6, turned.slice(0, 0, heads), q, "queries");
        assertClose(1e-6, replaced(keys, position, turned.slice(0, heads, heads + keyHeads)), keyCache, "keys");
        Tensor plain = qkv.reshape(heads + 2 * keyHeads, 1, d);
        assertClose(
                0,
                replaced(values, position, plain.slice(0, heads + keyHeads, heads + 2 * keyHeads)),
                valueCache,
                "values");
    }

    private static Tensor replaced(Tensor cache, int position, Tensor row) {
        return Tensor.cat(1, cache.slice(1, 0, position), row.contiguous(), cache.slice(1, position + 1, cache.dim(1)));
    }
}
