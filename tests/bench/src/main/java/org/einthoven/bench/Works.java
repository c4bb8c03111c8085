package org.einthoven.bench;

import java.util.List;
import org.einthoven.bench.Work.Rows.Function;

/** What is measured. */
public final class Works {
    private static final List<Work> ALL = List.of(
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

    private Works() {}

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
