package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.meta.metrics.text.BertScore;
import org.einthoven.tensor.FormatException;

/** The baseline files of BERTScore's authors: a head, then for each layer {@code LAYER,P,R,F}. */
final class BertBaseline {
    private static final long LONGEST = 1 << 20;

    private BertBaseline() {}

    /** @throws FormatException when a line is none of these, or the layer is missing */
    static BertScore read(Path file, int layer) {
        try {
            if (Files.isDirectory(file)) {
                throw bad(file, "baseline", "is a folder; name the file of one model in it");
            }
            if (Files.size(file) > LONGEST) {
                throw bad(file, "baseline", "is longer than " + LONGEST + " bytes; is it the right file?");
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            for (int n = 1; n < lines.size(); n++) {
                String[] cells = lines.get(n).strip().split("[,\t]");
                if (cells.length != 4) {
                    throw bad(file, "line " + (n + 1), "has " + cells.length + " cells, not LAYER,P,R,F");
                }
                if (number(file, n, cells[0]) == layer) {
                    return new BertScore(score(file, n, cells[1]), score(file, n, cells[2]), score(file, n, cells[3]));
                }
            }
        } catch (MalformedInputException e) {
            throw bad(file, "baseline", "is no UTF-8 text");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw bad(file, "LAYER", "has no line for layer " + layer + "; choose another --bert-layer");
    }

    private static double score(Path file, int line, String cell) {
        double x = number(file, line, cell);
        if (!(x >= -1 && x < 1)) {
            throw bad(file, "line " + (line + 1), cell + " is no baseline; it must be at least -1 and below 1");
        }
        return x;
    }

    private static double number(Path file, int line, String cell) {
        try {
            return Double.parseDouble(cell.strip());
        } catch (NumberFormatException e) {
            throw bad(file, "line " + (line + 1), "'" + cell + "' is no number");
        }
    }

    private static FormatException bad(Path file, String field, String problem) {
        return new FormatException(file.toString(), FormatException.WHOLE_FILE, field, problem);
    }
}
