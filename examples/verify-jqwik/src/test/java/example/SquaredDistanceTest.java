package example;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.verify.BroadcastPair;
import org.einthoven.verify.Fill;
import org.einthoven.verify.Filled;
import org.einthoven.verify.Shaped;
import org.einthoven.verify.TensorDomain;
import org.einthoven.verify.TensorLaws;
import org.einthoven.verify.TensorRecipe;

@Domain(TensorDomain.class)
class SquaredDistanceTest {
    @Property
    void isSymmetric(@ForAll BroadcastPair pair) {
        Tensor a = pair.left().tensor();
        Tensor b = pair.right().tensor();
        TensorLaws.sameBits("d(b, a) against d(a, b)", SquaredDistance.of(a, b), SquaredDistance.of(b, a));
    }

    @Property
    void acceptsAnyStrides(@ForAll TensorRecipe a) {
        TensorLaws.anyStridesGiveTheSameBits(
                x -> SquaredDistance.of(x.get(0), x.get(1)),
                List.of(a.tensor(), a.tensor().mul(3)));
    }

    @Property(tries = 50)
    void gradientIsRightToSecondOrder(
            @ForAll @Shaped(maxRank = 2, maxAxis = 3) @Filled({Fill.NORMAL, Fill.COUNTING}) BroadcastPair pair) {
        GradCheck.standard(Rng.of(1))
                .check(
                        x -> SquaredDistance.of(x.get(0), x.get(1)),
                        List.of(pair.left().tensor(), pair.right().tensor()))
                .assertOk();
    }
}
