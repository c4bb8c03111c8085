package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.einthoven.gpu.emulator.Poison;

/** Emulates the array of this name. */
public final class ByteArray extends TornadoNativeArray {
    private final byte[] host;
    private byte[] device;

    public ByteArray(int size) {
        super(size);
        host = new byte[size];
    }

    public static ByteArray fromArray(byte[] values) {
        ByteArray a = new ByteArray(values.length);
        System.arraycopy(values, 0, a.host, 0, values.length);
        return a;
    }

    public byte get(int index) {
        return readByKernel(index) ? device[index] : host[index];
    }

    public void set(int index, byte value) {
        if (writtenByKernel(index)) {
            device[index] = value;
        } else {
            host[index] = value;
        }
    }

    public byte[] toHeapArray() {
        return host.clone();
    }

    /** The host's copy. */
    public MemorySegment getSegment() {
        return MemorySegment.ofArray(host);
    }

    @Override
    public int getElementSize() {
        return Byte.BYTES;
    }

    @Override
    public Object allocate() {
        byte[] memory = new byte[host.length];
        Arrays.fill(memory, Poison.BYTE);
        return memory;
    }

    @Override
    public void bind(Object memory) {
        device = (byte[]) memory;
    }

    @Override
    public Object bound() {
        return device;
    }

    @Override
    public void upload(Object memory) {
        System.arraycopy(host, 0, (byte[]) memory, 0, host.length);
    }

    @Override
    public void download(Object memory) {
        System.arraycopy((byte[]) memory, 0, host, 0, host.length);
    }
}
