package org.einthoven.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Memory that a repeated computation uses again, so that from its second run on it asks for no arrays: neither are they zeroed,
 * nor does the collector see them. What a computation returns leaves the workspace; everything else that an operation
 * resulted in is taken back when it ends.
 *
 * <pre>{@code
 * Workspace memory = new Workspace();                                       // beside the model, for one thread
 * for (Tensor signal : signals) {
 *     Tensor state = memory.compute(() -> encoder.apply(weights, signal));  // the same bits as without
 * }
 * }</pre>
 *
 * <p>A tensor that was taken back has no numbers any more, nor have its views: reading it is an error that says so. Tensors
 * that were there before, and those made of a caller's array, are never taken. A training step may be such a computation too: what a
 * recorded operation remembers lives until the end of it, and gradients must be asked for before. What is kept for later, such
 * as a table that is computed once, must be of an array of its own ({@link Tensor#of}) or be returned.
 *
 * <p>Within a long computation, {@link #stage} marks the parts whose intermediate results are of use to themselves alone, as a
 * transformer's layer: the next part then works in the same memory. Outside of a workspace it does nothing.
 *
 * <p>A workspace keeps what its last computation used, as long as it is reachable itself. Work that an operation hands to other
 * threads is part of it; operations that a computation starts on threads of its own are not, and allocate as ever.
 */
public final class Workspace {
    private static final ScopedValue<Frame> CURRENT = ScopedValue.newInstance();

    private final Shelves shelves = new Shelves();
    private final AtomicReference<Thread> user = new AtomicReference<>();

    /** The results of one computation, or of one stage of it, that will be taken back at its end. */
    static final class Frame {
        private final Workspace workspace;
        private final @Nullable Frame outer;
        private final List<Storage> held = new ArrayList<>();

        /** Arrays that kernels have taken and not yet made a result of; the youngest last. */
        private final List<Object> lent = new ArrayList<>();

        private Frame(Workspace workspace, @Nullable Frame outer) {
            this.workspace = workspace;
            this.outer = outer;
        }

        private void hold(Storage s) {
            s.holder = this;
            held.add(s);
        }

        /** Takes back at once what this frame holds. */
        private void release(Storage s) {
            if (s.holder == this) {
                held.remove(s);
                workspace.shelves.put(s.surrender());
            }
        }

        private Frame outermost() {
            return outer == null ? this : outer.outermost();
        }

        /** What a kernel takes and does not return is free for the next; what a failed one took is left to the collector. */
        private Tensor holding(Supplier<Tensor> kernel) {
            int before = lent.size();
            try {
                Tensor y = kernel.get();
                for (Object array : lent.subList(before, lent.size())) {
                    if (y.storage().memory() == array) {
                        hold(y.storage());
                    } else {
                        workspace.shelves.put(array);
                    }
                }
                return y;
            } finally {
                lent.subList(before, lent.size()).clear();
            }
        }

        private void end() {
            for (Storage s : held) {
                if (s.holder == this) {
                    workspace.shelves.put(s.surrender());
                }
            }
        }
    }

    // ---------------------------------------------------------------- for who computes

    /** Runs {@code body}, of which nothing is to leave. */
    public void run(Runnable body) {
        computeAll(() -> {
            body.run();
            return List.of();
        });
    }

    /**
     * The result of {@code body}.
     *
     * @throws TensorException when the result is tracked, since what it came from ends here, and when the workspace is in use
     */
    public Tensor compute(Supplier<Tensor> body) {
        return computeAll(() -> List.of(body.get())).getFirst();
    }

    /** As {@link #compute}, of several results. */
    public List<Tensor> computeAll(Supplier<List<Tensor>> body) {
        Thread me = Thread.currentThread();
        Thread other = user.compareAndExchange(null, me);
        if (other != null) {
            throw new TensorException(
                    "workspace: in use by " + other.getName()
                            + "; it serves one computation at a time, so give each thread one of its own and use stage(...) within");
        }
        Frame frame = new Frame(this, null);
        shelves.mark();
        try {
            List<Tensor> results = ScopedValue.where(CURRENT, frame).call(body::get);
            for (Tensor t : results) {
                if (t.isTracked()) {
                    throw new TensorException("workspace: a result of shape " + t.shape()
                            + " is tracked, but what it was computed from is taken back here; ask for its gradient within"
                            + " the computation, or return detach() of it");
                }
            }
            for (Tensor t : results) {
                if (t.storage().holder == frame) {
                    t.storage().holder = null;
                }
            }
            return results;
        } finally {
            frame.end();
            shelves.sweep();
            user.set(null);
        }
    }

    /**
     * The result of {@code body}, a part of a longer computation in a workspace: what else it resulted in is taken back at once,
     * but for what recorded operations remember. Outside of a workspace just {@code body}.
     */
    public static Tensor stage(Supplier<Tensor> body) {
        Frame outer = current();
        if (outer == null) {
            return body.get();
        }
        Frame frame = new Frame(outer.workspace, outer);
        try {
            Tensor result = ScopedValue.where(CURRENT, frame).call(body::get);
            if (result.storage().holder == frame) {
                outer.hold(result.storage());
            }
            return result;
        } finally {
            frame.end();
        }
    }

    /**
     * The result of parts that follow one another, each of them a {@link #stage}: what a part resulted in is taken back too when
     * the next one has read it. So a model of any number of layers works in the memory of two.
     *
     * @param first what the first part reads
     * @param body what a part makes of what it reads
     */
    public static <P> Tensor stages(Tensor first, List<P> parts, BiFunction<Tensor, P, Tensor> body) {
        Frame frame = current();
        Tensor x = first;
        Storage made = null; // by the part before
        for (P part : parts) {
            Tensor read = x;
            int held = frame == null ? 0 : frame.held.size();
            x = stage(() -> body.apply(read, part));
            if (frame == null || x.isTracked()) { // what is tracked remembers what it came from
                made = null;
                continue;
            }
            boolean fresh = frame.held.size() > held; // and not a view of what was there before
            if (made != null && made != x.storage()) {
                frame.release(made);
            }
            made = fresh ? x.storage() : null;
        }
        return x;
    }

    /** Bytes that are kept for the next computation. */
    public long bytes() {
        return shelves.bytes();
    }

    // ---------------------------------------------------------------- for kernels

    /** {@code n} floats of any content: from the workspace of the running computation, or new. */
    public static float[] floats(int n) {
        return recycled(DType.F32, n) instanceof float[] a ? a : lent(new float[n]);
    }

    /** As {@link #floats}, all 0. */
    public static float[] zeroedFloats(int n) {
        if (recycled(DType.F32, n) instanceof float[] a) {
            Arrays.fill(a, 0f);
            return a;
        }
        return lent(new float[n]);
    }

    /** As {@link #floats}. */
    public static double[] doubles(int n) {
        return recycled(DType.F64, n) instanceof double[] a ? a : lent(new double[n]);
    }

    /** As {@link #zeroedFloats}. */
    public static double[] zeroedDoubles(int n) {
        if (recycled(DType.F64, n) instanceof double[] a) {
            Arrays.fill(a, 0);
            return a;
        }
        return lent(new double[n]);
    }

    /** As {@link #floats}. */
    public static int[] ints(int n) {
        return recycled(DType.I32, n) instanceof int[] a ? a : lent(new int[n]);
    }

    /** As {@link #floats}. */
    public static boolean[] booleans(int n) {
        return recycled(DType.BOOL, n) instanceof boolean[] a ? a : lent(new boolean[n]);
    }

    private static @Nullable Object recycled(DType type, int n) {
        Frame frame = current();
        Object array = frame == null ? null : frame.workspace.shelves.take(type, n);
        return array == null ? null : lent(array);
    }

    private static <A> A lent(A array) {
        Frame frame = current();
        if (frame != null) {
            frame.lent.add(array);
        }
        return array;
    }

    private static @Nullable Frame current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    // ---------------------------------------------------------------- for the dispatcher

    /** Runs a kernel: its result is held by the running computation, and what else it took goes back. */
    static Tensor holding(Supplier<Tensor> kernel) {
        Frame frame = current();
        return frame == null ? kernel.get() : frame.holding(kernel);
    }

    /** A recorded operation remembers {@code t}: it lives until the end of the whole computation. */
    static void remember(Tensor t) {
        Frame holder = t.storage().holder;
        if (holder != null && holder.outer != null) {
            holder.outermost().hold(t.storage());
        }
    }

    static TensorException takenBack() {
        return new TensorException(
                "workspace: this tensor was computed in a workspace that has taken its memory back; return it"
                        + " from compute(...) or stage(...), or read it before they end");
    }
}
