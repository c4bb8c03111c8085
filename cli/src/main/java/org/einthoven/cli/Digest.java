package org.einthoven.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/** SHA-256 of what a run was made from, so that nothing old is taken for something new. */
final class Digest {
    private static final int FIRST = 1 << 20;

    private final MessageDigest sha;

    Digest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Of the bytes of a file, as {@code sha256sum} prints it. */
    static String ofFile(Path file) {
        Digest digest = new Digest();
        try {
            digest.sha.update(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return digest.hex();
    }

    /** Of all files of a folder, by name, or of the one file that is named. */
    static String ofFolder(Path folder) throws IOException {
        Digest digest = new Digest();
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.of(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.add(file);
            }
        }
        return digest.hex();
    }

    /** Name, size and bytes of a file. Those beyond the first MiB stand for themselves: runs from before knew the first alone. */
    private void add(Path file) throws IOException {
        add(file.getFileName() + " " + Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            add(new String(in.readNBytes(FIRST), StandardCharsets.ISO_8859_1));
            byte[] block = new byte[FIRST];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                sha.update(block, 0, n);
            }
        }
    }

    Digest add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        sha.update(bytes);
        return this;
    }

    /** Shape and values of a floating tensor. */
    Digest add(Tensor t) {
        add(t.shape().toString());
        float[] x = t.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        for (float v : x) {
            if (!bytes.hasRemaining()) {
                sha.update(bytes.flip());
                bytes.clear();
            }
            bytes.putFloat(v);
        }
        sha.update(bytes.flip());
        return this;
    }

    Digest add(Params params) {
        params.forEach((path, t) -> add(path).add(t));
        return this;
    }

    /** In hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
