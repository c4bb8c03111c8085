package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.meta.report.Report;
import org.einthoven.meta.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs as one page that needs nothing but itself. */
@Command(
        name = "report",
        sortOptions = false,
        description = "turns the folders of train and inference runs into one self-contained HTML page")
final class ReportVerb extends Verb {
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
        List<RunReport> read = new ArrayList<>();
        for (Path run : runs) {
            RunFolder.spare(run, out);
            read.add(RunFolder.read(run));
        }
        new Report(title, read).write(out);
        return new Result()
                .put("out", out.toString())
                .put("runs", read.stream().map(RunReport::name).toList())
                .line("%s: %d %s", out, read.size(), read.size() == 1 ? "run" : "runs")
                .disclaimer();
    }
}
