package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task11;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task12;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task14;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task15;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task2;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task4;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task6;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task7;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Emulates the class of this name: transfers and tasks, in order. */
public class TaskGraph {
    /** A kernel with its operands bound. */
    record Step(String id, Consumer<KernelContext> kernel, List<TornadoNativeArray> arrays) {}

    /** Arrays that another graph of the plan has left on the device. */
    record Consumed(String source, TornadoNativeArray array) {}

    /** Arrays that cross before or after the tasks. */
    record Transfer(int mode, TornadoNativeArray array) {}

    private final String name;
    private final List<Transfer> in = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Transfer> out = new ArrayList<>();
    private final List<TornadoNativeArray> persisted = new ArrayList<>();
    private final List<Consumed> consumed = new ArrayList<>();

    public TaskGraph(String name) {
        this.name = name;
    }

    public TaskGraph transferToDevice(int mode, Object... arrays) {
        for (Object a : arrays) {
            in.add(new Transfer(mode, (TornadoNativeArray) a));
        }
        return this;
    }

    public TaskGraph transferToHost(int mode, Object... arrays) {
        for (Object a : arrays) {
            out.add(new Transfer(mode, (TornadoNativeArray) a));
        }
        return this;
    }

    public TaskGraph persistOnDevice(Object... arrays) {
        for (Object a : arrays) {
            persisted.add((TornadoNativeArray) a);
        }
        return this;
    }

    public TaskGraph consumeFromDevice(String source, Object... arrays) {
        for (Object a : arrays) {
            consumed.add(new Consumed(source, (TornadoNativeArray) a));
        }
        return this;
    }

    public ImmutableTaskGraph snapshot() {
        return new ImmutableTaskGraph(
                name,
                List.copyOf(in),
                List.copyOf(steps),
                List.copyOf(out),
                List.copyOf(persisted),
                List.copyOf(consumed));
    }

    private TaskGraph step(String id, Consumer<KernelContext> kernel, Object... operands) {
        List<TornadoNativeArray> arrays = new ArrayList<>();
        for (Object o : operands) {
            if (o instanceof TornadoNativeArray a) {
                arrays.add(a);
            }
        }
        steps.add(new Step(id, kernel, List.copyOf(arrays)));
        return this;
    }

    /** Every work-item gets a context of its own in the place of the one that the host names. */
    @SuppressWarnings("unchecked")
    private static <T> T context(KernelContext c) {
        return (T) c;
    }

    public <T1, T2> TaskGraph task(String id, Task2<T1, T2> code, T1 a1, T2 a2) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2), a2);
    }

    public <T1, T2, T3> TaskGraph task(String id, Task3<T1, T2, T3> code, T1 a1, T2 a2, T3 a3) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3), a2, a3);
    }

    public <T1, T2, T3, T4> TaskGraph task(String id, Task4<T1, T2, T3, T4> code, T1 a1, T2 a2, T3 a3, T4 a4) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4), a2, a3, a4);
    }

    public <T1, T2, T3, T4, T5> TaskGraph task(
            String id, Task5<T1, T2, T3, T4, T5> code, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5), a2, a3, a4, a5);
    }

    public <T1, T2, T3, T4, T5, T6> TaskGraph task(
            String id, Task6<T1, T2, T3, T4, T5, T6> code, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6), a2, a3, a4, a5, a6);
    }

    public <T1, T2, T3, T4, T5, T6, T7> TaskGraph task(
            String id, Task7<T1, T2, T3, T4, T5, T6, T7> code, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7) {
        return step(id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7), a2, a3, a4, a5, a6, a7);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8> TaskGraph task(
            String id,
            Task8<T1, T2, T3, T4, T5, T6, T7, T8> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8) {
        return step(
                id, c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8), a2, a3, a4, a5, a6, a7, a8);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9> TaskGraph task(
            String id,
            Task9<T1, T2, T3, T4, T5, T6, T7, T8, T9> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> TaskGraph task(
            String id,
            Task10<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> TaskGraph task(
            String id,
            Task11<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10,
            T11 a11) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10, a11),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10,
                a11);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> TaskGraph task(
            String id,
            Task12<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10,
            T11 a11,
            T12 a12) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10,
                a11,
                a12);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> TaskGraph task(
            String id,
            Task13<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10,
            T11 a11,
            T12 a12,
            T13 a13) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10,
                a11,
                a12,
                a13);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> TaskGraph task(
            String id,
            Task14<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10,
            T11 a11,
            T12 a12,
            T13 a13,
            T14 a14) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10,
                a11,
                a12,
                a13,
                a14);
    }

    public <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> TaskGraph task(
            String id,
            Task15<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> code,
            T1 a1,
            T2 a2,
            T3 a3,
            T4 a4,
            T5 a5,
            T6 a6,
            T7 a7,
            T8 a8,
            T9 a9,
            T10 a10,
            T11 a11,
            T12 a12,
            T13 a13,
            T14 a14,
            T15 a15) {
        return step(
                id,
                c -> code.apply(TaskGraph.<T1>context(c), a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15),
                a2,
                a3,
                a4,
                a5,
                a6,
                a7,
                a8,
                a9,
                a10,
                a11,
                a12,
                a13,
                a14,
                a15);
    }
}
