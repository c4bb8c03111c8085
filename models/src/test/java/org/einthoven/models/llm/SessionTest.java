package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
    private static Generator generator(String family) {
        Llama model = new Llama(family.equals("llama") ? LlamaTest.tiny(true) : FamiliesTest.tiny(family));
        Params weights = LlamaTest.lively(model.init(Rng.of(222)));
        return new Generator(model, weights, Set.of());
    }

    private static int[] joined(int[] prompt, List<Integer> ids, int... more) {
        return IntStream.concat(
                        IntStream.concat(IntStream.of(prompt), ids.stream().mapToInt(i -> i)), IntStream.of(more))
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma", "gemma2", "gemma3"})
    void readsOnlyWhatIsNewAndWritesTheSame(String family) {
        Generator alone = generator(family);
        Session session = new Session(alone);
        int[] prompt = {1, 5, 7, 3, 9, 4};
        Generation first = session.generate(prompt, 8, Sampler.greedy());
        assertEquals(6, first.prompt());
        assertEquals(alone.generate(prompt, 8, Sampler.greedy()).ids(), first.ids());

        int[] longer = joined(prompt, first.ids(), 2, 8);
        Generation second = session.generate(longer, 5, Sampler.greedy());
        assertEquals(3, second.prompt(), "the last token written was not read, and two are new");
        assertEquals(alone.generate(longer, 5, Sampler.greedy()).ids(), second.ids());

        int[] other = longer.clone();
        other[10] = other[10] == 6 ? 4 : 6;
        Generation third = session.generate(other, 5, Sampler.greedy());
        assertEquals(alone.generate(other, 5, Sampler.greedy()).ids(), third.ids());
        assertEquals(third.prompt(), other.length - 10);

        Generation again = session.generate(other, 5, Sampler.greedy());
        assertEquals(third.ids(), again.ids());
        assertEquals(1, again.prompt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2"})
    void goesBackToTheBeginningOfALongText(String family) {
        Generator alone = generator(family);
        Session session = new Session(alone);
        int[] prompt = IntStream.range(0, 90).map(i -> i * 5 % 11).toArray(); // a window has let go of the first
        session.generate(prompt, 5, Sampler.greedy());
        int[] shorter = Arrays.copyOf(prompt, 20);
        assertEquals(
                alone.generate(shorter, 5, Sampler.greedy()).ids(),
                session.generate(shorter, 5, Sampler.greedy()).ids());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma3"})
    void aPassThatFailsLeavesNothingHalfRead(String family) {
        Generator alone = generator(family);
        Session session = new Session(alone);
        int[] prompt = {1, 5, 7};
        assertThrows(
                IllegalStateException.class,
                () -> session.generate(prompt, 4, Sampler.greedy(), id -> {
                    throw new IllegalStateException("called off");
                }));
        assertThrows(TensorException.class, () -> session.generate(new int[0], 4, Sampler.greedy()));
        assertEquals(
                alone.generate(prompt, 4, Sampler.greedy()).ids(),
                session.generate(prompt, 4, Sampler.greedy()).ids());
    }
}
