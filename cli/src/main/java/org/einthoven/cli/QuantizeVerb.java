package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.models.llm.GgufExport;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a language model as GGUF with its matrices in blocks of few bits. */
@Command(name = "quantize", description = "a language model as GGUF with smaller weights")
final class QuantizeVerb extends Verb {
    /** What is written, in the order of size. */
    enum Type {
        F32,
        BF16,
        F16,
        Q8_0,
        Q6_K,
        Q5_K,
        Q5_1,
        Q5_0,
        Q4_K,
        Q4_1,
        Q4_0
    }

    @Option(
            names = "--in",
            required = true,
            paramLabel = "PATH",
            description = "folder with config.json and weights, or one .gguf file")
    Path in;

    @Option(names = "--out", required = true, paramLabel = "F.gguf", description = "the file to write")
    Path out;

    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "type of the matrices: ${COMPLETION-CANDIDATES}; vectors stay F32")
    Type type;

    /** Whether the file is there and belongs to the model: the one that is named, or one beside config.json. */
    private boolean isRead() throws IOException {
        if (!Files.exists(in) || !Files.exists(out)) {
            return false;
        }
        Path folder = WeightFiles.folderOf(in);
        boolean beside = Files.isSameFile(folder, out.toAbsolutePath().getParent())
                && Files.exists(folder.resolve("config.json"))
                && !out.toString().endsWith(".gguf");
        return beside || Files.isSameFile(in, out);
    }

    @Override
    Result result() throws IOException {
        checkWritable(out);
        if (isRead()) {
            throw new FormatException(
                    out.toString(),
                    FormatException.WHOLE_FILE,
                    "--out",
                    "is a file of the model that is read; name another");
        }
        long start = System.nanoTime();
        try {
            GgufExport.Written written = GgufExport.write(in, out, DType.valueOf(type.name()));
            Progress.say(String.format(Locale.ROOT, "written in %.1f s", (System.nanoTime() - start) * 1e-9));
            return new Result()
                    .put("tensors", written.tensors())
                    .put("bytes", written.bytes())
                    .put("out", out.toString())
                    .line("%s: %d tensors, %d bytes", out, written.tensors(), written.bytes())
                    .warnings(written.warnings());
        } catch (TensorException e) {
            throw new Failure.BadInput(in, e);
        }
    }
}
