package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Permuting axes moves every element to the permuted index, and the inverse permutation moves it back. */
class PermutationLawTest {
    @Property
    @Domain(TensorDomain.class)
    @Domain(DomainContext.Global.class)
    void elementsMoveToThePermutedIndexAndBack(@ForAll Tensor x, @ForAll long seed) {
        int[] axes = permutation(x.rank(), seed);
        Tensor y = x.permute(axes);

        for (int flat = 0; flat < x.size(); flat++) {
            int[] from = index(x, flat);
            int[] to = IntStream.of(axes).map(axis -> from[axis]).toArray();
            assertEquals(x.get(from), y.get(to));
        }
        Tensor back = y.permute(inverse(axes));
        assertEquals(x.shape(), back.shape());
        assertArrayEquals(x.toDoubles(), back.toDoubles());
    }

    private static int[] permutation(int rank, long seed) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(axes, Rng.of(seed).stream());
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] inverse(int[] axes) {
        int[] inverse = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            inverse[axes[i]] = i;
        }
        return inverse;
    }

    /** The index of the element at a position in row-major order. */
    private static int[] index(Tensor x, int flat) {
        int[] index = new int[x.rank()];
        for (int axis = x.rank() - 1, rest = flat; axis >= 0; axis--) {
            index[axis] = rest % x.dim(axis);
            rest /= x.dim(axis);
        }
        return index;
    }
}
