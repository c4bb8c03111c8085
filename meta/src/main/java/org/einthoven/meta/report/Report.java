package org.einthoven.meta.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.models.io.AtomicFile;

/**
 * One or several runs as one page that needs nothing but itself: no network, no script, no other file.
 *
 * @param title of the page
 * @param runs in the order in which they are shown
 */
public record Report(String title, List<RunReport> runs) {
    /** Stands on every page. */
    public static final String DISCLAIMER = "Research software. Not a medical device.";

    public Report {
        runs = List.copyOf(runs);
    }

    /** Writes the page; it appears whole or not at all. */
    public void write(Path html) {
        byte[] page = new HtmlPage(this).html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(html, out -> out.write(page));
    }
}
