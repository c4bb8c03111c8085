package org.einthoven.models.llm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.models.text.WordPieceTokenizer;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/** A BERT encoder opened from a Hugging Face folder: its weights, all copied to arrays, and its tokenizer. */
public record Bert(BertEncoder encoder, Params weights, WordPieceTokenizer tokenizer) {
    /**
     * Opens a folder with {@code config.json}, {@code *.safetensors} (or {@code pytorch_model*.bin}), and
     * {@code tokenizer.json} or {@code vocab.txt}; or one weight file of such a folder. Heads of a task are left out.
     *
     * @throws FormatException when something is missing or not what it claims to be; all missing, unexpected and misshaped
     *     weights are named at once
     */
    public static Bert open(Path path) {
        Path folder = WeightFiles.folderOf(path);
        Path configFile = folder.resolve("config.json");
        if (!Files.isRegularFile(configFile)) {
            throw new FormatException(
                    path.toString(),
                    FormatException.WHOLE_FILE,
                    "config.json",
                    "is not there; a BERT is a folder with config.json, *.safetensors, and tokenizer.json or vocab.txt");
        }
        BertConfig config = BertConfig.read(configFile);
        WordPieceTokenizer tokenizer = tokenizer(folder, config);
        try (WeightFile file = WeightFiles.open(path)) {
            return new Bert(new BertEncoder(config), weights(file, config), tokenizer);
        }
    }

    private static WordPieceTokenizer tokenizer(Path folder, BertConfig config) {
        if (!(Tokenizers.open(folder) instanceof WordPieceTokenizer pieces)) {
            throw bad(folder, "tokenizer", "is not a WordPiece tokenizer, which BERT reads texts by");
        }
        if (pieces.vocabularySize() > config.vocabulary()) {
            throw bad(
                    folder,
                    "tokenizer",
                    "has " + pieces.vocabularySize() + " pieces, the model " + config.vocabulary()
                            + " embeddings; they are not of the same model");
        }
        pieces.encodeBetweenMarks(""); // refuses a vocabulary without marks now, not at the first text
        return pieces;
    }

    private static Params weights(WeightFile file, BertConfig config) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        BertConfig.names().load(file, config.shapes()).forEach((name, w) -> {
            if (!w.dtype().isFloating() && !w.dtype().isStorageOnly()) {
                throw bad(file.path(), name, "holds " + w.dtype() + "; weights are F32, F64, BF16 or F16");
            }
            weights.put(name, w.cast(DType.F32));
        });
        return Params.of(weights);
    }

    private static FormatException bad(Path file, String field, String problem) {
        return new FormatException(file.toString(), FormatException.WHOLE_FILE, field, problem);
    }
}
