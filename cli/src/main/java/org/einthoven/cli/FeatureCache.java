package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/**
 * ECG vectors on disk, so that a resumed run encodes nothing twice. The key of a vector is a digest of all that it depends on:
 * encoder and prepared signal. Vectors are appended one by one, each with a checksum; what a kill left half written is cut
 * off. One process at a time has it open, so runs can share a file.
 *
 * <pre>
 * magic (8 bytes), then for each vector: key (32 bytes), width (i32), width x f32, CRC-32C of these (i32); little-endian
 * </pre>
 */
final class FeatureCache implements AutoCloseable {
    private static final long MAGIC = 0x3154_4145_464E_4945L; // "EINFEAT1"
    private static final int KEY = 32;
    private static final int HEAD = KEY + Integer.BYTES;
    /** Floats of one ECG: its vector, or its steps end to end. */
    private static final int MAX_FLOATS = 1 << 22;

    private final FileChannel channel;
    private final Path file;
    private final Map<String, float[]> vectors = new HashMap<>();

    private FeatureCache(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /** @throws FormatException when the file is none of vectors; it is left as it is */
    static FeatureCache open(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() == null) {
                    Progress.say(file + ": another run is encoding ECGs into it; waiting for it to end");
                    channel.lock();
                }
                FeatureCache cache = new FeatureCache(channel, file);
                cache.read();
                return cache;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + file + ": " + e, e);
        }
    }

    private void read() throws IOException {
        if (channel.size() > 0) {
            ByteBuffer begin = next(Math.toIntExact(Math.min(Long.BYTES, channel.size())));
            if (!begins(begin)) {
                throw new FormatException(
                        file.toString(),
                        0,
                        "magic",
                        "is no file of ECG vectors, and would be written over; name another with --ecg_vectors");
            }
        }
        long good = channel.size() < Long.BYTES ? 0 : Long.BYTES;
        while (good > 0 && one()) {
            good = channel.position();
        }
        if (good < channel.size()) {
            Progress.say(
                    file + ": " + (channel.size() - good) + " bytes at its end are no whole vectors and are dropped");
        }
        channel.truncate(good).position(good);
        if (good == 0) {
            write(buffer(Long.BYTES).putLong(MAGIC));
        }
    }

    /** Whether these are the first bytes of such a file, all of them or what a kill left. */
    private static boolean begins(ByteBuffer begin) {
        return buffer(Long.BYTES).putLong(MAGIC).flip().limit(begin.limit()).equals(begin);
    }

    /** So many bytes from where the channel stands, or what there is. */
    private ByteBuffer next(int bytes) throws IOException {
        ByteBuffer next = buffer(bytes);
        while (next.hasRemaining() && channel.read(next) >= 0) {
            // until the end
        }
        return next.flip();
    }

    /** Takes one whole vector, if there is one. */
    private boolean one() throws IOException {
        ByteBuffer head = next(HEAD);
        if (head.remaining() < HEAD) {
            return false;
        }
        int width = head.getInt(KEY);
        long left = channel.size() - channel.position();
        if (width < 1 || width > MAX_FLOATS || left < (width + 1L) * Float.BYTES) {
            return false;
        }
        ByteBuffer body = next((width + 1) * Float.BYTES);
        float[] x = new float[width];
        body.asFloatBuffer().get(x);
        body.position(width * Float.BYTES);
        int sum = body.getInt();
        if (sum != checksum(head, body.flip().limit(width * Float.BYTES))) {
            return false;
        }
        byte[] key = new byte[KEY];
        head.get(0, key);
        vectors.put(HexFormat.of().formatHex(key), x);
        return true;
    }

    /** The vector [D], or its steps end to end, under a key of 32 bytes in hexadecimal digits. */
    Optional<Tensor> get(String key) {
        return Optional.ofNullable(vectors.get(key)).map(x -> Tensor.of(x.clone(), x.length));
    }

    void put(String key, Tensor vector) {
        float[] x = vector.toFloats();
        ByteBuffer out = buffer(HEAD + (x.length + 1) * Float.BYTES);
        out.put(HexFormat.of().parseHex(key)).putInt(x.length);
        for (float v : x) {
            out.putFloat(v);
        }
        out.putInt(checksum(out.duplicate().flip()));
        write(out);
        vectors.put(key, x);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int checksum(ByteBuffer... parts) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer part : parts) {
            crc.update(part);
        }
        return (int) crc.getValue();
    }

    private void write(ByteBuffer out) {
        try {
            for (ByteBuffer b = out.flip(); b.hasRemaining(); ) {
                channel.write(b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + file + ": " + e, e);
        }
    }
}
