package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.einthoven.gpu.emulator.Poison;
import org.einthoven.gpu.emulator.WorkItem;

/** Emulates the array of this name. */
public final class FloatArray extends TornadoNativeArray {
    private final float[] host;
    private float[] device;

    public FloatArray(int size) {
        super(size);
        host = new float[size];
    }

    public static FloatArray fromArray(float[] values) {
        FloatArray a = new FloatArray(values.length);
        System.arraycopy(values, 0, a.host, 0, values.length);
        return a;
    }

    public float get(int index) {
        return readByKernel(index) ? device[index] : host[index];
    }

    public void set(int index, float value) {
        if (writtenByKernel(index)) {
            WorkItem.running().checkWritten(value, this, index);
            device[index] = value;
        } else {
            host[index] = value;
        }
    }

    public float[] toHeapArray() {
        return host.clone();
    }

    /** The host's copy. */
    public MemorySegment getSegment() {
        return MemorySegment.ofArray(host);
    }

    @Override
    public int getElementSize() {
        return Float.BYTES;
    }

    @Override
    public Object allocate() {
        float[] memory = new float[host.length];
        Arrays.fill(memory, Poison.FLOAT);
        return memory;
    }

    @Override
    public void bind(Object memory) {
        device = (float[]) memory;
    }

    @Override
    public Object bound() {
        return device;
    }

    @Override
    public void upload(Object memory) {
        System.arraycopy(host, 0, (float[]) memory, 0, host.length);
    }

    @Override
    public void download(Object memory) {
        System.arraycopy((float[]) memory, 0, host, 0, host.length);
    }
}
