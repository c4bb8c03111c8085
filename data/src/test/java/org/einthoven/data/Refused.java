package org.einthoven.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.function.Executable;
import org.opentest4j.TestAbortedException;

/** Asserts that bad input ends in one clear line. */
public final class Refused {
    private Refused() {}

    /**
     * {@code reading} must end in a FormatException of one line that contains every one of {@code words}; a test that finds
     * its real data absent meanwhile is skipped.
     */
    @SuppressWarnings("exports")
    public static FormatException with(Executable reading, String... words) {
        Throwable thrown = assertThrows(Throwable.class, reading);
        if (thrown instanceof TestAbortedException skipped) {
            throw skipped;
        }
        FormatException e = assertThrows(FormatException.class, () -> {
            throw thrown;
        });
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "'" + word + "' is not in: " + e.getMessage());
        }
        return e;
    }
}
