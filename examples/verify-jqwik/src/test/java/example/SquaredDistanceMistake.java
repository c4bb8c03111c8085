package example;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.BroadcastPair;
import org.einthoven.verify.Fill;
import org.einthoven.verify.Filled;
import org.einthoven.verify.Shaped;
import org.einthoven.verify.TensorDomain;

/** Wrong on purpose: the rule forgets the minus sign of b, which shows wherever a is not b. */
@Domain(TensorDomain.class)
class SquaredDistanceMistake {
    private record Wrong() implements Op.CustomOp {
        @Override
        public String name() {
            return "squaredDistance";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return new SquaredDistance().forward(x);
        }

        @Override
        public List<Tensor> vjp(Tensor cotangent, List<Tensor> x, Tensor y) {
            Tensor g = cotangent.mul(x.get(0).sub(x.get(1))).mul(2);
            return List.of(g, g);
        }
    }

    @Property(tries = 50)
    void gradientIsRight(
            @ForAll @Shaped(maxRank = 2, maxAxis = 3) @Filled({Fill.COUNTING, Fill.NORMAL}) BroadcastPair pair) {
        GradCheck.standard(Rng.of(1))
                .firstOrder(
                        x -> Dispatch.apply(new Wrong(), x.get(0), x.get(1)),
                        List.of(pair.left().tensor(), pair.right().tensor()))
                .assertOk();
    }
}
