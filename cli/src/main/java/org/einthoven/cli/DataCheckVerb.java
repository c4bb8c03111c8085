package org.einthoven.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.data.check.LocalCopy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Whether a copy of PTB-XL, MIMIC-IV-ECG or ECG-QA is whole. */
@Command(name = "check", description = "verifies a local copy of PTB-XL, MIMIC-IV-ECG or ECG-QA")
final class DataCheckVerb extends Verb {
    @Parameters(paramLabel = "DIR", description = "the folder as published; the data set is found by its files")
    Path folder;

    @Override
    Result result() {
        LocalCopy copy;
        try (ProgressBar bar = Progress.bar("checking", 0)) {
            copy = LocalCopy.check(folder, (what, done, of) -> {
                bar.maxHint(of).stepTo(done);
                bar.setExtraMessage(" " + what);
            });
        }
        Result r = new Result()
                .put("data_set", copy.dataSet().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("title", copy.dataSet().title())
                .put("page", copy.dataSet().page())
                .put("licence", copy.dataSet().licence())
                .put("folder", folder.toString())
                .put("whole", copy.isWhole())
                .put("counts", copy.counts())
                .put("missing", copy.missing())
                .put("damaged", copy.damaged());
        r.line(
                "%s, from %s (%s)",
                copy.dataSet().title(), copy.dataSet().page(), copy.dataSet().licence());
        copy.counts().forEach((name, n) -> r.line("%9d  %s", n, name));
        said(r, "missing", copy.missing());
        said(r, "damaged", copy.damaged());
        r.line(
                copy.isWhole()
                        ? "whole: nothing is missing or damaged"
                        : "not whole; copy what is missing or damaged from the page above");
        return r.warnings(copy.notes()).exitCode(copy.isWhole() ? 0 : Failure.BAD_INPUT);
    }

    private static void said(Result r, String kind, List<String> lines) {
        lines.forEach(line -> r.line("%9s  %s", kind, line));
    }
}
