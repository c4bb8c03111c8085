package org.einthoven.models.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.einthoven.tensor.FormatException;

/**
 * The directory of a mapped zip file (PKWARE APPNOTE 6.3), zip64 included, read with suspicion: stored and deflated entries
 * only, no encryption, no name twice or outside the archive, local headers that agree with the directory, no overlap, and a
 * bound on what deflated entries may grow to. Stored entries are views of the mapped file. Check sums are not compared, as
 * torch may write none.
 */
final class ZipArchive {
    /** @param offset where the entry's bytes begin in the file */
    record Entry(String name, boolean deflated, long offset, long packed, long size) {}

    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    private static final int MAX_ENTRIES = 200_000;
    private static final long MAX_32 = 0xffffffffL;

    /** Deflated entries may hold this many times the file, and some more. */
    private static final int MAX_GROWTH = 3;

    private static final long GROWTH_FREE = 8 << 20;

    private final MappedFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private ZipArchive(MappedFile file) {
        this.file = file;
    }

    static ZipArchive open(MappedFile file) {
        ZipArchive zip = new ZipArchive(file);
        zip.readDirectory();
        return zip;
    }

    Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** The content of an entry, in native memory. */
    MemorySegment bytes(Entry e) {
        MemorySegment packed = file.slice(e.offset, e.packed, e.name);
        return e.deflated ? inflate(e, packed) : packed;
    }

    // ---------------------------------------------------------------- the directory

    private record Directory(long offset, long size, long count) {}

    private void readDirectory() {
        Directory d = directory(endRecord());
        if (d.count < 0 || d.count > MAX_ENTRIES || d.count > d.size / CENTRAL_BYTES) {
            throw file.bad(
                    Math.max(0, d.offset),
                    "zip directory",
                    Long.toUnsignedString(d.count) + " entries cannot be in " + Long.toUnsignedString(d.size)
                            + " bytes; at most " + MAX_ENTRIES + " are read");
        }
        Cursor c = cursor(d.offset, d.size, "zip directory");
        long unpacked = 0;
        for (long i = 0; i < d.count; i++) {
            Entry e = entry(c);
            if (entries.put(e.name, e) != null) {
                throw c.bad(e.name, "this zip entry occurs twice");
            }
            unpacked = Math.addExact(unpacked, e.deflated ? e.size : 0);
        }
        if (unpacked > MAX_GROWTH * file.size() + GROWTH_FREE) {
            throw file.bad(
                    d.offset,
                    "zip directory",
                    "the entries would grow to " + unpacked + " bytes from a file of " + file.size()
                            + "; this looks like a zip bomb");
        }
        disjoint(d.offset);
    }

    /** The end record is the last thing in the file but for a comment of up to 64 KB. */
    private long endRecord() {
        long last = file.size() - END_BYTES;
        for (long at = last; at >= 0 && at >= last - 0xffff; at--) {
            Cursor c = cursor(at, END_BYTES, "zip end record");
            if (c.i32("zip end record") == END) {
                c.skip(16, "zip end record");
                if ((c.i16("comment length") & 0xffff) == file.size() - at - END_BYTES) {
                    return at;
                }
            }
        }
        throw file.bad(
                Math.max(0, file.size() - END_BYTES),
                "zip end record",
                "is missing; the file is truncated or no zip archive");
    }

    private Directory directory(long end) {
        Cursor c = cursor(end, END_BYTES, "zip end record");
        c.skip(4, "signature");
        int disks = c.i16("disk number") | c.i16("directory disk");
        int here = c.i16("entries here") & 0xffff;
        int count = c.i16("entries") & 0xffff;
        long size = c.u32("directory size");
        long offset = c.u32("directory offset");
        boolean large = count == 0xffff || size == MAX_32 || offset == MAX_32;
        if (large && end >= 20 && cursor(end - 20, 20, "zip64 locator").i32("zip64 locator") == LOCATOR64) {
            return directory64(end - 20);
        }
        if (disks != 0 || here != count) {
            throw file.bad(end, "zip end record", "the archive is split over several disks, which is not read");
        }
        return new Directory(offset, size, count);
    }

    private Directory directory64(long locator) {
        Cursor l = cursor(locator, 20, "zip64 locator");
        l.skip(8, "zip64 locator");
        long at = l.i64("zip64 end record offset");
        Cursor c = cursor(at, 56, "zip64 end record");
        if (c.i32("zip64 end record") != END64) {
            throw file.bad(at, "zip64 end record", "is not where the locator says");
        }
        c.skip(28, "zip64 end record");
        long count = c.i64("zip64 entries");
        long size = c.i64("zip64 directory size");
        return new Directory(c.i64("zip64 directory offset"), size, count);
    }

    private Entry entry(Cursor c) {
        long at = c.offset();
        if (c.i32("zip entry") != CENTRAL) {
            throw file.bad(at, "zip entry", "does not begin with its signature; the directory is damaged");
        }
        c.skip(4, "versions");
        int flags = c.i16("flags");
        int method = c.i16("method");
        c.skip(8, "time and check sum");
        long packed = c.u32("packed size");
        long size = c.u32("size");
        int nameLength = c.i16("name length") & 0xffff;
        int extraLength = c.i16("extra length") & 0xffff;
        int commentLength = c.i16("comment length") & 0xffff;
        c.skip(8, "attributes");
        long header = c.u32("local header offset");
        String name = c.utf8(nameLength, "name");
        long extraEnd = c.position() + extraLength;
        long[] wide = {size, packed, header};
        while (c.position() + 4 <= extraEnd) {
            int tag = c.i16("extra field") & 0xffff;
            int length = c.i16("extra field") & 0xffff;
            long next = c.position() + length;
            for (int i = 0; tag == 1 && i < wide.length; i++) {
                wide[i] = wide[i] == MAX_32 && c.position() + 8 <= next ? c.i64("zip64 field") : wide[i];
            }
            c.skip(next - c.position(), "extra field");
        }
        c.skip(extraEnd - c.position() + commentLength, "comment");
        return checked(at, name, flags, method, wide[1], wide[0], wide[2]);
    }

    private Entry checked(long at, String name, int flags, int method, long packed, long size, long header) {
        String parts = "/" + name + "/";
        if (name.isEmpty()
                || name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf(0) >= 0
                || parts.contains("/../")) {
            throw file.bad(at, "zip entry name", "\"" + name + "\" leads outside the archive");
        }
        if ((flags & 1) != 0) {
            throw file.bad(at, name, "is encrypted, which is not read");
        }
        if (method != 0 && method != 8) {
            throw file.bad(at, name, "is packed with method " + method + "; only stored and deflated entries are read");
        }
        if (packed < 0 || size < 0 || method == 0 && packed != size) {
            throw file.bad(
                    at,
                    name,
                    "has sizes that disagree: " + Long.toUnsignedString(packed) + " packed and "
                            + Long.toUnsignedString(size) + " unpacked");
        }
        Cursor local = cursor(header, LOCAL_BYTES, name);
        if (local.i32("local header") != LOCAL) {
            throw file.bad(header, name, "has no local header where the directory says");
        }
        local.skip(4, "local header");
        int localMethod = local.i16("method");
        local.skip(16, "local header");
        int nameLength = local.i16("name length") & 0xffff;
        int extraLength = local.i16("extra length") & 0xffff;
        String localName = cursor(header + LOCAL_BYTES, nameLength, name).utf8(nameLength, "name");
        if (!localName.equals(name) || localMethod != method) {
            throw file.bad(
                    header,
                    name,
                    "the local header says \"" + localName + "\", method " + localMethod
                            + "; it disagrees with the directory");
        }
        long offset = header + LOCAL_BYTES + nameLength + extraLength;
        file.slice(offset, packed, name);
        return new Entry(name, method == 8, offset, packed, size);
    }

    private void disjoint(long directoryOffset) {
        List<Entry> byOffset = new ArrayList<>(entries.values());
        byOffset.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::packed));
        long end = 0;
        for (Entry e : byOffset) {
            if (e.offset < end || e.offset + e.packed > directoryOffset) {
                throw file.bad(e.offset, e.name, "overlaps the entry before it or the directory");
            }
            end = e.offset + e.packed;
        }
    }

    private Cursor cursor(long at, long length, String field) {
        return new Cursor(file.name(), file.slice(at, length, field), at);
    }

    // ---------------------------------------------------------------- unpacking

    private MemorySegment inflate(Entry e, MemorySegment packed) {
        MemorySegment out = Arena.ofAuto().allocate(Math.max(1, e.size)).asSlice(0, e.size);
        byte[] from = new byte[1 << 14];
        byte[] to = new byte[1 << 14];
        try (Inflater inflater = new Inflater(true)) {
            long read = 0;
            long written = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    int n = (int) Math.min(from.length, e.packed - read);
                    MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, read, from, 0, n);
                    read += n;
                    inflater.setInput(from, 0, n);
                }
                int n = inflater.inflate(to);
                boolean stuck = n == 0 && !inflater.finished() && (inflater.needsDictionary() || read == e.packed);
                if (stuck || n > e.size - written) {
                    throw file.bad(
                            e.offset, e.name, "does not unpack to the " + e.size + " bytes that the directory says");
                }
                MemorySegment.copy(to, 0, out, ValueLayout.JAVA_BYTE, written, n);
                written += n;
            }
            if (written != e.size) {
                throw file.bad(
                        e.offset, e.name, "unpacks to " + written + " bytes, not the " + e.size + " of the directory");
            }
            return out;
        } catch (DataFormatException x) {
            throw new FormatException(file.name(), e.offset, e.name, "does not unpack: " + x.getMessage(), x);
        }
    }
}
