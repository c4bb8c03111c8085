package org.einthoven.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CPU time of all threads of this process, to the nanosecond: what a computation cost, the garbage collector included,
 * however often others were given the core meanwhile. The one of the JDK counts in hundredths of a second.
 */
final class ProcessClock {
    /** CLOCK_PROCESS_CPUTIME_ID of Linux. */
    private static final int PROCESS = 2;

    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private static final MemorySegment TIME = Arena.global().allocate(JAVA_LONG, 2);

    private ProcessClock() {}

    /** Seconds of CPU time since the process began. For one caller at a time. */
    static double seconds() {
        int failed;
        try {
            failed = (int) CLOCK_GETTIME.invokeExact(PROCESS, TIME);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
        if (failed != 0) {
            throw new IllegalStateException("clock_gettime: there is no CPU time of processes here");
        }
        return TIME.getAtIndex(JAVA_LONG, 0) + 1e-9 * TIME.getAtIndex(JAVA_LONG, 1);
    }
}
