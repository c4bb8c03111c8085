package example;

import java.util.List;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.verify.DifferentiableContract;

class LogCoshTest implements DifferentiableContract {
    public Tensor apply(List<Tensor> x) {
        return LogCosh.of(x.getFirst());
    }

    public List<Tensor> at() {
        return List.of(Rng.of(1).normal64(2, 3));
    }

    public Tensor definition(List<Tensor> x) {
        Tensor e = x.getFirst().exp();
        return e.add(e.recip()).mul(0.5).log();
    }
}
