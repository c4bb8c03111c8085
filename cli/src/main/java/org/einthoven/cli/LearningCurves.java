package org.einthoven.cli;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.einthoven.models.io.AtomicFile;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The record of a run as a picture, {@value #FILE}: loss and exact match of the queries before and after adaptation, above over
 * the outer steps, below over the inner ones at the beginning and at the end of training.
 */
final class LearningCurves {
    static final String FILE = "curves.png";

    /** Points of a curve over outer steps; more are averaged. */
    private static final int POINTS = 200;

    /** Degrees by which the numbers of outer steps are turned, which XChart sets too close to each other. */
    private static final int TURNED = 45;

    /** Of the outer steps, at either end. */
    private static final int TENTH = 10;

    private static final Color BEFORE = new Color(0x9AA5B1);
    private static final Color AFTER = new Color(0x1F6FB2);
    private static final Color VALIDATION = new Color(0xD9822B);

    /** The queries of an outer step after so many inner steps. */
    private record Point(long step, long innerStep, double loss, double match) {}

    private final List<Point> points = new ArrayList<>();
    private final SortedMap<Long, Double> validations = new TreeMap<>();

    private LearningCurves(Path record) {
        try {
            // What comes behind the last line's end a killed run left: it is cut off where that run goes on.
            String lines = Files.readString(record);
            lines.substring(0, lines.lastIndexOf('\n') + 1)
                    .lines()
                    .map(JsonMapper.shared()::readTree)
                    .forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + record + ": " + e, e);
        }
    }

    private void add(JsonNode line) {
        long step = line.path("step").asLong();
        if (line.has("inner_step")) {
            points.add(new Point(
                    step,
                    line.path("inner_step").asLong(),
                    line.path("loss").asDouble(Double.NaN),
                    line.path("exact_match").asDouble(Double.NaN)));
        } else if (line.has("validation")) {
            validations.put(step, line.path("validation").path("accuracy").asDouble(Double.NaN));
        }
    }

    /**
     * Draws the record of a folder into the folder.
     *
     * @return what could not be drawn, and why
     */
    static Optional<String> draw(Path folder) {
        LearningCurves curves = new LearningCurves(folder.resolve(RunFolder.RECORD));
        if (curves.points.isEmpty()) {
            return Optional.of(FILE + " was not drawn: " + RunFolder.RECORD + " holds no inner steps");
        }
        System.setProperty("java.awt.headless", "true");
        byte[] picture;
        try {
            picture = curves.picture();
        } catch (LinkageError | InternalError | RuntimeException noFonts) {
            // Which of them goes by what is missing, and training must not end by it.
            return Optional.of(FILE + " was not drawn, since this Java cannot draw texts (" + noFonts.getMessage()
                    + "); install fontconfig and a font, or see the same curves by report");
        }
        AtomicFile.write(folder.resolve(FILE), out -> out.write(picture));
        return Optional.empty();
    }

    /** As PNG. */
    private byte[] picture() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BitmapEncoder.saveBitmap(panels(), 2, 2, out, BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot draw " + FILE + ": " + e, e);
        }
        return out.toByteArray();
    }

    private List<XYChart> panels() {
        XYChart match = overTraining("exact match of the queries", Point::match);
        if (!validations.isEmpty()) {
            curve(match, "meta-validation, accuracy", validations, VALIDATION);
        }
        share(match);
        XYChart matchBySteps = overAdaptation("exact match of the queries", Point::match);
        share(matchBySteps);
        return List.of(
                overTraining("loss of the queries", Point::loss),
                match,
                overAdaptation("loss of the queries", Point::loss),
                matchBySteps);
    }

    private XYChart overTraining(String quantity, ToDoubleFunction<Point> y) {
        XYChart chart = chart(quantity, "outer step");
        chart.getStyler().setXAxisLabelRotation(TURNED);
        long last = points.stream().mapToLong(Point::innerStep).max().orElseThrow();
        long width = Math.ceilDiv(points.getLast().step(), POINTS);
        ToLongFunction<Point> binned = p -> Math.ceilDiv(p.step(), width) * width;
        curve(chart, "before adaptation", means(p -> p.innerStep() == 0, binned, y), BEFORE);
        if (last > 0) {
            curve(chart, "after " + last + " inner steps", means(p -> p.innerStep() == last, binned, y), AFTER);
        }
        return chart;
    }

    private XYChart overAdaptation(String quantity, ToDoubleFunction<Point> y) {
        XYChart chart = chart(quantity, "inner step");
        long steps = points.getLast().step();
        long tenth = Math.ceilDiv(steps, TENTH);
        curve(chart, "first tenth of training", means(p -> p.step() <= tenth, Point::innerStep, y), BEFORE);
        curve(chart, "last tenth of training", means(p -> p.step() > steps - tenth, Point::innerStep, y), AFTER);
        return chart;
    }

    /** Means of what is finite, by x. */
    private SortedMap<Long, Double> means(Predicate<Point> of, ToLongFunction<Point> x, ToDoubleFunction<Point> y) {
        SortedMap<Long, double[]> sums = new TreeMap<>();
        points.stream()
                .filter(of)
                .filter(p -> Double.isFinite(y.applyAsDouble(p)))
                .forEach(p -> {
                    double[] sum = sums.computeIfAbsent(x.applyAsLong(p), k -> new double[2]);
                    sum[0] += y.applyAsDouble(p);
                    sum[1]++;
                });
        SortedMap<Long, Double> means = new TreeMap<>();
        sums.forEach((at, sum) -> means.put(at, sum[0] / sum[1]));
        return means;
    }

    private static XYChart chart(String title, String along) {
        XYChart chart = new XYChartBuilder()
                .width(560)
                .height(380)
                .title(title)
                .xAxisTitle(along)
                .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static void share(XYChart chart) {
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
    }

    private static void curve(XYChart chart, String name, Map<Long, Double> values, Color color) {
        if (values.isEmpty()) {
            return; // nothing of it is finite
        }
        XYSeries series = chart.addSeries(
                name,
                values.keySet().stream().mapToDouble(Long::doubleValue).toArray(),
                values.values().stream().mapToDouble(Double::doubleValue).toArray());
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setMarker(values.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    }
}
