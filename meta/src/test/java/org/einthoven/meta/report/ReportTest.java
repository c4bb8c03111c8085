package org.einthoven.meta.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path folder;

    @Test
    void thePageStandsAloneAndSaysWhatItMust() throws Exception {
        var predictions = new LinkedHashMap<String, List<Prediction>>();
        predictions.put("ours", answers(true));
        predictions.put("majority <of the support>", answers(false));
        ResultTable table = ResultTable.of("attributes never trained on", 0.5, predictions, Rng.of(1));
        Report report = new Report(
                "A run",
                "strict",
                List.of(table),
                List.of(new Report.Curve("query loss", List.of(1L, 2L, 3L), List.of(3.0, 2.5, 2.6))),
                new TreeMap<>(Map.of("seed", "222", "update_lr", "0.05")),
                List.of("no patient is shared"));
        Path file = folder.resolve("report.html");
        report.write(file);
        String page = Files.readString(file);

        for (String must : List.of(
                "Research software. Not a medical device.",
                "Protocol: strict",
                "Attributes never trained on",
                "100.0 %",
                "4 attribute groups",
                "majority &lt;of the support&gt;",
                "at chance",
                "ours is better",
                "no patient is shared",
                "<td>seed</td><td>222</td>",
                "<polyline")) {
            assertTrue(page.contains(must), must);
        }
        assertFalse(page.contains("http"), "the page points to a network");
        assertFalse(page.contains("src="), "the page loads something");
        for (String element :
                List.of("html", "head", "body", "table", "tr", "td", "th", "svg", "p", "h2", "details", "li")) {
            assertEquals(count(page, "<" + element + "[ >]"), count(page, "</" + element + ">"), element);
        }
    }

    private static long count(String page, String pattern) {
        return Pattern.compile(pattern).matcher(page).results().count();
    }

    private static List<Prediction> answers(boolean right) {
        List<Prediction> ps = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            boolean truth = i % 2 == 0;
            String attribute = "attribute " + i % 4;
            ps.add(new Prediction(
                    "e", attribute, attribute, "p" + i, "x" + i, truth, !right ? 0.5 : truth ? 0.9 : 0.1));
        }
        return ps;
    }
}
