package example;

import java.util.List;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.DifferentiableContract;

/** Wrong on purpose: the derivative is taken at the result in place of the operand. */
class LogCoshMistake implements DifferentiableContract {
    private record Wrong() implements Op.CustomOp {
        @Override
        public String name() {
            return "logCosh";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return new LogCosh().forward(x);
        }

        @Override
        public List<Tensor> vjp(Tensor cotangent, List<Tensor> x, Tensor y) {
            return List.of(cotangent.mul(y.tanh()));
        }
    }

    @Override
    public Tensor apply(List<Tensor> x) {
        return Dispatch.apply(new Wrong(), x.getFirst());
    }

    @Override
    public List<Tensor> at() {
        return List.of(Rng.of(1).normal64(2, 3));
    }
}
