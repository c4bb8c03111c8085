package org.einthoven.models.llm;

import java.util.function.Supplier;
import org.einthoven.tensor.TensorException;

/** Work that reads weights which are mapped from a file, as every pass through a model does. */
final class MappedReading {
    private MappedReading() {}

    /**
     * Does it.
     *
     * @throws TensorException when the file was cut short since it was opened, which the JVM tells as an error of its own
     */
    static <T> T of(Supplier<T> work) {
        try {
            return work.get();
        } catch (InternalError e) {
            if (!String.valueOf(e.getMessage()).contains("memory access")) {
                throw e;
            }
            TensorException cut =
                    new TensorException("the file of the weights became shorter since it was opened; open it again");
            cut.initCause(e);
            throw cut;
        }
    }
}
