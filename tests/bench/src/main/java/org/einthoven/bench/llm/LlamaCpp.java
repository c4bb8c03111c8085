package org.einthoven.bench.llm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * llama.cpp through its C interface (include/llama.h): a folder of its shared libraries, such as the one of a release, of which
 * it takes the CPU backend that suits the processor; or else the one library in the jar of de.kherud:llama.
 *
 * <p>Structures pass by value, and their later fields differ between versions. All are larger than two registers, so they lie
 * in memory, and a layout longer than the structure reads and writes the same: {@link #ROOM} is longer than any. Only the
 * first field of the context's parameters, its length, is set here; threads have a function of their own.
 */
final class LlamaCpp implements Engine {
    private static final MemoryLayout ROOM =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, JAVA_LONG).withName("fields"));

    private static final String IN_JAR = "/de/kherud/llama/Linux/x86_64/libjllama.so";
    private static final int CONTEXT = 1024;

    private final SymbolLookup library;
    private final Arena arena = Arena.global();
    private final String from;
    private final MethodHandle batchOf;
    private final MethodHandle decode;
    private final MethodHandle logitsAt;
    private final MemorySegment context;
    private final int vocabulary;

    LlamaCpp(Path file, int threads, Optional<Path> folder) {
        library = folder.map(this::inFolder).orElseGet(this::inJar);
        from = folder.map(f -> "of a folder").orElse("of de.kherud:llama");
        quiet();
        run("llama_backend_init", FunctionDescriptor.ofVoid());
        MemorySegment parameters = (MemorySegment) struct("llama_model_default_params", FunctionDescriptor.of(ROOM));
        MemorySegment model = (MemorySegment) run(
                "llama_model_load_from_file",
                FunctionDescriptor.of(ADDRESS, ADDRESS, ROOM),
                arena.allocateFrom(file.toString()),
                parameters);
        MemorySegment c = (MemorySegment) struct("llama_context_default_params", FunctionDescriptor.of(ROOM));
        c.set(JAVA_INT, 0, CONTEXT);
        context = (MemorySegment) run("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, ROOM), model, c);
        if (model.address() == 0 || context.address() == 0) {
            throw new IllegalStateException("llama.cpp does not open " + file);
        }
        run("llama_set_n_threads", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT), context, threads, threads);
        MemorySegment words =
                (MemorySegment) run("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS), model);
        vocabulary = (int) run("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS), words);
        batchOf = function("llama_batch_get_one", FunctionDescriptor.of(ROOM, ADDRESS, JAVA_INT));
        decode = function("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, ROOM));
        logitsAt = function("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    }

    private SymbolLookup inFolder(Path folder) {
        open(folder, "libggml-base.");
        SymbolLookup ggml = open(folder, "libggml.");
        SymbolLookup llama = open(folder, "libllama.");
        try {
            Linker.nativeLinker()
                    .downcallHandle(
                            ggml.findOrThrow("ggml_backend_load_all_from_path"), FunctionDescriptor.ofVoid(ADDRESS))
                    .invoke(arena.allocateFrom(folder.toString()));
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
        return llama;
    }

    private SymbolLookup open(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(folder + " has no " + prefix + "so"));
            return SymbolLookup.libraryLookup(file, arena);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private SymbolLookup inJar() {
        try (InputStream in = LlamaCpp.class.getResourceAsStream(IN_JAR)) {
            Path copy = Files.createTempFile("llama", ".so");
            copy.toFile().deleteOnExit();
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            return SymbolLookup.libraryLookup(copy, arena);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isInJar() {
        return LlamaCpp.class.getResource(IN_JAR) != null;
    }

    /** Nothing of what it would write to stderr. */
    private void quiet() {
        try {
            MethodHandle nothing = java.lang.invoke.MethodHandles.empty(java.lang.invoke.MethodType.methodType(
                    void.class, int.class, MemorySegment.class, MemorySegment.class));
            FunctionDescriptor log = FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS);
            MemorySegment callback = Linker.nativeLinker().upcallStub(nothing, log, arena);
            run("llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), callback, MemorySegment.NULL);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    private Object run(String name, FunctionDescriptor type, Object... arguments) {
        try {
            return function(name, type).invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new IllegalStateException(name, t);
        }
    }

    private Object struct(String name, FunctionDescriptor type) {
        return run(name, type, arena);
    }

    @Override
    public String describe() {
        MemorySegment text = (MemorySegment) run("llama_print_system_info", FunctionDescriptor.of(ADDRESS));
        String on = Stream.of(text.reinterpret(4096).getString(0).split("[|:]"))
                .map(String::strip)
                .filter(s -> s.endsWith("= 1"))
                .map(s -> s.replace(" = 1", ""))
                .reduce((a, b) -> a + " " + b)
                .orElse("nothing said");
        return from + ", " + on;
    }

    @Override
    public Turn write(int[] prompt, int tokens) {
        long start = System.nanoTime();
        forget();
        int id = likeliest(decode(prompt));
        long first = System.nanoTime();
        for (int i = 1; i < tokens; i++) {
            id = likeliest(decode(id));
        }
        return new Turn((first - start) * 1e-9, (System.nanoTime() - first) * 1e-9);
    }

    @Override
    public float[] logits(int[] prompt) {
        forget();
        return decode(prompt).toArray(JAVA_FLOAT);
    }

    /** Under the two names that this function had. */
    private void forget() {
        if (library.find("llama_memory_clear").isPresent()) {
            Object memory = run("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS), context);
            run("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN), memory, true);
        } else {
            run("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS), context);
        }
    }

    /** Logits [V] of the last token. */
    private MemorySegment decode(int... ids) {
        try (Arena a = Arena.ofConfined()) {
            MemorySegment batch = (MemorySegment)
                    batchOf.invoke((java.lang.foreign.SegmentAllocator) a, a.allocateFrom(JAVA_INT, ids), ids.length);
            int failed = (int) decode.invoke(context, batch);
            if (failed != 0) {
                throw new IllegalStateException("llama_decode: " + failed);
            }
            return ((MemorySegment) logitsAt.invoke(context, -1)).reinterpret(4L * vocabulary);
        } catch (Throwable t) {
            throw new IllegalStateException("llama_decode", t);
        }
    }

    private int likeliest(MemorySegment logits) {
        int best = 0;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            float x = logits.getAtIndex(JAVA_FLOAT, i);
            if (x > most) {
                most = x;
                best = i;
            }
        }
        return best;
    }
}
