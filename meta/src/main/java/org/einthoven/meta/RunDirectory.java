package org.einthoven.meta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;

/** The folder of one training run, held by one process at a time. */
public final class RunDirectory implements AutoCloseable {
    private static final String LOCK = "run.lock";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private RunDirectory(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the folder where there is none, locks it, and clears away what a killed process left half written.
     *
     * @throws FormatException when another process holds it
     * @throws UncheckedIOException when it cannot be made or written
     */
    public static RunDirectory open(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = tryLock(channel);
                if (lock == null) {
                    throw new FormatException(
                            path.toString(),
                            FormatException.WHOLE_FILE,
                            "run directory",
                            "another process is training here; wait for it to end, or choose another --out");
                }
                clear(path);
                return new RunDirectory(path, channel, lock);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + path + " as a run directory: " + e, e);
        }
    }

    /** Null when another process has it. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Temporary files of an interrupted write; their names begin with a dot and end in {@code .tmp}. */
    private static void clear(Path path) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(path, ".*.tmp")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Lets go of the lock; the lock file stays, since removing it would race with the next process. */
    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release " + path + ": " + e, e);
        }
    }
}
