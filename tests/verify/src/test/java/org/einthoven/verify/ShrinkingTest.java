package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.domains.Domain;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Counter-examples end small and print in one line. */
class ShrinkingTest {
    @Domain(TensorDomain.class)
    static class Wrong {
        @Property(seed = "1", shrinking = ShrinkingMode.FULL)
        boolean noTensorHasThreeRows(@ForAll @Shaped(minRank = 1) TensorRecipe recipe) {
            return recipe.tensor().dim(0) < 3;
        }

        @Property(seed = "1", shrinking = ShrinkingMode.FULL)
        boolean nothingIsBackwards(@ForAll TensorRecipe recipe) {
            Tensor x = recipe.tensor();
            return x.rank() == 0 || x.layout().stride(-1) >= 0;
        }

        @Property(seed = "1", shrinking = ShrinkingMode.FULL)
        boolean shapesAreEqual(@ForAll BroadcastPair pair) {
            return pair.left().shape().equals(pair.right().shape());
        }
    }

    @Test
    void counterExamplesAreSmallAndTakeALine() {
        String printed = TestRun.of("jqwik", Wrong.class).printed();
        assertTrue(printed.contains("recipe: ONES 0 [3] ROW_MAJOR"), printed);
        assertTrue(printed.contains("recipe: ONES 0 [2] BACKWARDS"), printed);
        assertTrue(printed.contains("pair: ONES 0 [] ROW_MAJOR with ONES 0 [1] ROW_MAJOR"), printed);
    }
}
