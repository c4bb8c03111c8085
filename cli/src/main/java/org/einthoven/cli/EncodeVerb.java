package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.einthoven.data.EcgFiles;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Preprocess;
import org.einthoven.data.ecg.Quality;
import org.einthoven.models.ecg.Encoding;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An ECG to what the encoder makes of it. */
@Command(name = "encode", description = "an ECG to its vector")
final class EncodeVerb extends Verb {
    @Option(
            names = "--ecg",
            required = true,
            paramLabel = "FILE",
            description = "the record; its kind is found by content")
    Path ecg;

    @Option(
            names = "--encoder",
            paramLabel = "FILE",
            description = "weights; without it full-size ones are drawn from --seed")
    @Nullable
    Path encoder;

    @Option(
            names = "--out",
            paramLabel = "F.safetensors",
            description = "write the steps (hidden) and their vector (pooled) here")
    @Nullable
    Path out;

    @Option(
            names = "--leads",
            split = ",",
            paramLabel = "LEAD",
            description = "leads that are read, such as I,II,V2; the others are silent (all twelve)")
    @Nullable
    List<String> leads;

    @Override
    Result result() {
        if (out != null) {
            checkWritable(out);
        }
        Preprocess preprocess = Preprocess.standard().withLeads(LeadChoice.of(leads));
        EcgRecord record = EcgFiles.open(ecg);
        Tensor signal = preprocess.apply(record); // [1, 12, 2500]
        LoadedEncoder loaded = encoder == null ? LoadedEncoder.drawn(seed) : LoadedEncoder.read(encoder);
        Encoding encoding = loaded.encode(signal);
        Tensor hidden = encoding.hidden(); // [1, T', D]
        Tensor pooled = encoding.pooled(); // [1, D]
        if (out != null) {
            SafetensorsWriter.write(out, Map.of("hidden", hidden, "pooled", pooled), Map.of("record", record.id()));
        }
        List<String> warnings = new ArrayList<>(record.warnings());
        warnings.addAll(Quality.of(record).warnings());
        warnings.addAll(loaded.warnings());
        return said(hidden, pooled).warnings(warnings).disclaimer();
    }

    private Result said(Tensor hidden, Tensor pooled) {
        Result r = new Result().put("shape", hidden.shape().toArray()).put("pooled", pooled);
        r.line("%d steps of width %d; their vector:", hidden.dim(1), hidden.dim(2));
        for (double x : pooled.toDoubles()) {
            r.line("%.7g", x);
        }
        if (out != null) {
            r.put("out", out.toString());
        }
        return r;
    }
}
