package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.einthoven.gpu.emulator.Poison;

/** Emulates the array of this name. */
public final class IntArray extends TornadoNativeArray {
    private final int[] host;
    private int[] device;

    public IntArray(int size) {
        super(size);
        host = new int[size];
    }

    public static IntArray fromArray(int[] values) {
        IntArray a = new IntArray(values.length);
        System.arraycopy(values, 0, a.host, 0, values.length);
        return a;
    }

    public int get(int index) {
        return readByKernel(index) ? device[index] : host[index];
    }

    public void set(int index, int value) {
        if (writtenByKernel(index)) {
            device[index] = value;
        } else {
            host[index] = value;
        }
    }

    public int[] toHeapArray() {
        return host.clone();
    }

    /** The host's copy. */
    public MemorySegment getSegment() {
        return MemorySegment.ofArray(host);
    }

    @Override
    public int getElementSize() {
        return Integer.BYTES;
    }

    @Override
    public Object allocate() {
        int[] memory = new int[host.length];
        Arrays.fill(memory, Poison.INTEGER);
        return memory;
    }

    @Override
    public void bind(Object memory) {
        device = (int[]) memory;
    }

    @Override
    public Object bound() {
        return device;
    }

    @Override
    public void upload(Object memory) {
        System.arraycopy(host, 0, (int[]) memory, 0, host.length);
    }

    @Override
    public void download(Object memory) {
        System.arraycopy((int[]) memory, 0, host, 0, host.length);
    }
}
