package org.einthoven.golden;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.models.io.GgmlType;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/** Group C: blocks of GGUF files and what they decode to, and a whole model in each storage type. */
final class GgufGoldens {
    private GgufGoldens() {}

    static GoldenTable table() {
        return new GoldenTable()
                .on("dequantize_block", GgufGoldens::blocks)
                .on("tiny_(llama|gemma[23])", GgufGoldens::model);
    }

    /** Raw bytes of rows, told apart by {@code ggml_type} alone. */
    private static void blocks(GoldenCase golden, Comparison compare) {
        int id = golden.whole("ggml_type");
        Optional<GgmlType> type =
                Arrays.stream(GgmlType.values()).filter(t -> t.id() == id).findFirst();
        String name = type.map(GgmlType::name).orElse("ggml type " + id);
        Optional<DType> stored = type.flatMap(GgufGoldens::stored);
        if (stored.isEmpty()) {
            throw new UnsupportedGolden(name + " blocks are not built yet");
        }
        compare.same("attrs.block_size", stored.get().blockSize(), golden.whole("block_size"));
        compare.same("attrs.type_size", stored.get().blockBytes(), golden.whole("type_size"));
        for (String prefix : List.of("", "random_")) {
            if (golden.has("expected", prefix + "dequantized")) {
                int[] shape = golden.tensor("expected", prefix + "dequantized")
                        .shape()
                        .toArray();
                compare.check(
                        "expected",
                        prefix + "dequantized",
                        decode(stored.get(), golden.input(prefix + "blocks"), shape));
            }
        }
    }

    private static Optional<DType> stored(GgmlType type) {
        return Arrays.stream(DType.values())
                .filter(d -> d.name().equals(type.name()) && type != GgmlType.F64)
                .findFirst();
    }

    private static Tensor decode(DType type, Tensor bytes, int... shape) {
        int[] b = bytes.toInts();
        MemorySegment s = Arena.ofAuto().allocate(b.length, Long.BYTES);
        for (int i = 0; i < b.length; i++) {
            s.set(ValueLayout.JAVA_BYTE, i, (byte) b[i]);
        }
        if (type.isStorageOnly()) {
            return Tensor.blocks(type, s, shape).cast(DType.F32);
        }
        float[] x = s.toArray(ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN));
        return Tensor.of(x, shape);
    }

    /** One model as several files; those whose storage is not built are named, the others are compared. */
    private static void model(GoldenCase golden, Comparison compare) {
        Set<String> unknown = new TreeSet<>();
        golden.names("files").forEach(file -> unknown.addAll(unknownTypes(golden, file)));
        for (String file : golden.names("files")) {
            String variant = LlmGoldens.variant(golden, file.replace(".gguf", ""));
            if (unknownTypes(golden, file).isEmpty()) {
                try (Llm llm = Llm.open(golden.file(file))) {
                    LlmGoldens.variant(golden, compare, llm, variant);
                }
                rows(golden, compare, file, variant);
            } else {
                notBuilt(golden, compare, variant, "weights in " + String.join(", ", unknown) + " are not built yet");
            }
        }
    }

    /** Storage types of a file that no tensor can have yet. */
    private static List<String> unknownTypes(GoldenCase golden, String file) {
        try (GgufFile gguf = GgufFile.open(golden.file(file))) {
            return gguf.names().stream()
                    .map(n -> gguf.entry(n).type())
                    .distinct()
                    .filter(t -> stored(GgmlType.valueOf(t)).isEmpty())
                    .sorted()
                    .toList();
        }
    }

    /** Expectations named like {@code dequant_F16.blk.0.attn_q.weight[0:2]}: rows of one tensor, decoded. */
    private static void rows(GoldenCase golden, Comparison compare, String file, String variant) {
        try (GgufFile gguf = GgufFile.open(golden.file(file))) {
            String prefix = "dequant_" + variant + ".";
            for (String name : golden.names("expected")) {
                if (name.startsWith(prefix)) {
                    NumpySlice part = NumpySlice.of(name.substring(prefix.length()));
                    compare.check(
                            "expected", name, part.of(gguf.tensor(part.name()).cast(DType.F32)));
                }
            }
        }
    }

    private static void notBuilt(GoldenCase golden, Comparison compare, String variant, String reason) {
        for (String name : golden.names("expected")) {
            boolean ofVariant = name.endsWith("_" + variant)
                    || name.contains("_" + variant + "_")
                    || name.startsWith("dequant_" + variant + ".");
            if (ofVariant) {
                compare.unsupported("expected", name, reason);
            }
        }
    }
}
