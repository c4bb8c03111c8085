package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AttentionMapper;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.fusion.PlainText;
import org.einthoven.models.fusion.QaText;
import org.einthoven.models.fusion.StrictForm;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Lora;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;

/**
 * From signal to answer: encoder, mapper and language model that fit together. What the user does not name is the embedded
 * model where that fits, and else drawn from the seed, which a warning says.
 */
final class ModelChain implements AutoCloseable {
    private static final int MISFITS_SHOWN = 2;

    private final Optional<EmbeddedModels> embedded;
    private final LoadedEncoder encoder;
    private final Llm llm;
    private final MapperCheckpoint mapper;
    private final EcgQaModel model;
    private final QaText text;
    private final List<String> warnings = new ArrayList<>();

    /** Any path may be null. */
    static ModelChain open(@Nullable Path llm, @Nullable Path encoder, @Nullable Path mapper, long seed)
            throws IOException {
        boolean wanted = llm == null || encoder == null && EmbeddedModels.present();
        Optional<EmbeddedModels> embedded = wanted ? Optional.of(EmbeddedModels.open()) : Optional.empty();
        try {
            return new ModelChain(embedded, llm, encoder, mapper, seed);
        } catch (RuntimeException e) {
            if (embedded.isPresent()) {
                embedded.get().close();
            }
            throw e;
        }
    }

    private ModelChain(
            Optional<EmbeddedModels> embedded,
            @Nullable Path llmPath,
            @Nullable Path encoderPath,
            @Nullable Path mapperPath,
            long seed) {
        this.embedded = embedded;
        this.llm = Llm.open(llmPath == null ? embedded.orElseThrow().llm() : llmPath);
        try {
            // The embedded model was taught on bare questions; others get a prompt that says what is wanted.
            this.text = llmPath == null
                    ? new PlainText(llm.requireTokenizer(), "", "")
                    : new PlainText(llm.requireTokenizer());
            this.encoder = encoderPath != null
                    ? LoadedEncoder.read(encoderPath)
                    : embedded.map(m -> LoadedEncoder.read(m.encoder())).orElseGet(() -> LoadedEncoder.drawn(seed));
            warnings.addAll(encoder.warnings());
            boolean allEmbedded = llmPath == null && encoderPath == null;
            Path file =
                    mapperPath == null && allEmbedded ? embedded.orElseThrow().mapper() : mapperPath;
            this.mapper = file == null
                    ? drawn(seed)
                    : fitting(file, llmPath == null ? "the embedded one" : llmPath.toString());
            this.model = new EcgQaModel(mapper.mapper(), FrozenLlm.of(llm), new StrictForm()).adaptedBy(mapper.theta());
        } catch (RuntimeException e) {
            llm.close();
            throw e;
        }
    }

    private MapperCheckpoint drawn(long seed) {
        warnings.add("the mapper is untrained: drawn from --seed " + seed
                + ", so the answer says nothing about this ECG; give a trained one with --mapper");
        AttentionMapper fresh =
                AttentionMapper.reference(encoder.width(), llm.config().width());
        return new MapperCheckpoint(fresh, fresh.init(Rng.of(seed).split("mapper")));
    }

    private MapperCheckpoint fitting(Path file, String modelName) {
        MapperCheckpoint m = MapperCheckpoint.load(file, llm.config().width());
        if (m.mapper().ecgWidth() != encoder.width()) {
            throw new Failure.BadInput(
                    file,
                    "this mapper reads ECG vectors of width " + m.mapper().ecgWidth() + ", but " + encoder.name()
                            + " makes vectors of width " + encoder.width()
                            + "; give the --encoder it was trained with");
        }
        List<String> misfits = Lora.misfits(llm.config(), m.adapters());
        if (!misfits.isEmpty()) {
            throw new Failure.BadInput(
                    file,
                    "this mapper learnt together with adapters of another language model than " + modelName + ": "
                            + String.join("; ", misfits.subList(0, Math.min(MISFITS_SHOWN, misfits.size())))
                            + "; give the --llm it was trained with");
        }
        return m;
    }

    LoadedEncoder encoder() {
        return encoder;
    }

    EcgQaModel model() {
        return model;
    }

    /** What the model reads beside its language model: the mapper's parameters. */
    Params theta() {
        return mapper.params();
    }

    QaText text() {
        return text;
    }

    List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() throws IOException {
        llm.close();
        if (embedded.isPresent()) {
            embedded.get().close();
        }
    }
}
