package org.einthoven.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * OpenBLAS as it is installed, on one thread, through java.lang.foreign. Its library is looked for under its name and where
 * distributions put it; {@code -Deinthoven.openblas=FILE} names another.
 */
public final class OpenBlas implements Peer {
    private static final List<String> PLACES = List.of(
            "libopenblas.so.0",
            "libopenblas.so",
            "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0",
            "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0",
            "/usr/lib/x86_64-linux-gnu/openblas-serial/libopenblas.so.0",
            "/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0",
            "/usr/lib64/libopenblas.so.0",
            "/opt/homebrew/opt/openblas/lib/libopenblas.dylib");

    /** Of cblas.h. */
    private static final int ROW_MAJOR = 101;

    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private final SymbolLookup library;
    private final MethodHandle sgemm;
    private final MethodHandle dgemm;

    private OpenBlas(SymbolLookup library) {
        this.library = library;
        this.sgemm = gemm("cblas_sgemm", JAVA_FLOAT);
        this.dgemm = gemm("cblas_dgemm", JAVA_DOUBLE);
        call("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT), 1);
    }

    /** Empty when it is not installed. */
    static Optional<OpenBlas> find() {
        String given = System.getProperty("einthoven.openblas");
        for (String place : given == null ? PLACES : List.of(given)) {
            try {
                return Optional.of(new OpenBlas(SymbolLookup.libraryLookup(place, Arena.global())));
            } catch (IllegalArgumentException absent) {
                if (given != null) {
                    throw absent;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public String name() {
        return "openBlas";
    }

    @Override
    public String describe() {
        MemorySegment text = (MemorySegment) call("openblas_get_config", FunctionDescriptor.of(ADDRESS));
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    @Override
    public Optional<Entrant> enter(Work work) {
        return switch (work) {
            case Work.Sgemm w -> Optional.of(sgemm(w));
            case Work.Dgemm w -> Optional.of(dgemm(w));
            default -> Optional.empty();
        };
    }

    private Entrant sgemm(Work.Sgemm w) {
        MemorySegment a = Arena.ofAuto().allocateFrom(JAVA_FLOAT, w.a().toFloats());
        MemorySegment b = Arena.ofAuto().allocateFrom(JAVA_FLOAT, w.b().toFloats());
        MemorySegment c = Arena.ofAuto().allocate(JAVA_FLOAT, (long) w.m() * w.n());
        int transpose = w.frozen() ? TRANSPOSE : NO_TRANSPOSE;
        int ldb = w.frozen() ? w.k() : w.n();
        return Entrant.of(
                () -> {
                    try {
                        sgemm.invokeExact(
                                ROW_MAJOR,
                                NO_TRANSPOSE,
                                transpose,
                                w.m(),
                                w.n(),
                                w.k(),
                                1f,
                                a,
                                w.k(),
                                b,
                                ldb,
                                0f,
                                c,
                                w.n());
                        return c;
                    } catch (Throwable t) {
                        throw new IllegalStateException(t);
                    }
                },
                x -> x.toArray(JAVA_FLOAT));
    }

    private Entrant dgemm(Work.Dgemm w) {
        MemorySegment a = Arena.ofAuto()
                .allocateFrom(JAVA_DOUBLE, w.draw64("a", w.m(), w.k()).toDoubles());
        MemorySegment b = Arena.ofAuto()
                .allocateFrom(JAVA_DOUBLE, w.draw64("b", w.k(), w.n()).toDoubles());
        MemorySegment c = Arena.ofAuto().allocate(JAVA_DOUBLE, (long) w.m() * w.n());
        return Entrant.of(
                () -> {
                    try {
                        dgemm.invokeExact(
                                ROW_MAJOR,
                                NO_TRANSPOSE,
                                NO_TRANSPOSE,
                                w.m(),
                                w.n(),
                                w.k(),
                                1d,
                                a,
                                w.k(),
                                b,
                                w.n(),
                                0d,
                                c,
                                w.n());
                        return c;
                    } catch (Throwable t) {
                        throw new IllegalStateException(t);
                    }
                },
                x -> Floats.of(x.toArray(JAVA_DOUBLE)));
    }

    /** (order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc). */
    private MethodHandle gemm(String name, MemoryLayout number) {
        return handle(
                name,
                FunctionDescriptor.ofVoid(
                        JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, number, ADDRESS, JAVA_INT, ADDRESS,
                        JAVA_INT, number, ADDRESS, JAVA_INT));
    }

    private MethodHandle handle(String name, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), signature);
    }

    private Object call(String name, FunctionDescriptor signature, Object... arguments) {
        try {
            return handle(name, signature).invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new IllegalStateException(name, t);
        }
    }
}
