package org.einthoven.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.charset.StandardCharsets;

/**
 * The JVM prints a notice about its incubator module before any of our code runs. The launcher leads descriptor 2 through
 * a filter that drops it, and keeps the user's standard error, terminal or file, as another descriptor.
 */
final class StandardError {
    /** Set by the launcher: the number of the descriptor that is the user's standard error. */
    private static final String DESCRIPTOR = "einthoven.stderr";

    private StandardError() {}

    /** Makes {@link System#err} write to the user's standard error directly. The first thing that the command does. */
    static void restore() {
        int number = Integer.getInteger(DESCRIPTOR, 2);
        if (number == 2) {
            return;
        }
        try {
            Constructor<FileDescriptor> descriptor = FileDescriptor.class.getDeclaredConstructor(int.class);
            descriptor.setAccessible(true); // the launcher opens java.io to this module
            System.setErr(new PrintStream(
                    new FileOutputStream(descriptor.newInstance(number)), true, StandardCharsets.UTF_8));
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // System.err still reaches the user, through the filter.
        }
    }
}
