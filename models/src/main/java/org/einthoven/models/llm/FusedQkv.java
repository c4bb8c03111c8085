package org.einthoven.models.llm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.models.io.WeightFile;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/**
 * A GGUF file in which queries, keys and values of a block are one tensor, {@code attn_qkv}, seen as one in which they are
 * three: rows of the one, in place.
 */
final class FusedQkv implements WeightFile {
    /** Rows {@code from} to {@code from + count} of a tensor of the file. */
    private record Rows(String source, int from, int count) {}

    private static final Pattern FUSED = Pattern.compile("(blk\\.\\d+\\.)attn_qkv(\\.(?:weight|bias))");

    private final WeightFile file;
    private final Map<String, Rows> parts = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();

    private FusedQkv(WeightFile file, LlmConfig config) {
        this.file = file;
        int queries = config.heads() * config.headDim();
        int keys = config.keyValueHeads() * config.headDim();
        for (String name : file.names()) {
            Matcher m = FUSED.matcher(name);
            boolean fits = m.matches() && file.entry(name).shape().dim(0) == queries + 2 * keys;
            if (!fits) {
                names.add(name);
                continue;
            }
            part(m, "attn_q", new Rows(name, 0, queries));
            part(m, "attn_k", new Rows(name, queries, keys));
            part(m, "attn_v", new Rows(name, queries + keys, keys));
        }
    }

    private void part(Matcher fused, String name, Rows rows) {
        String whole = fused.group(1) + name + fused.group(2);
        parts.put(whole, rows);
        names.add(whole);
    }

    /** The file itself where nothing is fused. A fused tensor of another height stays, to be refused by its name. */
    static WeightFile split(WeightFile file, LlmConfig config) {
        boolean any = file.names().stream().anyMatch(n -> FUSED.matcher(n).matches());
        return any ? new FusedQkv(file, config) : file;
    }

    @Override
    public String format() {
        return file.format();
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public Entry entry(String name) {
        Rows rows = parts.get(name);
        if (rows == null) {
            return file.entry(name);
        }
        Entry e = file.entry(rows.source);
        int[] shape = e.shape().toArray();
        long rowBytes = e.bytes() / shape[0];
        shape[0] = rows.count;
        return new Entry(name, e.type(), Shape.of(shape), e.offset() + rows.from * rowBytes, rows.count * rowBytes);
    }

    @Override
    public Tensor tensor(String name) {
        Rows rows = parts.get(name);
        if (rows == null) {
            return file.tensor(name);
        }
        Tensor all = file.tensor(rows.source);
        if (!(all.storage() instanceof Storage.Blocks blocks)) {
            return all.slice(0, rows.from, rows.from + rows.count);
        }
        int[] shape = all.shape().toArray();
        long rowBytes = all.dtype().bytes(all.size() / shape[0]);
        shape[0] = rows.count;
        return Tensor.blocks(all.dtype(), blocks.segment().asSlice(rows.from * rowBytes, rows.count * rowBytes), shape);
    }

    @Override
    public Map<String, Object> metadata() {
        return file.metadata();
    }

    @Override
    public void close() {
        file.close();
    }
}
