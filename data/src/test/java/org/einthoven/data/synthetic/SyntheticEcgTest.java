package org.einthoven.data.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Preprocess;
import org.einthoven.data.ecg.Quality;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticEcgTest {
    private static final SyntheticEcg TEXTBOOK = SyntheticEcg.standard(Difficulty.TEXTBOOK);

    private static EcgRecord ecg(Set<Finding> findings, long seed) {
        return TEXTBOOK.record("x", "p", Rng.of(seed), findings, Rng.of(seed + 1000));
    }

    private static EcgRecord normal(long seed) {
        return ecg(EnumSet.noneOf(Finding.class), seed);
    }

    @ParameterizedTest
    @EnumSource(Finding.class)
    void einthovensLawHoldsWhateverIsShown(Finding finding) {
        float[][] x = ecg(EnumSet.of(finding), 5).samples();
        for (int t = 0; t < 2500; t++) {
            assertEquals(x[1][t], x[0][t] + x[2][t], 2e-6, "II = I + III");
            assertEquals(x[3][t], -(x[0][t] + x[1][t]) / 2, 2e-6, "aVR = -(I + II) / 2");
            assertEquals(x[4][t], (x[0][t] - x[2][t]) / 2, 2e-6, "aVL = (I - III) / 2");
            assertEquals(x[5][t], (x[1][t] + x[2][t]) / 2, 2e-6, "aVF = (II + III) / 2");
        }
    }

    @Test
    void aNormalEcgLooksNormal() {
        for (long seed = 0; seed < 20; seed++) {
            EcgRecord record = normal(seed);
            assertEquals(List.of(), Quality.of(record).warnings());
            float[][] x = record.samples();
            assertTrue(max(x[1]) > 0.6 && max(x[1]) < 2.5, "R in II: " + max(x[1]));
            assertTrue(-min(x[6]) > max(x[6]), "V1 goes down");
            assertTrue(max(x[10]) > 2 * -min(x[10]), "V5 goes up");
            assertTrue(max(x[3]) < -min(x[3]), "aVR goes down");
            assertEquals(12 * 2500, Preprocess.standard().apply(record).size());
        }
    }

    /**
     * Every finding changes the waveform, and by more than two recordings of one patient differ. Those that only move
     * waves or beats in time, or take a small one away, have a test of their own.
     */
    @ParameterizedTest
    @EnumSource(
            value = Finding.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "SINUS_ARRHYTHMIA",
                "GRADUAL_SLOWING",
                "PAIRED_BEATS",
                "FIRST_DEGREE_BLOCK",
                "SHORT_PR",
                "ABSENT_P",
                "LONG_QT"
            })
    void everyFindingShows(Finding finding) {
        double changed = 0;
        double usual = 0;
        for (long seed = 0; seed < 4; seed++) {
            EcgRecord without = normal(seed);
            EcgRecord with = ecg(EnumSet.of(finding), seed);
            EcgRecord again = TEXTBOOK.record("x", "p", Rng.of(seed), Set.of(), Rng.of(seed + 5000));
            changed += distance(spread(without), spread(with));
            usual += distance(spread(without), spread(again));
        }
        assertTrue(changed > 1.5 * usual, finding + ": " + changed + " against " + usual);
    }

    /** Quantiles of every lead and of its differences: what a recording looks like, whenever its beats come. */
    private static double[] spread(EcgRecord record) {
        double[] features = new double[12 * 3 * 9];
        for (int lead = 0; lead < 12; lead++) {
            float[] x = record.samples()[lead];
            int at = 0;
            for (int gap : new int[] {0, 2, 12}) {
                double[] d = new double[x.length - gap];
                for (int t = 0; t < d.length; t++) {
                    d[t] = gap == 0 ? x[t] : x[t + gap] - x[t];
                }
                Arrays.sort(d);
                for (double q : new double[] {0.002, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.998}) {
                    features[lead * 27 + at++] = d[(int) (q * (d.length - 1))];
                }
            }
        }
        return features;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @Test
    void someTextbookFacts() {
        for (long seed = 0; seed < 10; seed++) {
            float[][] healthy = normal(seed).samples();
            assertTrue(max(ecg(Set.of(Finding.LEFT_HYPERTROPHY), seed).samples()[10]) > 1.3 * max(healthy[10]));
            assertTrue(max(ecg(Set.of(Finding.LOW_VOLTAGE), seed).samples()[1]) < 0.75 * max(healthy[1]));
            float[][] swapped = ecg(Set.of(Finding.SWAPPED_ARMS), seed).samples();
            assertTrue(-min(swapped[0]) > max(swapped[0]), "lead I upside down");
            float[][] right = ecg(Set.of(Finding.RIGHT_BUNDLE_BLOCK), seed).samples();
            assertTrue(max(right[6]) > max(healthy[6]) + 0.2, "R' in V1");
            float[][] leftAxis = ecg(Set.of(Finding.LEFT_AXIS), seed).samples();
            assertTrue(-min(leftAxis[5]) > max(leftAxis[5]), "aVF goes down in left axis deviation");
            int usual = beats(healthy[1]);
            assertTrue(beats(ecg(Set.of(Finding.FAST_RATE), seed).samples()[1]) >= 9, "above 108 per minute");
            assertTrue(beats(ecg(Set.of(Finding.SLOW_RATE), seed).samples()[1]) <= 5, "below 60 per minute");
            assertTrue(usual >= 4 && usual <= 8, "beats in 5 s: " + usual);
        }
    }

    @Test
    void someTechnicalFacts() {
        for (long seed = 0; seed < 10; seed++) {
            float[][] healthy = normal(seed).samples();
            float[][] doubled = ecg(Set.of(Finding.DOUBLED_GAIN), seed).samples();
            float[][] reversed = ecg(Set.of(Finding.REVERSED_POLARITY), seed).samples();
            float[][] mirrored = ecg(Set.of(Finding.DEXTROCARDIA), seed).samples();
            for (int lead = 0; lead < 12; lead++) {
                assertEquals(2 * max(healthy[lead]), max(doubled[lead]), 1e-5, "twice as large");
                assertEquals(min(healthy[lead]), -max(reversed[lead]), 1e-5, "upside down");
            }
            assertTrue(-min(mirrored[0]) > max(mirrored[0]), "lead I upside down");
            float[][] flat = ecg(Set.of(Finding.FLAT_CHEST_LEADS), seed).samples();
            int silent = 0;
            for (int lead = 6; lead < 12; lead++) {
                silent += max(flat[lead]) - min(flat[lead]) < 1e-6 ? 1 : 0;
            }
            assertEquals(4, silent, "flat chest leads");
            float[][] clipped = ecg(Set.of(Finding.CLIPPED_PEAKS), seed).samples();
            assertTrue(max(clipped[10]) < 0.8 * max(healthy[10]), "V5 is cut off");
            float[] dropped = ecg(Set.of(Finding.SIGNAL_DROPOUTS), seed).samples()[1];
            int zeros = 0;
            for (float v : dropped) {
                zeros += v == 0 ? 1 : 0;
            }
            assertTrue(zeros >= 3 * 250, "three gaps of 250 samples: " + zeros);
        }
    }

    @Test
    void intervalsAreLonger() {
        for (long seed = 0; seed < 10; seed++) {
            float[] healthy = averageBeat(normal(seed).samples()[1]);
            float[] blocked =
                    averageBeat(ecg(Set.of(Finding.FIRST_DEGREE_BLOCK), seed).samples()[1]);
            int earlier = peak(healthy, -170, -40) - peak(blocked, -190, -40);
            assertTrue(earlier > 40, "the P wave comes " + 2 * earlier + " ms earlier");
            float[] late = averageBeat(ecg(Set.of(Finding.LONG_QT), seed).samples()[1]);
            int later = peak(late, 60, 290) - peak(healthy, 60, 290);
            assertTrue(later > 40, "the T wave comes " + 2 * later + " ms later");
        }
    }

    @Test
    void theWaveOfTheAtriaComesCloseOrNotAtAll() {
        for (long seed = 0; seed < 10; seed++) {
            float[] healthy = averageBeat(normal(seed).samples()[1]);
            float[] close = averageBeat(ecg(Set.of(Finding.SHORT_PR), seed).samples()[1]);
            int later = peak(close, -110, -25) - peak(healthy, -110, -25);
            assertTrue(later > 20, "the P wave comes " + 2 * later + " ms later");
            float[] absent = averageBeat(ecg(Set.of(Finding.ABSENT_P), seed).samples()[1]);
            int p = peak(healthy, -110, -40);
            float height = healthy[200 + p] - healthy[200 + p - 40];
            float left = absent[200 + p] - absent[200 + p - 40];
            assertTrue(left < 0.4 * height, "P wave: " + left + " of " + height);
        }
    }

    @Test
    void beatsComeUnevenlyOrLaterAndLater() {
        int slower = 0;
        for (long seed = 0; seed < 10; seed++) {
            int[] uneven = intervals(ecg(Set.of(Finding.SINUS_ARRHYTHMIA), seed).samples()[1]);
            int[] even = intervals(normal(seed).samples()[1]);
            assertTrue(largest(even) < 1.25 * smallest(even), "even: " + Arrays.toString(even));
            assertTrue(largest(uneven) > 1.35 * smallest(uneven), "uneven: " + Arrays.toString(uneven));
            int[] slowing = intervals(ecg(Set.of(Finding.GRADUAL_SLOWING), seed).samples()[1]);
            slower += slowing[slowing.length - 1] > 1.5 * slowing[0] ? 1 : 0;
        }
        assertEquals(10, slower, "the last interval is longer than the first");
    }

    @Test
    void beatsComeInPairs() {
        for (long seed = 0; seed < 10; seed++) {
            int[] paired = intervals(ecg(Set.of(Finding.PAIRED_BEATS), seed).samples()[1]);
            assertTrue(paired.length >= 3, "intervals: " + paired.length);
            for (int i = 2; i < paired.length; i++) {
                assertEquals(paired[i - 2], paired[i], 0.15 * paired[i], "by turns: " + Arrays.toString(paired));
            }
            assertTrue(largest(paired) > 1.5 * smallest(paired), "long and short: " + Arrays.toString(paired));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Finding.class,
            names = {
                "VENTRICULAR_TACHYCARDIA",
                "BIDIRECTIONAL_TACHYCARDIA",
                "TORSADES",
                "VENTRICULAR_FIBRILLATION",
                "ASYSTOLE"
            })
    void theVentriclesLeaveTheUsualRhythmInTheMiddle(Finding finding) {
        for (long seed = 0; seed < 10; seed++) {
            float[] x = ecg(Set.of(finding), seed).samples()[1];
            double usual = roughness(x, 0, 1100);
            double later = roughness(x, 1700, 2500);
            if (finding == Finding.ASYSTOLE) {
                assertTrue(later < 0.2 * usual, "no beats: " + later + " after " + usual);
            } else {
                assertTrue(later > 1.2 * usual, "never at rest: " + later + " after " + usual);
            }
            assertTrue(beats(Arrays.copyOf(x, 1100)) >= 2, "the usual rhythm at first");
        }
    }

    /** How far x moves within 40 ms, mean. */
    private static double roughness(float[] x, int from, int to) {
        return IntStream.range(from, to - 20)
                .mapToDouble(t -> Math.abs(x[t + 20] - x[t]))
                .average()
                .orElseThrow();
    }

    @Test
    void someFactsAboutTheShapeOfBeats() {
        for (long seed = 0; seed < 10; seed++) {
            float[][] healthy = normal(seed).samples();
            float[][] katzWachtel = ecg(Set.of(Finding.KATZ_WACHTEL), seed).samples();
            assertTrue(max(katzWachtel[8]) > max(healthy[8]) + 0.4, "R in V3");
            assertTrue(min(katzWachtel[8]) < min(healthy[8]) - 0.4, "S in V3");
            float[][] s1q3t3 = ecg(Set.of(Finding.S1Q3T3_PATTERN), seed).samples();
            assertTrue(min(s1q3t3[0]) < min(healthy[0]) - 0.25, "S in I");
            assertTrue(min(s1q3t3[2]) < min(healthy[2]) - 0.25, "Q and T in III");
            float[][] terminal = ecg(Set.of(Finding.TERMINAL_R), seed).samples();
            assertTrue(max(terminal[3]) > max(healthy[3]) + 0.3, "R' in aVR");
            assertTrue(max(terminal[6]) > max(healthy[6]) + 0.2, "R' in V1");
            float[] waning = ecg(Set.of(Finding.WANING_COMPLEXES), seed).samples()[10];
            float first = max(Arrays.copyOfRange(waning, 0, 750));
            float last = max(Arrays.copyOfRange(waning, 1750, 2500));
            assertTrue(first > 2 * last, "smaller and smaller: " + first + " to " + last);
        }
    }

    @Test
    void someFactsAboutTheTWave() {
        for (long seed = 0; seed < 10; seed++) {
            float[] healthy = averageBeat(normal(seed).samples()[1]);
            int at = peak(healthy, 60, 290);
            float rest = healthy[200 + at - 75];
            float[] biphasic = averageBeat(ecg(Set.of(Finding.BIPHASIC_T), seed).samples()[1]);
            assertTrue(biphasic[200 + at - 20] > rest && biphasic[200 + at + 24] < rest, "up, then down");
            float[] notched = averageBeat(ecg(Set.of(Finding.NOTCHED_T), seed).samples()[1]);
            float dip = notched[200 + at];
            assertTrue(dip < notched[200 + at - 27] && dip < notched[200 + at + 27], "a dip between two peaks");
            float[] broad = averageBeat(ecg(Set.of(Finding.BROAD_T), seed).samples()[1]);
            assertTrue(broad[200 + at - 50] > healthy[200 + at - 50] && broad[200 + at] > healthy[200 + at], "broad");
            float[] even = heightsOfT(normal(seed).samples()[1], at);
            float[] byTurns = heightsOfT(ecg(Set.of(Finding.T_ALTERNANS), seed).samples()[1], at);
            assertTrue(max(even) - min(even) < 0.5 * max(even), "all alike: " + Arrays.toString(even));
            assertTrue(max(byTurns) - min(byTurns) > max(even), "by turns: " + Arrays.toString(byTurns));
            float[][] unbalanced = ecg(Set.of(Finding.T_IMBALANCE), seed).samples();
            assertTrue(max(unbalanced[6]) > 0.4, "T in V1: " + max(unbalanced[6]));
        }
    }

    /** The T wave of every beat, {@code at} samples behind its R wave, against the ST segment. */
    private static float[] heightsOfT(float[] x, int at) {
        List<Float> heights = new ArrayList<>();
        int last = -1000;
        for (int t = 1; t + at < x.length; t++) {
            if (x[t] > 0.6 * max(x) && x[t] >= x[t - 1] && x[t] > x[t + 1] && t - last > 125) {
                last = t;
                heights.add(x[t + at] - x[t + at - 70]);
            }
        }
        float[] array = new float[heights.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = heights.get(i);
        }
        return array;
    }

    private static int largest(int[] x) {
        return Arrays.stream(x).max().orElseThrow();
    }

    private static int smallest(int[] x) {
        return Arrays.stream(x).min().orElseThrow();
    }

    /** Samples from each R wave to the next. */
    private static int[] intervals(float[] x) {
        double threshold = 0.6 * max(x);
        List<Integer> at = new ArrayList<>();
        for (int t = 0; t < x.length; t++) {
            if (x[t] > threshold && (at.isEmpty() || t - at.getLast() > 100)) {
                at.add(t);
            }
        }
        return IntStream.range(1, at.size()).map(i -> at.get(i) - at.get(i - 1)).toArray();
    }

    /** The mean of x from 200 samples before its R waves to 300 after. */
    private static float[] averageBeat(float[] x) {
        float[] mean = new float[500];
        int last = -1000;
        for (int t = 1; t < x.length - 300; t++) {
            if (x[t] > 0.6 * max(x) && x[t] >= x[t - 1] && x[t] > x[t + 1] && t - last > 125) {
                last = t;
                for (int i = 0; t >= 200 && i < 500; i++) {
                    mean[i] += x[t - 200 + i];
                }
            }
        }
        return mean;
    }

    /** Where an average beat is largest between two offsets from its R wave. */
    private static int peak(float[] beat, int from, int to) {
        int at = from;
        for (int i = from; i < to; i++) {
            at = beat[200 + i] > beat[200 + at] ? i : at;
        }
        return at;
    }

    /** R waves: runs above 60 % of the largest value, at least 0.25 s apart. */
    private static int beats(float[] x) {
        int count = 0;
        int last = -1000;
        double threshold = 0.6 * max(x);
        for (int t = 0; t < x.length; t++) {
            if (x[t] > threshold) {
                count += t - last > 125 ? 1 : 0;
                last = t;
            }
        }
        return count;
    }

    private static float max(float[] x) {
        float m = x[0];
        for (float v : x) {
            m = Math.max(m, v);
        }
        return m;
    }

    private static float min(float[] x) {
        float m = x[0];
        for (float v : x) {
            m = Math.min(m, v);
        }
        return m;
    }

    @Test
    void impossiblePairsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ecg(Set.of(Finding.FAST_RATE, Finding.SLOW_RATE), 1));
        assertThrows(
                IllegalArgumentException.class, () -> ecg(Set.of(Finding.ATRIAL_FIBRILLATION, Finding.LARGE_P), 1));
        assertThrows(IllegalArgumentException.class, () -> ecg(Set.of(Finding.JUNCTIONAL_RHYTHM, Finding.SHORT_PR), 1));
        assertThrows(IllegalArgumentException.class, () -> ecg(Set.of(Finding.TORSADES, Finding.ASYSTOLE), 1));
        assertThrows(
                IllegalArgumentException.class, () -> ecg(Set.of(Finding.AV_DISSOCIATION, Finding.ATRIAL_FLUTTER), 1));
    }
}
