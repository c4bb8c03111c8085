package org.einthoven.cli;

import java.nio.file.Path;
import org.einthoven.cli.demo.DemoModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the models that come with the command. */
@Command(
        name = "make-models",
        description =
                "makes the demo's models from nothing: language model, encoder, mappers; continues where it was stopped")
final class MakeModelsVerb extends Verb {
    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "where the models go; parts that are there are kept")
    Path out;

    @Option(names = "--lm-steps", paramLabel = "N", description = "training steps of the language model")
    int languageModel = DemoModels.Steps.FULL.languageModel();

    @Option(names = "--encoder-steps", paramLabel = "N", description = "pre-training steps of the encoder")
    int encoder = DemoModels.Steps.FULL.encoder();

    @Option(names = "--mapper-steps", paramLabel = "N", description = "meta-training steps of each mapper")
    int mapper = DemoModels.Steps.FULL.mapper();

    @Override
    Result result() throws Exception {
        DemoModels.make(out, new DemoModels.Steps(languageModel, encoder, mapper), Progress::say);
        return new Result()
                .put("out", out.toString())
                .put("files", DemoModels.files())
                .line("models in %s", out);
    }
}
