package org.einthoven.bench.llm;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.einthoven.tensor.Nullable;

/**
 * llama3.java (github.com/mukel/llama3.java), whose classes the process has on its class path: its own loop of generation, by
 * reflection, since its classes are not public. Its threads are those of the common pool, which the process is started with.
 */
final class Llama3Java implements Engine {
    private static final String PACKAGE = "com.llama4j.";

    /** Positions that it makes room for. */
    private static final int CONTEXT = 1024;

    /** As its own main does. */
    private static final int BATCH = Integer.getInteger("llama.BatchSize", 16);

    private final Class<?> llama = type("Llama");
    private final Object greedy = constant(type("Sampler"), "ARGMAX");
    private final Object model;

    Llama3Java(Path file) {
        Method load = method(type("ModelLoader"), "loadModel", Path.class, int.class, boolean.class);
        model = call(load, null, file, CONTEXT, true);
    }

    @Override
    public String describe() {
        return "run by Java " + Runtime.version() + " (its author advises GraalVM)";
    }

    @Override
    public Turn write(int[] prompt, int tokens) {
        return write(state(), prompt, tokens);
    }

    private Turn write(Object state, int[] prompt, int tokens) {
        Method generate = Stream.of(llama.getDeclaredMethods())
                .filter(m -> m.getName().equals("generateTokens"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this llama3.java has no Llama.generateTokens"));
        generate.setAccessible(true);
        long start = System.nanoTime();
        long[] first = {0};
        IntConsumer told = id -> first[0] = first[0] == 0 ? System.nanoTime() : first[0];
        List<Integer> ids = Arrays.stream(prompt).boxed().toList();
        call(generate, null, model, state, 0, ids, Set.of(), prompt.length + tokens - 1, greedy, false, told);
        return new Turn((first[0] - start) * 1e-9, (System.nanoTime() - first[0]) * 1e-9);
    }

    @Override
    public float[] logits(int[] prompt) {
        Object state = state();
        write(state, prompt, 1);
        Object logits = field(state, "logits");
        Method size = method(type("FloatTensor"), "size");
        Method at = method(type("FloatTensor"), "getFloat", long.class);
        float[] x = new float[((Number) call(size, logits)).intValue()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) call(at, logits, (long) i);
        }
        return x;
    }

    private Object state() {
        return call(method(llama, "createNewState", int.class), model, BATCH);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("llama3.java's class " + name + " is not on the class path", e);
        }
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        try {
            Method m = type.getDeclaredMethod(name, parameters);
            m.setAccessible(true);
            return m;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("this llama3.java has no " + type.getSimpleName() + "." + name, e);
        }
    }

    /** Null is whom a static method is called on. */
    private static Object call(Method m, @Nullable Object on, Object... arguments) {
        try {
            return m.invoke(on, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(m.getName(), e);
        }
    }

    private static Object constant(Class<?> type, String name) {
        try {
            var f = type.getDeclaredField(name);
            f.setAccessible(true);
            return f.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }

    private static Object field(Object of, String name) {
        try {
            var f = of.getClass().getDeclaredField(name);
            f.setAccessible(true);
            return f.get(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
