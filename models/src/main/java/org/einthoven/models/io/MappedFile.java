package org.einthoven.models.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.einthoven.tensor.FormatException;

/** A whole file, mapped read-only. Opening costs no memory; a slice is checked against the size that the file had then. */
final class MappedFile implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;

    private MappedFile(Path path, Arena arena, MemorySegment bytes) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
    }

    static MappedFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new FormatException(
                    path.toString(), FormatException.WHOLE_FILE, "file", "is a directory; name a file in it");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw unreadable(path, e);
        }
    }

    static FormatException unreadable(Path path, IOException e) {
        String why =
                switch (e) {
                    case NoSuchFileException _ -> "does not exist; check the path";
                    case AccessDeniedException _ -> "may not be read; check its permissions";
                    default -> "cannot be read: " + e.getMessage();
                };
        return new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", why, e);
    }

    Path path() {
        return path;
    }

    String name() {
        return path.toString();
    }

    long size() {
        return bytes.byteSize();
    }

    /** Bytes {@code offset} to {@code offset + length}; {@code field} is what they are, for the error. */
    MemorySegment slice(long offset, long length, String field) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw bad(
                    Math.max(0, offset),
                    field,
                    "needs " + Long.toUnsignedString(length) + " bytes, but the file ends at byte " + size()
                            + "; it is truncated or not what it claims to be");
        }
        return bytes.asSlice(offset, length);
    }

    InputStream stream(long offset, long length, String field) {
        MemorySegment part = slice(offset, length, field);
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                return at == length ? -1 : reading(() -> part.get(ValueLayout.JAVA_BYTE, at++) & 0xff);
            }

            @Override
            public int read(byte[] into, int from, int count) {
                int n = (int) Math.min(count, length - at);
                if (n == 0) {
                    return count == 0 ? 0 : -1;
                }
                reading(() -> {
                    MemorySegment.copy(part, ValueLayout.JAVA_BYTE, at, into, from, n);
                    return n;
                });
                at += n;
                return n;
            }
        };
    }

    /** Runs a read of mapped memory. A file that was cut short since it was opened faults here, not in the caller. */
    <T> T reading(Supplier<T> read) {
        try {
            return read.get();
        } catch (InternalError e) {
            throw new FormatException(
                    name(),
                    FormatException.WHOLE_FILE,
                    "file",
                    "became shorter than the " + size() + " bytes it had when it was opened; open it again",
                    e);
        }
    }

    FormatException bad(long offset, String field, String problem) {
        return new FormatException(name(), offset, field, problem);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
