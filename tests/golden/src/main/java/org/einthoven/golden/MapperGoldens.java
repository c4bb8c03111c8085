package org.einthoven.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.fusion.MlpMapper;
import org.einthoven.models.io.TorchCheckpoint;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Tensor;

/** Group C: the mappers from ECG vectors to prefixes, with derivatives, and their checkpoints. */
final class MapperGoldens {
    private MapperGoldens() {}

    static GoldenTable table() {
        return new GoldenTable()
                .on(
                        "attention_mapper",
                        (golden, compare) -> Derivatives.check(
                                golden, compare, x -> attention(x, UnaryOperator.identity(), UnaryOperator.identity())))
                .on(
                        "attention_mapper_dropout_given",
                        (golden, compare) -> Derivatives.check(
                                golden, compare, x -> attention(x, dropout(x, "keep1"), dropout(x, "keep2"))))
                .on("mlp_mapper", (golden, compare) -> Derivatives.check(golden, compare, MapperGoldens::mlp))
                .on("mapper_checkpoint", MapperGoldens::checkpoints);
    }

    /** The parameters of a mapper under their positions in the original, {@code vars.0}, {@code vars.1}, ... */
    static Params positions(List<String> order, Params named) {
        Map<String, Tensor> vars = new LinkedHashMap<>();
        for (int i = 0; i < order.size(); i++) {
            vars.put("vars." + i, named.get(order.get(i)));
        }
        return Params.of(vars);
    }

    /** The mapper whose parameters these are: the original scales its scores by the language model's whole width. */
    static AttentionMapper mapper(Params vars, int heads) {
        Tensor prefix = vars.get("vars.0"); // [P, E]
        return new AttentionMapper(
                prefix.dim(1), vars.get("vars.1").dim(0), prefix.dim(0), heads, ScoreScale.FULL_WIDTH);
    }

    private static Tensor attention(Operands x, UnaryOperator<Tensor> first, UnaryOperator<Tensor> second) {
        Params named = Params.EMPTY;
        List<String> order = x.golden().texts("order");
        for (String name : order) {
            named = named.with(name, x.get(name));
        }
        Params vars = positions(order, named);
        return mapper(vars, x.whole("num_heads")).apply(vars, x.get("x"), first, second);
    }

    /** The given mask also has rows for the ECG, which the mapper leaves out because nobody reads them. */
    private static UnaryOperator<Tensor> dropout(Operands x, String mask) {
        Tensor keep = x.get(mask).gt(0.5);
        return o -> new Dropout(x.real("p")).apply(keep.slice(1, 0, o.dim(1)), o);
    }

    private static Tensor mlp(Operands x) {
        Params vars = x.layer("vars.0", "w1", "vars.1", "b1", "vars.2", "w2", "vars.3", "b2");
        int prefixLength = x.whole("prefix_length");
        int hidden = x.get("w1").dim(0);
        return new MlpMapper(x.get("x").dim(1), x.get("w2").dim(0) / prefixLength, prefixLength, hidden)
                .apply(vars, x.get("x"));
    }

    /** Checkpoints of mappers in both layouts of torch, and files of oddly stored tensors: told apart by what they hold. */
    private static void checkpoints(GoldenCase golden, Comparison compare) {
        for (String file : golden.names("files")) {
            try (TorchCheckpoint torch = TorchCheckpoint.open(golden.file(file))) {
                if (torch.names().stream().anyMatch(n -> n.startsWith("mapper_net."))) {
                    checkpoint(golden, compare, file);
                } else {
                    oddStorages(golden, compare, file, torch);
                }
            }
        }
    }

    private static void checkpoint(GoldenCase golden, Comparison compare, String file) {
        Params want = golden.parameters("");
        MapperCheckpoint c = MapperCheckpoint.load(golden.file(file), mapper(want, golden.whole("num_heads")));
        compare.same(file, c.params(), want);
        Tensor expected = golden.tensor("expected", "out");
        Tensor input = golden.input("x");
        compare.check(
                "expected", "out", c.mapper().apply(c.params().cast(expected.dtype()), input.cast(expected.dtype())));
    }

    private static void oddStorages(GoldenCase golden, Comparison compare, String file, TorchCheckpoint torch) {
        for (String name : golden.names("expected")) {
            if (name.startsWith("odd.")) {
                String stored = "tensors." + name.substring("odd.".length());
                if (torch.has(stored)) {
                    compare.check("expected", name, torch.tensor(stored), new Tolerance(0, 0));
                } else {
                    compare.fail(file + ": " + stored + " is missing among " + torch.names());
                }
            }
        }
    }
}
