package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.TorchWriter;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The same weights in another kind of file; a mapper in the reference's own form as torch, with its kind beside it as safetensors. */
@Command(
        name = "convert",
        sortOptions = false,
        description = "writes weights of any kind as safetensors or torch .pt, a mapper in the reference's form")
final class ConvertVerb extends Verb {
    private static final String SAFETENSORS = "safetensors";

    /** The key by which safetensors files say whose tensors they hold. */
    private static final String FORMAT = "format";

    /** Of what is lost, as examples. */
    private static final int NAMED = 3;

    @Option(
            names = "--in",
            required = true,
            paramLabel = "X",
            description = "a torch .pt, safetensors or GGUF file, the index of a sharded model, or a folder with one")
    Path in;

    @Option(names = "--out", required = true, paramLabel = "Y", description = "the file to write: .safetensors or .pt")
    Path out;

    @Override
    Result result() throws IOException {
        boolean torch = out.toString().endsWith(".pt");
        if (!torch && !out.toString().endsWith(".safetensors")) {
            throw new Failure.Usage(
                    "--out " + out + ": name it .safetensors or .pt; quantize writes .gguf, of any type");
        }
        checkWritable(out);
        if (isRead()) {
            throw new Failure.BadInput(out, "is a file of what is read; name another");
        }
        try {
            return written(torch);
        } catch (TensorException | IllegalArgumentException e) {
            throw new Failure.BadInput(in, String.valueOf(e.getMessage()));
        }
    }

    /** Whether the file is there and is read: the one that is named, or one of a folder or of a sharded model. */
    private boolean isRead() throws IOException {
        if (!Files.exists(in) || !Files.exists(out)) {
            return false;
        }
        boolean several = Files.isDirectory(in) || in.toString().endsWith(".json");
        return several
                ? Files.isSameFile(
                        WeightFiles.folderOf(in), out.toAbsolutePath().getParent())
                : Files.isSameFile(in, out);
    }

    private Result written(boolean torch) throws IOException {
        boolean mapper;
        try (WeightFile file = WeightFiles.open(in)) {
            mapper = MapperCheckpoint.isIn(file);
        }
        List<String> warnings = new ArrayList<>();
        int tensors;
        if (mapper) {
            MapperCheckpoint c = MapperCheckpoint.load(in);
            c.save(out);
            tensors = c.theta().paths().size();
        } else {
            tensors = named(torch, warnings);
        }
        long bytes = Files.size(out);
        return new Result()
                .put("tensors", tensors)
                .put("bytes", bytes)
                .put("out", out.toString())
                .put("mapper", mapper)
                .line("%s: %d tensors, %d bytes%s", out, tensors, bytes, mapper ? ", a mapper" : "")
                .warnings(warnings);
    }

    /** Tensors by the names that they have; those in blocks of few bits, which neither kind of file knows, in full. */
    private int named(boolean torch, List<String> warnings) {
        try (WeightFile file = WeightFiles.open(in)) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            int inFull = 0;
            int wholes = 0;
            for (String name : file.names()) {
                Tensor t = file.tensor(name);
                boolean blocks = t.dtype().blockSize() > 1;
                inFull += blocks ? 1 : 0;
                wholes += t.dtype() == DType.I32 && !file.entry(name).type().equals(DType.I32.name()) ? 1 : 0;
                all.put(name, blocks ? t.cast(DType.F32) : t);
            }
            if (inFull > 0) {
                warnings.add(inFull + " tensors in blocks of few bits are written as F32");
            }
            if (wholes > 0) {
                warnings.add(wholes + " tensors of whole numbers of another width are written as I32");
            }
            if (file.format().equals("gguf")) {
                warnings.add(
                        "names and the order of rows are GGUF's; what GGUF says beside the weights is not in the file");
            }
            if (torch) {
                TorchWriter.writeState(out, all);
            } else {
                SafetensorsWriter.write(out, all, told(file));
            }
            List<String> lost = lost(file, torch);
            if (!lost.isEmpty()) {
                warnings.add("what " + in + " says beside its weights is not in the file, such as "
                        + String.join(", ", lost.subList(0, Math.min(NAMED, lost.size()))));
            }
            return all.size();
        }
    }

    /** What a safetensors file says beside its weights, as the shape of an encoder, goes along into another. */
    private static Map<String, String> told(WeightFile file) {
        Map<String, String> told = new LinkedHashMap<>(Map.of(FORMAT, "pt"));
        if (file.format().equals(SAFETENSORS)) {
            file.metadata().forEach((key, value) -> told.put(key, value.toString()));
        }
        return told;
    }

    /** Keys of what the other kind of file has no place for; of GGUF that is said once for all. */
    private static List<String> lost(WeightFile file, boolean torch) {
        boolean kept = file.format().equals("gguf") || file.format().equals(SAFETENSORS) && !torch;
        return kept
                ? List.of()
                : file.metadata().keySet().stream()
                        .filter(key -> !key.equals(FORMAT))
                        .toList();
    }
}
