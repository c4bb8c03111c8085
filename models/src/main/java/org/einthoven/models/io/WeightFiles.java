package org.einthoven.models.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.einthoven.tensor.FormatException;

/** Opens a weight file of any kind we read, told apart by its content, or a folder of safetensors or torch files. */
public final class WeightFiles {
    /** What a folder is asked for, in this order; torch files only where there are no safetensors. */
    private static final List<String> NAMES = List.of(
            "model.safetensors.index.json", "model.safetensors", "pytorch_model.bin.index.json", "pytorch_model.bin");

    private WeightFiles() {}

    /**
     * A safetensors, GGUF or torch file, the index of a sharded model, or a folder with one of these.
     *
     * <p>In a folder: {@code model.safetensors.index.json}, else {@code model.safetensors}, else the only
     * {@code *.safetensors}, else {@code pytorch_model.bin.index.json}, else {@code pytorch_model.bin}.
     *
     * @throws FormatException when it is none of these, or broken
     */
    public static WeightFile open(Path path) {
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        byte[] head = head(path);
        return switch (Kind.of(head)) {
            case GGUF -> GgufFile.open(path);
            case TORCH -> TorchCheckpoint.open(path);
            case JSON -> ShardedWeights.open(path);
            case SAFETENSORS -> SafetensorsFile.open(path);
            case UNKNOWN ->
                throw new FormatException(
                        path.toString(),
                        0,
                        "format",
                        head.length < 9
                                ? "header too small: " + head.length + " bytes are no weight file"
                                : "is none of safetensors, GGUF, torch .pt (zip or legacy) or the index of a sharded model");
        };
    }

    /** The folder of a model that is named by its folder or by a file in it. */
    public static Path folderOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return Files.isDirectory(path) || parent == null ? path : parent;
    }

    /** One file of a sharded model, which is no index again. */
    static WeightFile shard(Path path) {
        return Kind.of(head(path)) == Kind.TORCH ? TorchCheckpoint.open(path) : SafetensorsFile.open(path);
    }

    /** What the first bytes say. */
    enum Kind {
        SAFETENSORS,
        GGUF,
        TORCH,
        JSON,
        UNKNOWN;

        static Kind of(byte[] head) {
            if (startsWith(head, 'G', 'G', 'U', 'F')) {
                return GGUF;
            }
            boolean zip = startsWith(head, 'P', 'K', 3, 4) || startsWith(head, 'P', 'K', 5, 6);
            boolean pickle = head.length > 2 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5;
            if (zip || pickle && (head.length < 9 || head[8] != '{')) {
                return TORCH;
            }
            if (head.length > 8 && head[8] == '{') {
                return SAFETENSORS;
            }
            return head.length > 0 && (head[0] == '{' || head[0] == ' ' || head[0] == '\n') ? JSON : UNKNOWN;
        }

        private static boolean startsWith(byte[] head, int... bytes) {
            for (int i = 0; i < bytes.length; i++) {
                if (head.length <= i || head[i] != (byte) bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static byte[] head(Path path) {
        try (var in = Files.newInputStream(path)) {
            return in.readNBytes(16);
        } catch (IOException e) {
            throw MappedFile.unreadable(path, e);
        }
    }

    private static WeightFile folder(Path folder) {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.getFileName().toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw MappedFile.unreadable(folder, e);
        }
        for (String name : NAMES) {
            boolean torch = name.startsWith("pytorch");
            if (Files.isRegularFile(folder.resolve(name)) && (!torch || files.isEmpty())) {
                return open(folder.resolve(name));
            }
        }
        if (files.size() == 1) {
            return SafetensorsFile.open(files.getFirst());
        }
        throw new FormatException(
                folder.toString(),
                FormatException.WHOLE_FILE,
                "weights",
                files.isEmpty()
                        ? "no *.safetensors and no pytorch_model.bin is in this folder"
                        : "several weight files and no model.safetensors or index: "
                                + String.join(
                                        ", ",
                                        files.stream()
                                                .map(f -> f.getFileName().toString())
                                                .toList())
                                + "; name one of them");
    }
}
