package example;

import org.einthoven.autograd.check.GradCheck;
import org.junit.jupiter.api.Test;

/** Wrong on purpose: the bias, which is entry 2, has the sign of its gradient turned. */
class LogisticRegressionMistake {
    @Test
    void gradientIsRight() {
        GradCheck.of(LogisticRegressionTest.MODEL::loss, w -> {
                    double[] g = LogisticRegressionTest.MODEL.gradient(w);
                    g[2] = -g[2];
                    return g;
                })
                .at(0.5, -0.3, 0.1)
                .assertOk();
    }
}
