package org.einthoven.meta;

import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AnswerForm;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.Rng;

/** A mapper and a random language model of one block, for tests that need any model at all. */
final class TinyModel {
    static final int VOCABULARY = 24;

    private TinyModel() {}

    static EcgQaModel of(int ecgWidth, AnswerForm form) {
        Llama llama = new Llama(new LlmConfig(
                VOCABULARY,
                16,
                24,
                1,
                2,
                2,
                8,
                1e-5,
                new LlmConfig.Rotary(10000, new RopeScaling.None(), false),
                64,
                false,
                OptionalInt.of(1),
                new TreeSet<>()));
        // Larger weights than training starts from, so that what is read depends on the prefix.
        Params weights = llama.init(Rng.of(5)).map(w -> w.rank() == 2 ? w.mul(15) : w);
        return new EcgQaModel(
                new AttentionMapper(ecgWidth, 16, 2, 2, AttentionMapper.ScoreScale.HEAD_WIDTH),
                new FrozenLlm(llama, weights),
                form);
    }
}
