package org.einthoven.models.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.einthoven.tensor.DTypeException;
import org.einthoven.tensor.Tensor;

/**
 * Writes files that {@code torch.load} reads, {@code weights_only} included: the zip layout of torch 1.6 and later, a
 * protocol 2 pickle of dictionaries and tensors, each storage at a multiple of 64 bytes. Equal content gives equal bytes, and
 * the file appears whole or not at all.
 */
public final class TorchWriter {
    private static final String ROOT = "archive/";
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_HEADER = 30;
    private static final int EXTRA_HEADER = 4;

    /** The tag of torch's padding, "FB". */
    private static final int PADDING_TAG = 0x4246;

    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private TorchWriter() {}

    /**
     * Writes {@code {name: OrderedDict(path -> tensor)}}, as {@code torch.save({'mapper_net': net.state_dict()})} does.
     *
     * @throws DTypeException when a tensor is quantised, which torch does not have
     */
    public static void write(Path path, Map<String, Map<String, Tensor>> dictionaries) {
        List<Tensor> storages = new ArrayList<>();
        write(path, new Pickler(storages).root(dictionaries), storages);
    }

    /**
     * Writes {@code OrderedDict(path -> tensor)}, as {@code torch.save(net.state_dict())} does.
     *
     * @throws DTypeException when a tensor is quantised, which torch does not have
     */
    public static void writeState(Path path, Map<String, Tensor> tensors) {
        List<Tensor> storages = new ArrayList<>();
        write(path, new Pickler(storages).state(tensors), storages);
    }

    private static void write(Path path, byte[] pickle, List<Tensor> storages) {
        AtomicFile.write(path, out -> {
            Archive archive = new Archive(out);
            archive.store("data.pkl", to -> to.write(pickle));
            archive.store("byteorder", to -> to.write(ascii("little")));
            for (int i = 0; i < storages.size(); i++) {
                Tensor t = storages.get(i);
                archive.store("data/" + i, to -> new LittleEndian(to).elements(t));
            }
            archive.store("version", to -> to.write(ascii("3\n")));
            archive.finish();
        });
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** Stored zip entries whose content begins at a multiple of 64 bytes. */
    private static final class Archive {
        private final ZipOutputStream zip;
        private long position;

        Archive(OutputStream out) {
            this.zip = new ZipOutputStream(out);
        }

        /** The content is written twice: an entry that is not packed has its length and check sum in front. */
        void store(String name, AtomicFile.Content content) throws IOException {
            Measure measure = new Measure();
            content.writeTo(measure);
            ZipEntry entry = new ZipEntry(ROOT + name);
            entry.setMethod(ZipEntry.STORED);
            entry.setTimeLocal(NO_TIME);
            entry.setSize(measure.size);
            entry.setCompressedSize(measure.size);
            entry.setCrc(measure.crc.getValue());
            long unpadded = position + LOCAL_HEADER + entry.getName().length() + EXTRA_HEADER;
            int padding = (int) (-unpadded & ALIGNMENT - 1);
            entry.setExtra(padding(padding));
            zip.putNextEntry(entry);
            content.writeTo(zip);
            zip.closeEntry();
            position = unpadded + padding + measure.size;
        }

        void finish() throws IOException {
            zip.finish();
        }

        private static byte[] padding(int length) {
            byte[] extra = new byte[EXTRA_HEADER + length];
            extra[0] = (byte) PADDING_TAG;
            extra[1] = (byte) (PADDING_TAG >> 8);
            extra[2] = (byte) length;
            return extra;
        }
    }

    private static final class Measure extends OutputStream {
        private final CRC32 crc = new CRC32();
        private long size;

        @Override
        public void write(int b) {
            crc.update(b);
            size++;
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            crc.update(bytes, from, count);
            size += count;
        }
    }

    /** The few opcodes that dictionaries of tensors need. */
    private static final class Pickler {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final List<Tensor> storages;

        Pickler(List<Tensor> storages) {
            this.storages = storages;
        }

        byte[] root(Map<String, Map<String, Tensor>> dictionaries) {
            op(0x80);
            op(2);
            op('}');
            op('(');
            dictionaries.forEach((name, tensors) -> {
                string(name);
                dictionary(tensors);
            });
            op('u');
            op('.');
            return out.toByteArray();
        }

        byte[] state(Map<String, Tensor> tensors) {
            op(0x80);
            op(2);
            dictionary(tensors);
            op('.');
            return out.toByteArray();
        }

        private void dictionary(Map<String, Tensor> tensors) {
            orderedDict();
            op('(');
            tensors.forEach((path, tensor) -> {
                string(path);
                tensor(path, tensor);
            });
            op('u');
        }

        /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)}. */
        private void tensor(String path, Tensor t) {
            global("torch._utils", "_rebuild_tensor_v2");
            op('(');
            op('(');
            string("storage");
            global("torch", storageClass(path, t));
            string(Integer.toString(storages.size()));
            string("cpu");
            integer(t.size());
            op('t');
            op('Q');
            integer(0);
            int[] shape = t.shape().toArray();
            op('(');
            for (int d : shape) {
                integer(d);
            }
            op('t');
            op('(');
            for (long stride : rowMajor(shape)) {
                integer(stride);
            }
            op('t');
            op(0x89);
            orderedDict();
            op('t');
            op('R');
            storages.add(t);
        }

        private static long[] rowMajor(int[] shape) {
            long[] strides = new long[shape.length];
            long step = 1;
            for (int i = shape.length - 1; i >= 0; i--) {
                strides[i] = step;
                step *= Math.max(1, shape[i]);
            }
            return strides;
        }

        private static String storageClass(String path, Tensor t) {
            return switch (t.dtype()) {
                case F32 -> "FloatStorage";
                case F64 -> "DoubleStorage";
                case I32 -> "IntStorage";
                case BOOL -> "BoolStorage";
                case F16 -> "HalfStorage";
                case BF16 -> "BFloat16Storage";
                default ->
                    throw new DTypeException("torch: " + path + " is " + t.dtype()
                            + ", which torch does not have; cast it to F32 first");
            };
        }

        private void orderedDict() {
            global("collections", "OrderedDict");
            op(')');
            op('R');
        }

        private void global(String module, String name) {
            op('c');
            out.writeBytes(ascii(module + "\n" + name + "\n"));
        }

        private void string(String s) {
            byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
            op('X');
            littleEndian(utf8.length, 4);
            out.writeBytes(utf8);
        }

        private void integer(long x) {
            boolean small = x == (int) x;
            op(small ? 'J' : 0x8a);
            if (!small) {
                op(8);
            }
            littleEndian(x, small ? 4 : 8);
        }

        private void littleEndian(long x, int bytes) {
            for (int i = 0; i < bytes; i++) {
                out.write((int) (x >> 8 * i));
            }
        }

        private void op(int code) {
            out.write(code);
        }
    }
}
