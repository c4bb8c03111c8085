package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.einthoven.golden.GoldenReport;
import org.einthoven.golden.GoldenReport.Status;
import org.einthoven.golden.GoldenRunner;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether this build computes the right numbers on this machine. */
@Command(name = "selftest", description = "checks this build on this machine against reference numbers")
final class SelftestVerb extends Verb {
    @Option(
            names = "--goldens",
            paramLabel = "DIR",
            description = "folder with catalog.json; a small embedded set by default")
    @Nullable
    Path goldens;

    @Option(names = "--only", paramLabel = "GROUP", description = "the cases of this group only")
    @Nullable
    String only;

    @Override
    Result result() {
        Predicate<GoldenRunner.Entry> asked =
                entry -> only == null || entry.group().equals(only);
        GoldenReport report = goldens == null ? GoldenRunner.runEmbedded(asked) : GoldenRunner.run(goldens, asked);
        if (report.cases().isEmpty() && only != null) {
            throw new Failure.Usage("--only " + only + ": there is no case of this group");
        }
        Result r = new Result()
                .put("passed", report.count(Status.PASSED))
                .put("failed", report.count(Status.FAILED))
                .put("unsupported", report.count(Status.UNSUPPORTED));
        List<Map<String, Object>> cases = new ArrayList<>();
        report.cases().forEach(c -> cases.add(entry(c)));
        return r.put("cases", cases).line(report.toString()).exitCode(report.ok() ? 0 : Failure.OTHER);
    }

    private static Map<String, Object> entry(GoldenReport.Case c) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("group", c.group());
        m.put("name", c.name());
        m.put("status", c.status().name().toLowerCase(Locale.ROOT));
        m.put("worst_error", c.worstError());
        m.put("reason", c.reason());
        return m;
    }
}
