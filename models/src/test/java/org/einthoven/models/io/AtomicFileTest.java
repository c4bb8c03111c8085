package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aFailureOnTheWayLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        UncheckedIOException e = assertThrows(
                UncheckedIOException.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(new byte[1 << 17]);
                    throw new IOException("No space left on device");
                }));
        assertEquals("cannot write " + file + ": No space left on device", e.getMessage());
        assertEquals("old", Files.readString(file));
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of(file), all.toList());
        }
    }

    /** A rename would put a file in the place of /dev/null or a pipe. */
    @Test
    void whatIsThereAndIsNoFileStays() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        UncheckedIOException e =
                assertThrows(UncheckedIOException.class, () -> AtomicFile.write(other, out -> out.write(1)));
        assertTrue(e.getMessage().contains("is no file"), e.getMessage());
        assertTrue(Files.isDirectory(other));
    }

    @Test
    void aMissingFolderIsToldAsSuch() {
        Path file = folder.resolve("gone").resolve("x");
        UncheckedIOException e =
                assertThrows(UncheckedIOException.class, () -> AtomicFile.write(file, out -> out.write(1)));
        assertTrue(e.getMessage().startsWith("cannot write " + file + ": its folder "), e.getMessage());
    }
}
