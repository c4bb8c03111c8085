package org.einthoven.models.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;

/**
 * A file of {@code torch.save}, in the zip layout of torch 1.6 and later or the legacy layout before it. The pickle inside is
 * read by an allow-list and runs nothing: objects of unknown classes stay inert, and a file with a name that could execute
 * something is refused. Tensors and plain values are named by their dotted path, such as {@code model.encoder.layer_norm.weight}
 * or {@code cfg.model.encoder_layers}; F16 and BF16 tensors that lie row-major in the file stay there.
 */
public final class TorchCheckpoint implements WeightFile {
    /** The first pickle of a legacy file: {@code torch.serialization.MAGIC_NUMBER}. */
    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    private static final long LEGACY_PROTOCOL = 1001;
    private static final long BUDGET_FREE = 10 << 20;
    private static final String DATA = "data.pkl";

    /** A tensor may have this many times the elements of its storage, as windows that overlap do, and some more. */
    private static final int MAX_OVERLAP = 4;

    private static final int OVERLAP_FREE = 1 << 16;

    /** Where the bytes of a storage are. */
    private interface Records {
        MemorySegment bytes(Pickled.StorageRef storage);

        long offset(Pickled.StorageRef storage);
    }

    private final MappedFile file;
    private final Records records;
    private final boolean bigEndian;
    private final TorchTree tree;
    private final List<String> foreignClasses;
    private final Map<String, MemorySegment> storages = new ConcurrentHashMap<>();

    private TorchCheckpoint(
            MappedFile file, Records records, boolean bigEndian, @Nullable Object root, TorchObjects objects) {
        this.file = file;
        this.records = records;
        this.bigEndian = bigEndian;
        this.tree = TorchTree.of(file, root);
        this.foreignClasses = objects.foreignNames();
    }

    public static TorchCheckpoint open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            boolean zip =
                    file.size() >= 2 && new Cursor(file.name(), file.slice(0, 2, "magic"), 0).i16("magic") == 0x4b50;
            return file.reading(() -> zip ? zip(file) : legacy(file));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long budget(MappedFile file) {
        return 3 * file.size() + BUDGET_FREE;
    }

    // ---------------------------------------------------------------- the two layouts

    private static TorchCheckpoint zip(MappedFile file) {
        ZipArchive zip = ZipArchive.open(file);
        List<ZipArchive.Entry> pickles = zip.entries().values().stream()
                .filter(e -> e.name().equals(DATA)
                        || e.name().endsWith("/" + DATA)
                                && e.name().indexOf('/') == e.name().length() - DATA.length() - 1)
                .toList();
        if (pickles.size() != 1) {
            throw file.bad(
                    FormatException.WHOLE_FILE,
                    DATA,
                    "the zip archive has " + pickles.size() + " of them; a torch checkpoint has one");
        }
        ZipArchive.Entry pickle = pickles.getFirst();
        String prefix = pickle.name().substring(0, pickle.name().length() - DATA.length());
        TorchObjects objects = new TorchObjects();
        Cursor in = new Cursor(file.name(), zip.bytes(pickle), pickle.offset());
        Object root = new Unpickler(in, objects, budget(file)).read();
        Records records = new Records() {
            private ZipArchive.Entry entry(Pickled.StorageRef s) {
                ZipArchive.Entry e = zip.entries().get(prefix + "data/" + s.key());
                if (e == null) {
                    throw file.bad(
                            FormatException.WHOLE_FILE,
                            "storage " + s.key(),
                            "the archive has no record \"" + prefix + "data/" + s.key() + "\"");
                }
                return e;
            }

            @Override
            public MemorySegment bytes(Pickled.StorageRef s) {
                return zip.bytes(entry(s));
            }

            @Override
            public long offset(Pickled.StorageRef s) {
                return entry(s).offset();
            }
        };
        return new TorchCheckpoint(file, records, isBigEndian(file, zip, prefix + "byteorder"), root, objects);
    }

    private static boolean isBigEndian(MappedFile file, ZipArchive zip, String record) {
        ZipArchive.Entry e = zip.entries().get(record);
        if (e == null) {
            return false;
        }
        String order = new Cursor(file.name(), zip.bytes(e), e.offset()).utf8(Math.min(e.size(), 16), record);
        return switch (order.strip()) {
            case "little" -> false;
            case "big" -> true;
            default -> throw file.bad(e.offset(), record, "\"" + order + "\" must be little or big");
        };
    }

    /** Pickles of magic number, version, system and object; the storage keys; then each storage's count and bytes. */
    private static TorchCheckpoint legacy(MappedFile file) {
        Cursor in = new Cursor(file.name(), file.slice(0, file.size(), "file"), 0);
        TorchObjects objects = new TorchObjects();
        if (!LEGACY_MAGIC.equals(unpickle(file, in, objects))) {
            throw file.bad(0, "magic number", "is not that of a torch checkpoint");
        }
        long at = in.offset();
        if (!(unpickle(file, in, objects) instanceof Long version) || version != LEGACY_PROTOCOL) {
            throw file.bad(at, "protocol version", "must be " + LEGACY_PROTOCOL);
        }
        boolean bigEndian =
                unpickle(file, in, objects) instanceof Map<?, ?> m && Boolean.FALSE.equals(m.get("little_endian"));
        Object root = unpickle(file, in, objects);
        at = in.offset();
        if (!(unpickle(file, in, objects) instanceof List<?> keys)) {
            throw file.bad(at, "storage keys", "must be a list");
        }
        record Place(long offset, long length) {}
        Map<String, Place> places = new HashMap<>();
        for (Object key : keys) {
            Pickled.StorageRef s = objects.storages().get(key);
            if (s == null || s.type() == null) {
                throw in.bad(
                        "storage " + key,
                        s == null ? "no tensor names it" : "its class " + s.className() + " is not known");
            }
            long count = in.count(s.type().bytes(), "size of storage " + key);
            if (count != s.total()) {
                throw in.bad("storage " + key, "has " + count + " elements, but its tensors say " + s.total());
            }
            Place place = new Place(in.offset(), count * s.type().bytes());
            places.put(s.key(), place);
            in.skip(place.length, "storage " + key);
        }
        Records records = new Records() {
            private Place place(Pickled.StorageRef s) {
                Place place = places.get(s.key());
                if (place == null) {
                    throw file.bad(FormatException.WHOLE_FILE, "storage " + s.key(), "is not in the file");
                }
                return place;
            }

            @Override
            public MemorySegment bytes(Pickled.StorageRef s) {
                return file.slice(place(s).offset, place(s).length, "storage " + s.key());
            }

            @Override
            public long offset(Pickled.StorageRef s) {
                return place(s).offset;
            }
        };
        return new TorchCheckpoint(file, records, bigEndian, root, objects);
    }

    private static @Nullable Object unpickle(MappedFile file, Cursor in, TorchObjects objects) {
        return new Unpickler(in, objects, budget(file)).read();
    }

    // ---------------------------------------------------------------- what it holds

    @Override
    public String format() {
        return "torch";
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public List<String> names() {
        return List.copyOf(tree.tensors().keySet());
    }

    @Override
    public boolean has(String name) {
        return tree.tensors().containsKey(name);
    }

    @Override
    public Entry entry(String name) {
        Pickled.TensorRef t = ref(name);
        ElementType type = t.type();
        if (type == null) {
            return new Entry(name, t.storage().className(), t.shape(), FormatException.WHOLE_FILE, 0);
        }
        long from = records.offset(t.storage()) + byteOffset(t, type);
        return new Entry(name, type.name(), t.shape(), from, type.bytes(t.shape()));
    }

    /** Plain values by dotted path; a list of plain values is one value, an object with state is its attributes. */
    @Override
    public Map<String, Object> metadata() {
        return tree.values();
    }

    /** Names of classes and functions that were met and left inert, sorted. */
    public List<String> foreignClasses() {
        return foreignClasses;
    }

    @Override
    public Tensor tensor(String name) {
        Pickled.TensorRef t = ref(name);
        Entry e = entry(name);
        ElementType type = t.type();
        if (type == null) {
            throw file.bad(
                    FormatException.WHOLE_FILE,
                    name,
                    "its elements are of the unknown kind " + t.storage().className()
                            + "; convert it to float32 in the checkpoint");
        }
        return file.reading(() -> {
            MemorySegment bytes = storages.computeIfAbsent(t.storage().key(), _ -> records.bytes(t.storage()));
            long total = Math.multiplyExact(t.storage().total(), (long) storageWidth(t, type));
            if (total > bytes.byteSize()) {
                throw file.bad(
                        e.offset(),
                        name,
                        "its storage " + t.storage().key() + " should have " + total + " bytes, but has "
                                + bytes.byteSize());
            }
            boolean inPlace = isRowMajor(t) && !(bigEndian && type.bytes() > 1);
            MemorySegment elements = inPlace
                    ? bytes.asSlice(byteOffset(t, type), type.bytes(t.shape()))
                    : gather(t, bytes.asSlice(byteOffset(t, type)), type, e);
            return type.decode(file, e, elements);
        });
    }

    @Override
    public void close() {
        file.close();
    }

    private Pickled.TensorRef ref(String name) {
        Pickled.TensorRef t = tree.tensors().get(name);
        if (t == null) {
            throw file.bad(
                    FormatException.WHOLE_FILE,
                    name,
                    "there is no such tensor among the " + tree.tensors().size() + " of this file");
        }
        return t;
    }

    // ---------------------------------------------------------------- strided views

    private static long byteOffset(Pickled.TensorRef t, ElementType type) {
        return t.storage().first() * storageWidth(t, type) + t.offset() * type.bytes();
    }

    /** Bytes of an element of the storage: those of the tensor's where the storage has no type of its own. */
    private static int storageWidth(Pickled.TensorRef t, ElementType type) {
        ElementType own = t.storage().type();
        return own == null ? type.bytes() : own.bytes();
    }

    private static boolean isRowMajor(Pickled.TensorRef t) {
        long expected = 1;
        for (int i = t.shape().rank() - 1; i >= 0; i--) {
            if (t.shape().dim(i) > 1 && t.strides()[i] != expected) {
                return false;
            }
            expected *= t.shape().dim(i);
        }
        return true;
    }

    /** The elements of a view in row-major, little-endian order. */
    private MemorySegment gather(Pickled.TensorRef t, MemorySegment from, ElementType type, Entry e) {
        int width = type.bytes();
        long n = t.shape().size();
        if (n > MAX_OVERLAP * t.storage().count() + OVERLAP_FREE) {
            throw file.bad(
                    e.offset(),
                    e.name(),
                    t.shape() + " has far more elements than the " + t.storage().count()
                            + " of its storage; save a copy instead of the expanded view");
        }
        MemorySegment to = Arena.ofAuto().allocate(Math.max(1, n * width)).asSlice(0, n * width);
        int rank = t.shape().rank();
        long[] index = new long[rank];
        long at = 0;
        for (long i = 0; i < n; i++) {
            for (int b = 0; b < width; b++) {
                byte value = from.get(ValueLayout.JAVA_BYTE, at * width + (bigEndian ? width - 1 - b : b));
                to.set(ValueLayout.JAVA_BYTE, i * width + b, value);
            }
            for (int axis = rank - 1; axis >= 0; axis--) {
                at += t.strides()[axis];
                if (++index[axis] < t.shape().dim(axis)) {
                    break;
                }
                at -= index[axis] * t.strides()[axis];
                index[axis] = 0;
            }
        }
        return to;
    }
}
