package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is gained by keeping silent when unsure (El-Yaniv and Wiener, "On the foundations of noise-free selective
 * classification", JMLR 11, 2010): answers are given in order of confidence, the surest first.
 *
 * @param curve risk by coverage, from the surest answers to all
 * @param area under the curve, the mean risk over all shares of answers given (Geifman and El-Yaniv, arXiv 1705.08500)
 * @param best that area if every right answer were surer than every wrong one
 * @param brier mean squared distance of the confidence from 1 for a right answer, 0 for a wrong one
 * @param calibrationError |confidence - share right|, weighted over the bins
 * @param bins ten of equal width, those without answers left out
 */
public record Selective(
        List<Point> curve, double area, double best, double brier, double calibrationError, List<Bin> bins) {
    private static final int BINS = 10;

    /** An answer, how sure it was, and whether it was right. */
    public record Rated(double confidence, boolean right) {
        public Rated {
            if (!(0 <= confidence && confidence <= 1)) {
                throw new IllegalArgumentException("a confidence lies between 0 and 1, not at " + confidence);
            }
        }
    }

    /**
     * @param coverage share of the questions that are answered
     * @param risk share of these answers that is wrong
     * @param threshold the confidence of the least sure of them
     */
    public record Point(double coverage, double risk, double threshold) {}

    /** Answers of similar confidence: the mean of it, the share that is right, and how many there are. */
    public record Bin(double confidence, double right, int answers) {}

    /** Of the answers whose confidence is known; all NaN and empty when there is none. */
    public static Selective of(List<Rated> rated) {
        List<Rated> sure = rated.stream()
                .sorted(Comparator.comparingDouble(Rated::confidence).reversed())
                .toList();
        int n = sure.size();
        List<Point> curve = new ArrayList<>();
        double area = 0;
        double wrongBefore = 0;
        for (int from = 0; from < n; ) {
            int to = from;
            int wrong = 0;
            while (to < n && sure.get(to).confidence == sure.get(from).confidence) {
                wrong += sure.get(to++).right ? 0 : 1;
            }
            for (int k = from + 1; k <= to; k++) { // within a tie in any order: the expected one
                area += (wrongBefore + (double) wrong * (k - from) / (to - from)) / k;
            }
            wrongBefore += wrong;
            curve.add(new Point((double) to / n, wrongBefore / to, sure.get(from).confidence));
            from = to;
        }
        List<Bin> bins = bins(sure);
        return new Selective(
                List.copyOf(curve),
                area / n,
                best(n, (int) wrongBefore),
                sure.stream().mapToDouble(Selective::squared).average().orElse(Double.NaN),
                n == 0
                        ? Double.NaN
                        : bins.stream()
                                .mapToDouble(b -> Math.abs(b.confidence - b.right) * b.answers / n)
                                .sum(),
                bins);
    }

    /** As above, of answers that say how sure they are. */
    public static Selective ofAnswers(List<Answer> answers) {
        List<Rated> rated = new ArrayList<>();
        answers.forEach(a -> a.confidence().ifPresent(c -> rated.add(new Rated(c, a.isRight()))));
        return of(rated);
    }

    private static double squared(Rated r) {
        double d = (r.right ? 1 : 0) - r.confidence;
        return d * d;
    }

    private static double best(int n, int wrong) {
        double area = 0;
        for (int k = n - wrong + 1; k <= n; k++) {
            area += (k - (n - wrong)) / (double) k;
        }
        return area / n;
    }

    private static List<Bin> bins(List<Rated> rated) {
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            int bin = b;
            List<Rated> here = rated.stream()
                    .filter(r -> Math.min(BINS - 1, (int) (r.confidence * BINS)) == bin)
                    .toList();
            if (!here.isEmpty()) {
                bins.add(new Bin(
                        here.stream().mapToDouble(Rated::confidence).average().orElseThrow(),
                        here.stream()
                                .mapToDouble(r -> r.right ? 1 : 0)
                                .average()
                                .orElseThrow(),
                        here.size()));
            }
        }
        return List.copyOf(bins);
    }

    /** What is answered, and how wrongly, when everything less sure is left unanswered; empty-handed when nothing is. */
    public Point abstainingBelow(double confidence) {
        Point last = new Point(0, Double.NaN, confidence);
        for (Point p : curve) {
            if (p.threshold >= confidence) {
                last = p;
            }
        }
        return new Point(last.coverage, last.risk, confidence);
    }
}
