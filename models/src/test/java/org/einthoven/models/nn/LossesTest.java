package org.einthoven.models.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

class LossesTest {
    private static final Tensor LOGITS = Rng.of(1).normal64(3, 5);

    @Test
    void equalLogitsCostTheLogarithmOfTheVocabulary() {
        Tensor loss = Losses.crossEntropy(LOGITS.mul(0), Tensor.of(new int[] {0, 4, 2}, 3), Losses.IGNORE);
        assertEquals(Math.log(5), loss.item(), 1e-14);
    }

    @Test
    void labelsThatDoNotCountTakeNoPartInTheMeanAndHaveNoGradient() {
        Tensor some = Tensor.of(new int[] {1, Losses.IGNORE, 3}, 3);
        double first = Losses.crossEntropy(LOGITS.slice(0, 0, 1), Tensor.of(new int[] {1}, 1), Losses.IGNORE)
                .item();
        double third = Losses.crossEntropy(LOGITS.slice(0, 2, 3), Tensor.of(new int[] {3}, 1), Losses.IGNORE)
                .item();
        assertEquals(
                (first + third) / 2,
                Losses.crossEntropy(LOGITS, some, Losses.IGNORE).item(),
                1e-14);
        Tensor g = Grad.grad(x -> Losses.crossEntropy(x, some, Losses.IGNORE), LOGITS, GradMode.CONSTANT);
        assertArrayEquals(new double[5], g.select(0, 1).toDoubles());
        // softmax minus one-hot sums to 0
        assertEquals(0, g.select(0, 0).sum().item(), 1e-15);
        assertTrue(g.get(0, 1) < 0);
    }

    @Test
    void noLabelThatCountsIsNoLoss() {
        Tensor none = Tensor.full(DType.I32, Losses.IGNORE, 3);
        assertTrue(Double.isNaN(Losses.crossEntropy(LOGITS, none, Losses.IGNORE).item()));
    }

    @Test
    void labelsMustBeInTheVocabularyAndOfTheLogitsShape() {
        assertThrows(
                TensorException.class,
                () -> Losses.crossEntropy(LOGITS, Tensor.of(new int[] {0, 5, 0}, 3), Losses.IGNORE));
        assertThrows(
                TensorException.class,
                () -> Losses.crossEntropy(LOGITS, Tensor.of(new int[] {0, 1}, 2), Losses.IGNORE));
    }

    @Test
    void binaryCrossEntropyOfNoOpinionIsTheLogarithmOfTwo() {
        Tensor zero = LOGITS.mul(0);
        assertEquals(Math.log(2), Losses.binaryCrossEntropy(zero, zero).item(), 1e-15);
        assertEquals(Math.log(2), Losses.binaryCrossEntropy(zero, zero.add(1)).item(), 1e-15);
    }

    @Test
    void cosineSimilarityOfAVectorOfZerosIsZeroWithAFiniteGradient() {
        Tensor a = Tensor.of(new double[] {0, 0, 3, 4}, 2, 2);
        Tensor b = Tensor.of(new double[] {1, 0, 6, 8}, 2, 2);
        assertArrayEquals(
                new double[] {0, 1}, Losses.cosineSimilarity(a, b, 1e-8).toDoubles(), 1e-15);
        Tensor g = Grad.grad(x -> Losses.cosineSimilarity(x, b, 1e-8).sum(), a, GradMode.CONSTANT);
        for (double d : g.toDoubles()) {
            assertTrue(Double.isFinite(d), g.toString());
        }
    }
}
