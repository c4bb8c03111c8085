package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.einthoven.gpu.emulator.Poison;

/** Emulates the array of this name. */
public final class ShortArray extends TornadoNativeArray {
    private final short[] host;
    private short[] device;

    public ShortArray(int size) {
        super(size);
        host = new short[size];
    }

    public static ShortArray fromArray(short[] values) {
        ShortArray a = new ShortArray(values.length);
        System.arraycopy(values, 0, a.host, 0, values.length);
        return a;
    }

    public short get(int index) {
        return readByKernel(index) ? device[index] : host[index];
    }

    public void set(int index, short value) {
        if (writtenByKernel(index)) {
            device[index] = value;
        } else {
            host[index] = value;
        }
    }

    public short[] toHeapArray() {
        return host.clone();
    }

    /** The host's copy. */
    public MemorySegment getSegment() {
        return MemorySegment.ofArray(host);
    }

    @Override
    public int getElementSize() {
        return Short.BYTES;
    }

    @Override
    public Object allocate() {
        short[] memory = new short[host.length];
        Arrays.fill(memory, Poison.SHORT);
        return memory;
    }

    @Override
    public void bind(Object memory) {
        device = (short[]) memory;
    }

    @Override
    public Object bound() {
        return device;
    }

    @Override
    public void upload(Object memory) {
        System.arraycopy(host, 0, (short[]) memory, 0, host.length);
    }

    @Override
    public void download(Object memory) {
        System.arraycopy((short[]) memory, 0, host, 0, host.length);
    }
}
