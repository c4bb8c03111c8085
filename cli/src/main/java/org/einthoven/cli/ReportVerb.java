package org.einthoven.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.meta.report.Report;
import org.einthoven.meta.report.RunReport;
import org.einthoven.tensor.FormatException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs as one page that needs nothing but itself. */
@Command(
        name = "report",
        sortOptions = false,
        description = "turns the folders of train and inference runs into one self-contained HTML page")
final class ReportVerb extends Verb {
    /** How a page begins. */
    private static final String PAGE = "<!doctype html";

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "folders that --out named")
    List<Path> runs;

    @Option(
            names = "--out",
            paramLabel = "F.html",
            defaultValue = "report.html",
            description = "the page (${DEFAULT-VALUE})")
    Path out;

    @Option(names = "--title", defaultValue = "Einthoven report", description = "of the page (${DEFAULT-VALUE})")
    String title;

    @Override
    Result result() throws IOException {
        checkWritable(out);
        checkPage(out);
        List<RunReport> read = new ArrayList<>();
        for (Path run : runs) {
            read.add(RunFolder.read(run));
        }
        new Report(title, read).write(out);
        return new Result()
                .put("out", out.toString())
                .put("runs", read.stream().map(RunReport::name).toList())
                .line("%s: %d %s", out, read.size(), read.size() == 1 ? "run" : "runs")
                .disclaimer();
    }

    /** Refuses to write over what is no page: what this one is made of, weights of the run, or any other file. */
    private static void checkPage(Path out) throws IOException {
        if (!Files.exists(out)) {
            return;
        }
        try (InputStream in = Files.newInputStream(out)) {
            String begin = new String(in.readNBytes(PAGE.length()), StandardCharsets.ISO_8859_1);
            if (!begin.equalsIgnoreCase(PAGE)) {
                throw new FormatException(
                        out.toString(), 0, "--out", "is there and is no HTML page; name another file, or move it");
            }
        }
    }
}
