package org.einthoven.models.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;

/** Opens a tokenizer of any kind we read, told apart by its content. */
public final class Tokenizers {
    private static final List<String> NAMES =
            List.of("tokenizer.json", "tokenizer.json.gz", "tokenizer.model", "tokenizer.model.gz", "vocab.txt");

    private Tokenizers() {}

    /**
     * A {@code tokenizer.json}, {@code tokenizer.model} or BERT's {@code vocab.txt}, each also as gzip; a GGUF file; or a
     * folder with one of these. A {@code tokenizer_config.json} beside it says which tokens begin and end a text, and of a
     * {@code vocab.txt} whether letters keep their case.
     *
     * @throws FormatException when there is none, or it is broken
     */
    public static Tokenizer open(Path path) {
        Path file = Files.isDirectory(path) ? inFolder(path) : path;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            if (startsWith(raw, 'G', 'G', 'U', 'F')) {
                try (GgufFile gguf = GgufFile.open(file)) {
                    return of(gguf);
                }
            }
            InputStream in = startsWith(raw, 0x1f, 0x8b)
                    ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16)
                    : raw;
            return read(file, in);
        } catch (NoSuchFileException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, "tokenizer", "does not exist; check the path", e);
        } catch (IOException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, "tokenizer", "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The tokenizer inside a GGUF file. */
    public static Tokenizer of(GgufFile gguf) {
        return GgufVocabulary.read(gguf);
    }

    private static Tokenizer read(Path file, InputStream in) throws IOException {
        TokenizerConfig config = TokenizerConfig.beside(file);
        if (startsWith(in, '{')) {
            return TokenizerJson.read(file, in, config);
        }
        byte[] bytes = in.readNBytes((int) StrictJson.MAX_BYTES);
        if (WordPieceTokenizer.isVocabulary(bytes)) {
            return WordPieceTokenizer.ofVocabulary(file.toString(), bytes, config.words());
        }
        if (bytes.length == 0 || bytes[0] != 0x0a) {
            throw new FormatException(
                    file.toString(),
                    0,
                    "tokenizer",
                    "is neither a tokenizer.json, nor a SentencePiece tokenizer.model, nor a vocab.txt with a line"
                            + " [UNK], nor a GGUF file");
        }
        return SentencePieceModel.read(file.toString(), bytes, config);
    }

    /** The tokenizer file of a model's folder, where it has one. */
    public static Optional<Path> fileIn(Path folder) {
        return NAMES.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
    }

    private static Path inFolder(Path folder) {
        Optional<Path> file = fileIn(folder);
        if (file.isPresent()) {
            return file.get();
        }
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> gguf = all.filter(f -> f.getFileName().toString().endsWith(".gguf"))
                    .toList();
            if (gguf.size() == 1) {
                return gguf.getFirst();
            }
        } catch (IOException e) {
            throw new FormatException(
                    folder.toString(), FormatException.WHOLE_FILE, "tokenizer", "cannot be read: " + e.getMessage(), e);
        }
        throw new FormatException(
                folder.toString(),
                FormatException.WHOLE_FILE,
                "tokenizer",
                "this folder has no tokenizer.json, tokenizer.model or vocab.txt; put one there, or use ids");
    }

    private static boolean startsWith(InputStream in, int... bytes) throws IOException {
        in.mark(bytes.length);
        boolean same = true;
        for (int b : bytes) {
            same &= in.read() == b;
        }
        in.reset();
        return same;
    }
}
