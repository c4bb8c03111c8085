package example;

import java.util.List;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** log cosh x, a loss that is x^2/2 near 0 and |x| - log 2 far out, as an operation with a derivative of its own. */
public record LogCosh() implements Op.CustomOp {
    public static Tensor of(Tensor x) {
        return Dispatch.apply(new LogCosh(), x);
    }

    @Override
    public String name() {
        return "logCosh";
    }

    /** Without overflow: log cosh x = |x| + log(1 + e^(-2|x|)) - log 2. */
    @Override
    public Tensor forward(List<Tensor> x) {
        Tensor size = x.getFirst().abs();
        return size.add(size.mul(-2).softplus()).sub(Math.log(2));
    }

    /** d log cosh x = tanh x dx. */
    @Override
    public List<Tensor> vjp(Tensor cotangent, List<Tensor> x, Tensor y) {
        return List.of(cotangent.mul(x.getFirst().tanh()));
    }
}
