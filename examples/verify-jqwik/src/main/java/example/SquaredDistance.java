package example;

import java.util.List;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** (a - b)^2, element by element; a and b broadcast. What broadcast on the way forward is summed back without a word here. */
public record SquaredDistance() implements Op.CustomOp {
    public static Tensor of(Tensor a, Tensor b) {
        return Dispatch.apply(new SquaredDistance(), a, b);
    }

    @Override
    public String name() {
        return "squaredDistance";
    }

    @Override
    public Tensor forward(List<Tensor> x) {
        return x.get(0).sub(x.get(1)).square();
    }

    @Override
    public List<Tensor> vjp(Tensor cotangent, List<Tensor> x, Tensor y) {
        Tensor g = cotangent.mul(x.get(0).sub(x.get(1))).mul(2);
        return List.of(g, g.neg());
    }
}
