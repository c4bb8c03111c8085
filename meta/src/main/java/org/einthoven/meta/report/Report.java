package org.einthoven.meta.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.models.io.AtomicFile;

/**
 * Everything that a reader needs to judge a run, as one page.
 *
 * @param title of the page
 * @param protocol {@code seed} or {@code strict}; the two are never mixed in one table
 * @param tables a system beside its controls
 * @param curves how training went
 * @param configuration what decides the numbers, seeds included
 * @param notes leaks between the splits, what was dropped and why, warnings: one line each
 */
public record Report(
        String title,
        String protocol,
        List<ResultTable> tables,
        List<Curve> curves,
        SortedMap<String, String> configuration,
        List<String> notes) {
    /** Stands on every page. */
    public static final String DISCLAIMER = "Research software. Not a medical device.";

    /**
     * A quantity over outer steps.
     *
     * @param steps increasing
     * @param values one for each step
     */
    public record Curve(String name, List<Long> steps, List<Double> values) {
        public Curve {
            if (steps.size() != values.size()) {
                throw new IllegalArgumentException(
                        name + ": " + steps.size() + " steps and " + values.size() + " values");
            }
        }
    }

    /** Writes the page: one file that needs no network. It appears whole or not at all. */
    public void write(Path html) {
        byte[] page = new HtmlPage(this).html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(html, out -> out.write(page));
    }
}
