package org.einthoven.gpu.emulator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.einthoven.gpu.kernel.Gemm;
import org.einthoven.gpu.kernel.Group;
import org.einthoven.gpu.kernel.SumsInALoop;
import org.einthoven.gpu.kernel.WeightGemm;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** The kernels themselves, broken in their byte code: each barrier taken out in turn, each index computed wrongly in turn. */
class KernelMutationTest {
    private static final String PACKAGE = Gemm.class.getPackageName();

    @Test
    void eachBarrierOfTheMatrixProductIsNeeded() {
        assertAllCaught(Gemm.class, "product", KernelMutationTest::isBarrier, KernelMutationTest::gemm, 2);
    }

    @Test
    void eachBarrierOfASumIsNeeded() {
        assertAllCaught(Group.class, "sum", KernelMutationTest::isBarrier, KernelMutationTest::sums, 3);
    }

    @Test
    void eachIndexOfTheMatrixProductIsNeeded() {
        assertAllCaught(Gemm.class, "product", KernelMutationTest::isIndexSum, KernelMutationTest::gemm, 40);
    }

    @Test
    void eachBarrierOfTheProductWithStoredWeightsIsNeeded() {
        assertAllCaught(WeightGemm.class, "f16", KernelMutationTest::isBarrier, KernelMutationTest::weightGemm, 2);
    }

    @Test
    void eachIndexOfTheProductWithStoredWeightsIsNeeded() {
        assertAllCaught(WeightGemm.class, "f16", KernelMutationTest::isIndexSum, KernelMutationTest::weightGemm, 30);
    }

    private interface Run {
        float[] with(Class<?> kernels) throws ReflectiveOperationException;
    }

    /** Breaks one place after the other; the result has to differ, or the emulator to find a fault. */
    private static void assertAllCaught(
            Class<?> broken, String method, Predicate<CodeElement> place, Run run, int atLeast) {
        float[] right = result(run, new Mutated(broken, method, place, -1));
        List<Integer> missed = new ArrayList<>();
        int n = 0;
        for (; ; n++) {
            Mutated loader = new Mutated(broken, method, place, n);
            float[] got = result(run, loader);
            if (!loader.found()) {
                break;
            }
            if (Arrays.equals(right, got)) {
                missed.add(n);
            }
        }
        assertTrue(n >= atLeast, "only " + n + " places to break");
        assertTrue(missed.isEmpty(), "of " + n + " broken kernels these were not noticed: " + missed);
    }

    /** What the kernel computes, or nothing when the emulator found a fault. */
    private static float[] result(Run run, Mutated loader) {
        try {
            return run.with(loader.loadClass(loader.entry));
        } catch (InvocationTargetException | EmulatorFault e) {
            return new float[0];
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isBarrier(CodeElement e) {
        return e instanceof InvokeInstruction i && i.name().equalsString("localBarrier");
    }

    /** Sums and products of integers: all of them are indices. */
    private static boolean isIndexSum(CodeElement e) {
        return e instanceof OperatorInstruction o && (o.opcode() == Opcode.IADD || o.opcode() == Opcode.IMUL);
    }

    /** Odd sizes over several tiles, with a bias, so that each index matters. */
    private static float[] gemm(Class<?> kernels) throws ReflectiveOperationException {
        FloatArray a = device(Rng.of(1).normal(2 * 66 * 19).toFloats());
        FloatArray b = device(Rng.of(2).normal(2 * 19 * 67).toFloats());
        FloatArray bias = device(Rng.of(3).normal(67).toFloats());
        FloatArray y = device(new float[2 * 66 * 67]);
        float[] all = new float[0];
        for (int form = 0; form < 2; form++) {
            IntArray shape = device(new int[] {66, 67, 19, form, form, 66 * 19, 19 * 67, 0});
            Method m = kernels.getMethod(
                    "product",
                    KernelContext.class,
                    FloatArray.class,
                    FloatArray.class,
                    FloatArray.class,
                    FloatArray.class,
                    IntArray.class);
            launch(
                    new long[] {2 * Gemm.ITEMS, 2 * Gemm.ITEMS, 2},
                    new long[] {Gemm.ITEMS, Gemm.ITEMS, 1},
                    c -> m.invoke(null, c, a, b, bias, y, shape),
                    a,
                    b,
                    bias,
                    y);
            all = joined(all, host(y));
        }
        return all;
    }

    /** Odd sizes over several tiles, added to what is there, forward and transposed. */
    private static float[] weightGemm(Class<?> kernels) throws ReflectiveOperationException {
        int rows = 66;
        int inputs = 65;
        int outputs = 67;
        ShortArray w = device(halves(Rng.of(1).normal(outputs * inputs).toFloats()));
        FloatArray x = device(Rng.of(2).normal(rows * inputs).toFloats());
        FloatArray y = device(Rng.of(3).normal(rows * outputs).toFloats());
        FloatArray back = device(new float[rows * inputs]);
        IntArray call = device(new int[] {0, rows});
        Method m = kernels.getMethod(
                "f16",
                KernelContext.class,
                ShortArray.class,
                FloatArray.class,
                FloatArray.class,
                IntArray.class,
                IntArray.class);
        long[] grid = {2 * Gemm.ITEMS, 2 * Gemm.ITEMS, 1};
        long[] group = {Gemm.ITEMS, Gemm.ITEMS, 1};
        IntArray forward = device(new int[] {inputs, outputs, 1, 0});
        launch(grid, group, c -> m.invoke(null, c, w, x, y, call, forward), x, y);
        IntArray transposed = device(new int[] {inputs, outputs, 0, 1});
        launch(grid, group, c -> m.invoke(null, c, w, y, back, call, transposed), y, back);
        return joined(host(y), host(back));
    }

    /** Sums one after the other through the same local memory. */
    private static float[] sums(Class<?> kernels) throws ReflectiveOperationException {
        FloatArray x = device(Rng.of(1).normal(3 * Group.ITEMS).toFloats());
        FloatArray y = device(new float[2 * Group.ITEMS]);
        Method m = kernels.getMethod("rounds", KernelContext.class, FloatArray.class, FloatArray.class);
        launch(new long[] {128, 1, 1}, new long[] {64, 1, 1}, c -> m.invoke(null, c, x, y), x, y);
        return host(y);
    }

    private interface Body {
        void run(KernelContext c) throws ReflectiveOperationException;
    }

    private static void launch(long[] global, long[] local, Body body, FloatArray... arrays) {
        for (FloatArray a : arrays) {
            a.forgetTouches();
        }
        Launch.run("mutated", global, local, c -> {
            try {
                body.run(c);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof EmulatorFault f ? f : new EmulatorFault(String.valueOf(e.getCause()));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static FloatArray device(float[] values) {
        FloatArray a = FloatArray.fromArray(values);
        a.bind(values.clone());
        a.forgetTouches();
        return a;
    }

    private static short[] halves(float[] values) {
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToFloat16(values[i]);
        }
        return bits;
    }

    private static ShortArray device(short[] values) {
        ShortArray a = ShortArray.fromArray(values);
        a.bind(values.clone());
        a.forgetTouches();
        return a;
    }

    private static IntArray device(int[] values) {
        IntArray a = IntArray.fromArray(values);
        a.bind(values.clone());
        a.forgetTouches();
        return a;
    }

    private static float[] host(FloatArray a) {
        Object memory = a.bound();
        return ((float[]) memory).clone();
    }

    private static float[] joined(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** Loads the kernels anew, one method broken at its n-th fitting instruction: a barrier dropped, + for - and * for +. */
    private static final class Mutated extends ClassLoader {
        private final String broken;
        private final String method;
        private final Predicate<CodeElement> place;
        private final int n;
        private final String entry;
        private int met;

        Mutated(Class<?> broken, String method, Predicate<CodeElement> place, int n) {
            super(KernelMutationTest.class.getClassLoader());
            this.broken = broken.getName();
            this.method = method;
            this.place = place;
            this.n = n;
            this.entry = broken == Group.class ? SumsInALoop.class.getName() : broken.getName();
        }

        boolean found() {
            return met > n;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE + ".")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] code = bytes(name);
            if (name.equals(broken)) {
                ClassModel model = ClassFile.of().parse(code);
                code = ClassFile.of()
                        .transformClass(model, ClassTransform.transformingMethodBodies(this::isMethod, breakIt()));
            }
            return defineClass(name, code, 0, code.length);
        }

        private boolean isMethod(MethodModel m) {
            return m.methodName().equalsString(method);
        }

        private CodeTransform breakIt() {
            return (builder, element) -> {
                if (!place.test(element) || met++ != n) {
                    builder.with(element);
                } else if (isBarrier(element)) {
                    builder.pop(); // the context
                } else if (element instanceof Instruction i && i.opcode() == Opcode.IADD) {
                    builder.isub();
                } else {
                    builder.iadd();
                }
            };
        }

        private static byte[] bytes(String name) throws ClassNotFoundException {
            try (InputStream in =
                    KernelMutationTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
