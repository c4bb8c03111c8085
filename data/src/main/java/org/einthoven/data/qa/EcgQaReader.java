package org.einthoven.data.qa;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.einthoven.data.EcgLists;
import org.einthoven.tensor.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads ECG-QA: one {@code .json} or {@code .json.gz} file, or a directory as published (with {@code train}, {@code valid},
 * {@code test} in it, or shards directly). Streaming and strict: duplicate keys, unknown question types, missing or
 * ill-typed fields and deep nesting are errors that name the item and the byte; unknown fields are skipped.
 */
public final class EcgQaReader {
    private static final List<String> SPLITS = List.of("train", "valid", "test");

    /** A gzip file may hold so many times its own size, and 16 MiB more; JSON text compresses 50-fold at most. */
    private static final long LARGEST_RATIO = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(1 << 16)
                    .maxNameLength(256)
                    .maxNumberLength(32)
                    .build())
            .build();

    /** One copy of each text: shards repeat the same few thousand. */
    private final Map<Object, Object> texts = new HashMap<>();

    private EcgQaReader() {}

    /**
     * All items at {@code path}, files in the order of their names, train before valid before test.
     *
     * @throws FormatException when there is no such file, no item, or an item is malformed
     */
    public static EcgQa read(Path path) {
        List<Path> files = files(path);
        if (files.isEmpty()) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    "files",
                    "no .json or .json.gz file here, nor in train, valid or test below it");
        }
        EcgQaReader reader = new EcgQaReader();
        List<QaItem> items = new ArrayList<>();
        files.forEach(file -> reader.readFile(file, items));
        if (items.isEmpty()) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "items", "there are none");
        }
        return new EcgQa(path.toString(), items, List.of(), EcgLists.folder(path));
    }

    /** Whether the beginning of a file (decompressed) can be a list of ECG-QA items. */
    public static boolean looksLike(byte[] beginning) {
        String text = new String(beginning, StandardCharsets.UTF_8).stripLeading();
        return text.startsWith("[") && text.contains("\"template_id\"");
    }

    private static List<Path> files(Path path) {
        if (!Files.exists(path)) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", "no such file or directory");
        }
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        List<Path> files = new ArrayList<>();
        SPLITS.stream().map(path::resolve).filter(Files::isDirectory).forEach(split -> files.addAll(shards(split)));
        return files.isEmpty() ? shards(path) : files;
    }

    private static List<Path> shards(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            f -> f.toString().endsWith(".json") || f.toString().endsWith(".json.gz"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new FormatException(
                    directory.toString(), FormatException.WHOLE_FILE, "directory", "unreadable: " + e, e);
        }
    }

    private void readFile(Path file, List<QaItem> items) {
        try (InputStream in = open(file);
                JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw bad(file, json, "list", "the file must hold a JSON list of items");
            }
            int index = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                items.add(new ItemParser(file.toString(), json, index++, texts).item());
            }
            if (json.nextToken() != null) {
                throw bad(file, json, "list", "something follows the end of the list");
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw unreadable(file, io);
            }
            long at = e.getLocation() == null
                    ? FormatException.WHOLE_FILE
                    : e.getLocation().getByteOffset();
            throw new FormatException(
                    file.toString(), at, "JSON", e.getOriginalMessage().replaceAll("\\s+", " "), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static FormatException unreadable(Path file, IOException e) {
        return new FormatException(
                file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e.getMessage(), e);
    }

    private static FormatException bad(Path file, JsonParser json, String field, String problem) {
        return new FormatException(file.toString(), json.currentTokenLocation().getByteOffset(), field, problem);
    }

    /** The file's text, decompressed when it begins like gzip, whatever its name. */
    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip ? new Bounded(new GZIPInputStream(in, 1 << 16), (16 << 20) + LARGEST_RATIO * Files.size(file)) : in;
    }

    /** Ends a decompression bomb. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long limit) {
            super(in);
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            return count(super.read(), 1);
        }

        @Override
        public int read(byte[] b, int from, int length) throws IOException {
            int n = super.read(b, from, length);
            return count(n, n);
        }

        private int count(int result, int bytes) throws IOException {
            left -= Math.max(0, bytes);
            if (left < 0) {
                throw new IOException("it inflates to more than " + LARGEST_RATIO + " times its size; refused");
            }
            return result;
        }
    }
}
