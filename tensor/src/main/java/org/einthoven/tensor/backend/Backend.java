package org.einthoven.tensor.backend;

import java.util.Optional;
import java.util.function.Supplier;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes.Signature;

/**
 * Computes ops. Operands have been checked and have any strides; the result is new, row-major, and untracked. The same
 * operands give the same bits, for any number of threads, cold code and hot.
 */
public interface Backend {
    String name();

    /** Whether this backend has a kernel for {@code op} on these operands; the dispatcher asks before it calls. */
    boolean supports(Op op, Tensor... inputs);

    /** Kernels for decoding one token without allocation, where this backend has them. */
    default Optional<DecodeKernels> decodeKernels() {
        return Optional.empty();
    }

    /** A step of Adam in one pass, where this backend has it. */
    default Optional<AdamKernel> adamKernel() {
        return Optional.empty();
    }

    /**
     * A new text of the model, resident where this backend computes, where it has such a place. Weights that are resident
     * already do not cross again while the text fits.
     */
    default Optional<ResidentDecoder> decoder(Supplier<ResidentDecoder.Model> model) {
        return Optional.empty();
    }

    /** What it did so far, in one line, where it keeps an account: what was moved, and what was computed where. Else empty. */
    default String account() {
        return "";
    }

    /**
     * Computes a little with made-up numbers, so that what every model needs most is compiled when the first one comes: for a
     * second thread of a program that has just started, while the first reads its files. Changes nothing but times.
     */
    default void rehearse() {}

    /** Computes {@code op}; {@code out} is its shape and type. */
    Tensor run(Op op, Signature out, Tensor... inputs);
}
