package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

@Domain(TensorDomain.class)
class TensorDomainTest {
    @Property(tries = 200)
    void aRecipeMakesTheSameTensorEachTimeWithTheLayoutItNames(@ForAll TensorRecipe recipe) {
        Tensor x = recipe.tensor();
        assertEquals(recipe.shape(), x.shape());
        TensorLaws.sameBits("again", x, recipe.tensor());
        TensorLaws.sameBits("laid out against row-major", recipe.fill().of(recipe.seed(), recipe.shape()), x);
        if (x.rank() > 0 && x.dim(0) > 1 && x.dim(-1) > 1) {
            int stride =
                    switch (recipe.strides()) {
                        case ROW_MAJOR, BACKWARDS, SPACED -> x.layout().stride(-1);
                        case COLUMN_MAJOR, COLUMN_MAJOR_SPACED -> x.layout().stride(0);
                    };
            int expected =
                    switch (recipe.strides()) {
                        case ROW_MAJOR, COLUMN_MAJOR -> 1;
                        case BACKWARDS -> -1;
                        case SPACED, COLUMN_MAJOR_SPACED -> 2;
                    };
            assertEquals(expected, stride);
        }
    }

    @Property(tries = 200)
    void annotationsNarrowWhatIsDrawn(
            @ForAll
                    @Shaped(minRank = 2, maxRank = 3, minAxis = 0, maxAxis = 2)
                    @Filled(Fill.POSITIVE)
                    @Laid(Strides.BACKWARDS)
                    TensorRecipe recipe,
            @ForAll @Shaped(maxRank = 1) Shape shape,
            @ForAll @Filled(Fill.TIES) Tensor ties) {
        assertTrue(recipe.shape().rank() == 2 || recipe.shape().rank() == 3);
        assertTrue(Arrays.stream(recipe.shape().toArray()).allMatch(n -> n <= 2));
        assertEquals(Strides.BACKWARDS, recipe.strides());
        assertTrue(Arrays.stream(recipe.tensor().toDoubles()).allMatch(v -> v > 0.3));
        assertTrue(shape.rank() <= 1);
        assertTrue(Arrays.stream(ties.toDoubles()).allMatch(v -> v == Math.rint(v) && Math.abs(v) <= 2));
    }

    @Property(tries = 300)
    void pairsBroadcast(@ForAll @Shaped(maxRank = 3, minAxis = 0) BroadcastPair pair) {
        Tensor a = pair.left().tensor();
        Tensor b = pair.right().tensor();
        Tensor sum = a.add(b);
        assertEquals(pair.shape(), sum.shape());
        assertArrayEquals(b.add(a).toDoubles(), sum.toDoubles());
    }
}
