package org.einthoven.cli;

import java.nio.file.Path;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Option;

/** A verb that works with one language model. */
abstract class LlmVerb extends Verb {
    @Option(
            names = "--llm",
            required = true,
            paramLabel = "PATH",
            description = "folder with config.json and *.safetensors, or one .gguf or .safetensors file")
    Path path;

    abstract Result result(Llm llm);

    @Override
    final Result result() {
        try (Llm llm = Llm.open(path)) {
            return result(llm);
        } catch (TensorException e) {
            throw new Failure.BadInput(path, e);
        }
    }
}
