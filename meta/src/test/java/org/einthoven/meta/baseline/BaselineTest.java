package org.einthoven.meta.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.MadeUpEpisodes;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BaselineTest {
    private static final int WIDTH = 12;

    @Test
    void readersOfTheVectorLearnWhatIsThere() {
        for (Baseline b : List.of(new RidgeRegression(), new Prototypes())) {
            assertTrue(accuracy(b, 2).value() > 0.8, b.name());
            Estimate nothing = accuracy(b, 0);
            assertEquals(0.5, nothing.value(), 0.04, b.name());
        }
    }

    @Test
    void theMajorityOfABalancedTaskIsUndecided() {
        Estimate e = accuracy(new Majority(), 2);
        assertEquals(0.5, e.value());
        assertTrue(e.isAtChance(0.5));
    }

    /** The dual solution against the primal normal equations (Z^T Z / W + lambda I) w = Z^T y / sqrt W, solved by LU. */
    @Test
    void ridgeSolvesItsNormalEquations() {
        EncodedEpisode e = new MadeUpEpisodes(WIDTH, 0.5, Rng.of(8)).episode(1, 3, 5);
        List<Prediction> got = new RidgeRegression().predict(e);
        Standardised s = new Standardised(e.support());
        for (int i = 0; i < e.query().size(); i++) {
            EncodedEpisode.Item q = e.query().get(i);
            List<EncodedEpisode.Item> examples = e.support().stream()
                    .filter(x -> x.attribute().equals(q.attribute()))
                    .toList();
            double f = primal(examples.stream().map(s::of).toList(), examples, s.of(q));
            assertEquals(Math.clamp((1 + f) / 2, 0.01, 0.99), got.get(i).probabilityYes(), 1e-9);
        }
    }

    private static double primal(List<double[]> xs, List<EncodedEpisode.Item> examples, double[] at) {
        int n = xs.size();
        double[] mean = new double[WIDTH];
        xs.forEach(x -> Arrays.setAll(mean, j -> mean[j] + x[j] / n));
        double[][] z = new double[n][WIDTH];
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < WIDTH; j++) {
                z[i][j] = (xs.get(i)[j] - mean[j]) / Math.sqrt(WIDTH);
            }
            y[i] = examples.get(i).isYes() ? 1 : -1;
        }
        RealMatrix zm = new Array2DRowRealMatrix(z);
        RealMatrix normal = zm.transpose()
                .multiply(zm)
                .add(MatrixUtils.createRealIdentityMatrix(WIDTH).scalarMultiply(RidgeRegression.LAMBDA));
        double[] w = new LUDecomposition(normal)
                .getSolver()
                .solve(MatrixUtils.createRealVector(zm.preMultiply(y)))
                .toArray();
        double f = 0;
        for (int j = 0; j < WIDTH; j++) {
            f += w[j] * (at[j] - mean[j]) / Math.sqrt(WIDTH);
        }
        return f;
    }

    @Test
    void aConstantFeatureDoesNoHarm() {
        EncodedEpisode e = new MadeUpEpisodes(WIDTH, 0, Rng.of(3)).episode(0, 2, 3);
        Standardised s =
                new Standardised(List.of(e.support().getFirst(), e.support().getFirst()));
        for (double x : s.of(e.query().getFirst())) {
            assertTrue(x == 0, "a constant feature became " + x);
        }
    }

    /** The normal equations by hand, where one feature tells: z is y, so w = 1 / (1 + lambda) and f = w z. */
    @Test
    void theAbnormalScorerTellsAbnormalFromNormal() {
        List<Tensor> vectors = new ArrayList<>();
        List<Boolean> abnormal = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            boolean is = i % 4 != 0; // three abnormal ones for each normal one: both weigh half
            vectors.add(Tensor.of(new float[] {is ? 3 : 1, 7}, 2));
            abnormal.add(is);
        }
        AbnormalScorer scorer = AbnormalScorer.fit(vectors, abnormal);
        assertArrayEquals(new double[] {2, 7}, scorer.fitted().get("mean").toDoubles(), 1e-12);
        EncodedEpisode e = episode(vectors);
        double f = 1 / 1.1;
        for (int i = 0; i < 12; i++) {
            double want = Math.min(0.99, (1 + (abnormal.get(i) ? f : -f)) / 2);
            assertEquals(want, scorer.predict(e).get(i).probabilityYes(), 1e-12);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> AbnormalScorer.fit(vectors.subList(1, 4), List.of(true, true, true)));
    }

    private static EncodedEpisode episode(List<Tensor> vectors) {
        List<EncodedEpisode.Item> items = vectors.stream()
                .map(v -> new EncodedEpisode.Item("a", "a", "p", "e", v, new int[] {1}, new int[] {2}, "yes"))
                .toList();
        return new EncodedEpisode("episode", items, items);
    }

    private static Estimate accuracy(Baseline b, double strength) {
        MadeUpEpisodes episodes = new MadeUpEpisodes(WIDTH, strength, Rng.of(4));
        List<Prediction> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.addAll(b.predict(episodes.episode(i, 4, 5)));
        }
        return Estimate.accuracy(all, Rng.of(5));
    }
}
