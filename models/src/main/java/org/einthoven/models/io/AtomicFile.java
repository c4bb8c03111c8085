package org.einthoven.models.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes a file so that its name never stands for half of it: a temporary file beside it, forced to disk, renamed over the
 * old one, and the folder forced too. Whatever happens on the way, the old file stays and the temporary one goes.
 */
public final class AtomicFile {
    /** Writes the content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /** @throws UncheckedIOException when it cannot be written; the old file, if there was one, is untouched */
    public static void write(Path target, Content content) {
        try {
            if (Files.exists(target)
                    && !Files.isRegularFile(target)) { // such as /dev/null, which a rename would replace
                throw new FileSystemException(target.toString(), null, "is there and is no file; name another");
            }
            Path folder = Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file lies in a directory");
            Path temporary =
                    folder.resolve("." + target.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".tmp");
            try {
                try (FileChannel channel =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                    content.writeTo(out);
                    out.flush();
                    channel.force(true);
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            forceFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + reason(e), e);
        }
    }

    /** Many exceptions of the file system have the name of the file as their whole message. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "its folder takes no new files, or is not there; name another";
            case AccessDeniedException denied -> "access denied; check the permissions of its folder";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void forceFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name").startsWith("Windows")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
