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
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.metrics.Selective;
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
        RunReport run = new RunReport(
                "A run",
                "strict",
                List.of(ScoreTable.of(table)),
                Optional.of(new RunReport.Confidence(
                        Selective.of(List.of(new Selective.Rated(0.9, true), new Selective.Rated(0.6, false))),
                        Optional.of(1.5))),
                new LinkedHashMap<>(Map.of("set_f1", 0.625)),
                new TreeMap<>(),
                List.of(new RunReport.Curve("query loss", "outer step", List.of(1L, 2L, 3L), List.of(3.0, 2.5, 2.6))),
                List.of(sample()),
                new TreeMap<>(Map.of("shared patients", "0")),
                new TreeMap<>(Map.of("seed", "222", "update_lr", "0.05")),
                List.of("no patient is shared"));
        Report report = new Report("Runs & more", List.of(run, run));
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
                "<th scope=\"row\">seed</th><td class=\"code\">222</td>",
                "Is there &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;?",
                "Calibrated at temperature 1.500",
                "25 mm/s, 10 mm/mV",
                "Runs &amp; more",
                "<polyline")) {
            assertTrue(page.contains(must), must);
        }
        assertFalse(page.contains("<script"), "text from data is escaped");
        assertFalse(page.contains("http"), "the page points to a network");
        assertFalse(page.contains("src="), "the page loads something");
        for (String element : List.of(
                "html", "head", "body", "main", "section", "figure", "table", "thead", "tbody", "tr", "td", "th", "svg",
                "p", "h2", "h3", "details", "li", "div", "span", "strong", "pattern", "text", "nav")) {
            assertEquals(count(page, "<" + element + "[ >]"), count(page, "</" + element + ">"), element);
        }
    }

    /** One second of each lead, 1 mV in lead I; a sample of V1 is missing. */
    private static EcgSample sample() {
        SequencedMap<String, double[]> mv = new LinkedHashMap<>();
        for (String lead : List.of("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")) {
            mv.put(lead, new double[] {0, lead.equals("I") ? 1 : 0, lead.equals("V1") ? Double.NaN : 0, 0, 0, 0, 0, 0});
        }
        return new EcgSample("7", "Is there <script>alert('x')</script>?", "yes", "no", 0.75, 8, mv);
    }

    @Test
    void oneMillivoltIsTenMillimetresAndOneSecondTwentyFive() {
        String svg = EcgPaper.svg(sample(), "g");
        // Lead I begins 12 mm from the left, its zero line 20 mm from the top; 1/8 s are 3.125 mm.
        assertTrue(svg.contains("M12.00 20.00L15.13 10.00\""), svg);
        // Lead II over the whole second in the last row: 7/8 s.
        assertTrue(svg.contains("L33.88 110.00\""), svg);
        // V1 stands third of four in time, 2/4 s to 3/4 s, behind its missing sample; nothing is drawn across a gap.
        String gap = EcgPaper.svg(
                new EcgSample("7", "q", "", "", Double.NaN, 8, new LinkedHashMap<>(Map.of("I", new double[] {
                    0, Double.NaN, 0, 0, 0, 0, 0, 0
                }))),
                "g");
        assertTrue(gap.contains("<path class=\"trace\" d=\"M12.00 20.00\"/>"), gap);
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
