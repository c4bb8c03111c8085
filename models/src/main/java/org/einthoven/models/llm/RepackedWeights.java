package org.einthoven.models.llm;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * Matrices of a model a second time, as {@link Decoding#REPACKED} says. Nothing changes once they are made, so several threads
 * may decode with them.
 */
public final class RepackedWeights implements AutoCloseable {
    private final Arena arena;
    private final DecodeKernels kernels;
    private final int matrices;
    private final long bytes;
    private final List<String> asStored;

    private RepackedWeights(Arena arena, DecodeKernels kernels, int matrices, long bytes, List<String> asStored) {
        this.arena = arena;
        this.kernels = kernels;
        this.matrices = matrices;
        this.bytes = bytes;
        this.asStored = List.copyOf(asStored);
    }

    /**
     * @param file of the weights, for what is said
     * @throws FormatException when there is nothing to repack
     * @throws TensorException when the backend has no such kernels, and when memory is short
     */
    static RepackedWeights of(Llama model, Params weights, Path file) {
        DecodeKernels kernels = Backends.current()
                .decodeKernels()
                .orElseThrow(() -> new TensorException(
                        "repack: backend " + Backends.current().name()
                                + " has no kernels for repacked weights; take backend simd, or do not repack"));
        if (!TokenDecoder.takes(model, weights)) {
            throw nothing(file, "decodes through tensors, which read weights as they are stored");
        }
        Map<String, Tensor> taken = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        products(model.config()).forEach(name -> {
            Tensor w = weights.get(name);
            if (kernels.repacks(w)) {
                taken.put(name, w);
            } else {
                others.add(name + " " + w.dtype() + " " + w.shape());
            }
        });
        if (taken.isEmpty()) {
            throw nothing(file, "has no matrix in Q4_0 with a multiple of 32 rows, such as not " + others.getFirst());
        }
        long bytes = taken.values().stream()
                .mapToLong(w -> w.dtype().bytes(w.size()))
                .sum();
        Arena arena = Arena.ofShared();
        try {
            return new RepackedWeights(arena, kernels.repacked(taken.values(), arena), taken.size(), bytes, others);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new TensorException("repack: no room for " + bytes + " bytes beside the file's; start java with"
                    + " -XX:MaxDirectMemorySize of more (it is -Xmx where not set), or do not repack");
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Matrices that a token is multiplied with: all but a table of embeddings that is not the head too. */
    private static List<String> products(LlmConfig config) {
        return config.shapes().entrySet().stream()
                .filter(e -> e.getValue().rank() == 2)
                .map(Map.Entry::getKey)
                .filter(name -> config.tiedHead() || !name.equals(Llama.EMBEDDING))
                .toList();
    }

    private static FormatException nothing(Path file, String why) {
        return new FormatException(
                file.toString(),
                FormatException.WHOLE_FILE,
                "repack",
                why + "; open it without repacking, or quantize it to Q4_0");
    }

    /** Products with repacked matrices, all else as ever. */
    Optional<DecodeKernels> kernels() {
        return Optional.of(kernels);
    }

    /** How many there are. */
    public int matrices() {
        return matrices;
    }

    /** Memory that they take besides the file. */
    public long bytes() {
        return bytes;
    }

    /** Name, type and shape of each matrix that is read as it is stored, since it is not in Q4_0 or its rows are no multiple of 32. */
    public List<String> asStored() {
        return asStored;
    }

    /** Frees the memory; what decodes with it must have ended. */
    @Override
    public void close() {
        arena.close();
    }
}
