package org.einthoven.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.function.Executable;

/** Asserts that bad input ends in one clear line. */
public final class Refused {
    private Refused() {}

    /** {@code reading} must end in a FormatException of one line that contains every one of {@code words}. */
    @SuppressWarnings("exports")
    public static FormatException with(Executable reading, String... words) {
        FormatException e = assertThrows(FormatException.class, reading);
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "'" + word + "' is not in: " + e.getMessage());
        }
        return e;
    }
}
