package org.einthoven.bench;

import java.util.List;
import java.util.stream.Stream;
import org.einthoven.bench.Work.Rows.Function;
import org.einthoven.tensor.DType;

/** What is measured. */
public final class Works {
    /** What the linear maps of a language model are stored in. */
    private static final List<DType> STORED = List.of(
            DType.F32,
            DType.F16,
            DType.BF16,
            DType.Q8_0,
            DType.Q4_0,
            DType.Q4_1,
            DType.Q5_0,
            DType.Q5_1,
            DType.Q4_K,
            DType.Q5_K,
            DType.Q6_K);

    private static final List<Work> OTHERS = List.of(
            new Work.Sgemm(512, 512, 512, true),
            new Work.Sgemm(1024, 1024, 1024, true),
            new Work.Sgemm(2048, 768, 768, true),
            new Work.Sgemm(150, 2048, 2048, true),
            new Work.Sgemm(150, 768, 3072, true),
            new Work.Sgemm(512, 512, 512, false),
            new Work.Sgemm(1024, 1024, 1024, false),
            new Work.Sgemm(2048, 768, 768, false),
            new Work.Sgemm(150, 2048, 2048, false),
            new Work.Sgemm(150, 768, 3072, false),
            new Work.Dgemm(512, 512, 512),
            new Work.Dgemm(1024, 1024, 1024),
            // Sizes of the encoder with eight ECGs: 8 x 156 rows of 3072 or 768, 8 x 12 x 156 rows of 156.
            new Work.Rows(Function.EXP, 1248, 3072),
            new Work.Rows(Function.GELU, 1248, 3072),
            new Work.Rows(Function.SOFTMAX, 14_976, 156),
            new Work.Rows(Function.LAYER_NORM, 1248, 768),
            new Work.Attention(8, 12, 156, 64),
            new Work.ConvStack(8),
            new Work.PositionalConv(8),
            new Work.Encoder(1, false),
            new Work.Encoder(8, false),
            new Work.Encoder(1, true),
            new Work.Encoder(8, true),
            new Work.MetaStep(0),
            new Work.MetaStep(5));

    private static final List<Work> ALL = Stream.concat(
                    OTHERS.stream(), STORED.stream().flatMap(Works::stored))
            .toList();

    private Works() {}

    /** Gate of a Llama 3.2 of 1B, eight of its layers for one token and one layer for 128. */
    private static Stream<Work> stored(DType type) {
        return Stream.of(new Work.Stored(type, 1, 2048, 8192, 8), new Work.Stored(type, 128, 2048, 8192, 1));
    }

    public static List<Work> all() {
        return ALL;
    }

    static Work named(String name) {
        return ALL.stream()
                .filter(w -> w.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no work is called " + name + "; there are "
                        + ALL.stream().map(Work::name).toList()));
    }
}
