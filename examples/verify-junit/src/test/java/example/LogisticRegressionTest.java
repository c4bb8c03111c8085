package example;

import org.einthoven.autograd.check.GradCheck;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    static final LogisticRegression MODEL = new LogisticRegression(
            new double[][] {{0.2, 1.5}, {-1.1, 0.4}, {2.3, -0.7}, {0.9, 0.1}}, new int[] {1, 0, 1, 0});

    @Test
    void gradientIsRight() {
        GradCheck.of(MODEL::loss, MODEL::gradient).at(0.5, -0.3, 0.1).assertOk();
    }
}
