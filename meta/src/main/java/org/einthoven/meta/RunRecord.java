package org.einthoven.meta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.tensor.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened, line by line, in {@code run.jsonl}: for each outer step one line for every inner step and one for the step
 * itself, and one for each evaluation: a look at tasks, or a validation, by which the best weights are chosen. No line holds
 * a time, so a resumed run ends in the same bytes as an uninterrupted one.
 *
 * <pre>
 * {"step":1,"inner_step":0,"loss":4.1,"exact_match":0.0,"token_accuracy":0.5}
 * {"step":1,"episodes":["episode 0"],"loss":3.2,"exact_match":..,"token_accuracy":..,"gradient_norm":1.7,"skipped":[]}
 * {"step":1,"evaluation":{"exact_match":0.5}}
 * {"step":1,"validation":{"accuracy":0.5}}
 * </pre>
 */
public final class RunRecord implements AutoCloseable {
    private final FileChannel channel;
    private final Path file;

    private RunRecord(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /** Opens the record to go on after outer step {@code step}; lines of later steps, and half a line, are cut off. */
    public static RunRecord open(Path file, long step) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long keep = lengthThrough(file, step);
            channel.truncate(keep);
            channel.position(keep);
            return new RunRecord(channel, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + file + ": " + e, e);
        }
    }

    /** Bytes of the whole lines up to a step. */
    private static long lengthThrough(Path file, long step) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                if (stepOf(new String(bytes, end, i - end, StandardCharsets.UTF_8)) > step) {
                    return end;
                }
                end = i + 1;
            }
        }
        return end;
    }

    private static long stepOf(String line) {
        try {
            JsonNode n = JsonMapper.shared().readTree(line).get("step");
            return n == null ? Long.MAX_VALUE : n.asLong(Long.MAX_VALUE);
        } catch (JacksonException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The lines of outer step {@code step}, counted from 1. */
    public void step(long step, MetaGradient g, double norm) {
        int points = g.isEmpty() ? 0 : g.tasks().getFirst().queries().size();
        for (int k = 0; k < points; k++) {
            int at = k;
            List<TaskTrace.Point> here =
                    g.tasks().stream().map(t -> t.queries().get(at)).toList();
            Map<String, Object> line = line(step);
            line.put("inner_step", here.getFirst().innerStep());
            line.putAll(mean(here));
            write(line);
        }
        Map<String, Object> line = line(step);
        line.put("episodes", g.tasks().stream().map(TaskTrace::task).toList());
        if (!g.isEmpty()) {
            line.putAll(mean(g.tasks().stream().map(t -> t.queries().getLast()).toList()));
        }
        line.put("objective", number(g.loss()));
        line.put("gradient_norm", number(norm));
        line.put("skipped", g.skipped());
        write(line);
    }

    /** The line of a look at tasks after outer step {@code step}, which decides nothing. */
    public void look(long step, Map<String, Double> measures) {
        evaluation(step, "evaluation", measures);
    }

    /** The line of a validation after outer step {@code step}. */
    public void validation(long step, Map<String, Double> measures) {
        evaluation(step, "validation", measures);
    }

    private void evaluation(long step, String kind, Map<String, Double> measures) {
        Map<String, Object> line = line(step);
        Map<String, Object> values = new TreeMap<>();
        measures.forEach((name, x) -> values.put(name, number(x)));
        line.put(kind, values);
        write(line);
    }

    private static Map<String, Object> line(long step) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        return line;
    }

    /** Loss and measures, averaged over tasks. */
    private static Map<String, Object> mean(List<TaskTrace.Point> points) {
        TaskTrace.Point mean = TaskTrace.Point.mean(points);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("loss", number(mean.loss()));
        mean.measures().forEach((name, x) -> values.put(name, number(x)));
        return values;
    }

    /** JSON knows no NaN: it becomes null. */
    private static @Nullable Double number(double x) {
        return Double.isFinite(x) ? x : null;
    }

    private void write(Map<String, Object> line) {
        byte[] bytes = (JsonMapper.shared().writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            for (ByteBuffer b = ByteBuffer.wrap(bytes); b.hasRemaining(); ) {
                channel.write(b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e, e);
        }
    }

    /** Forces the lines so far to disk; done before a checkpoint, so that no checkpoint is ahead of its record. */
    public void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + file + ": " + e, e);
        }
    }
}
